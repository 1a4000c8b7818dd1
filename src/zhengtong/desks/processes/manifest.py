"""The processes desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("事项编制")

MODULE = Module(
    code="processes_desk",
    title=_("流程设计"),
    declares=(
        MenuEntry("processes.processes", _("流程"), "arrow", "processes:processes", (COMPILE,), order=54, group=GROUP),
    ),
)

"""What the desk of the supervision of sharing brings: its lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sharing.public import WATCH
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

_GROUP = _("共享监督")
MODULE = Module(
    code="sharing_desk",
    title=_GROUP,
    declares=(
        MenuEntry("sharing.ranking", _("共享考核"), "chart", "sharing_desk:ranking", (WATCH,), order=72, group=_GROUP),
        MenuEntry(
            "sharing.circulars", _("共享通报"), "file", "sharing_desk:circulars", (WATCH,), order=73, group=_GROUP
        ),
    ),
)

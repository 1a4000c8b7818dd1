"""The lines of marks in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.marks.public import REGISTER_SECRET, VIEW_MARKS
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

MODULE = Module(
    code="marks_desk",
    title=_("密级标识"),
    declares=(
        MenuEntry("marks.list", _("密级标识"), "flag", "marks_desk:list", (VIEW_MARKS,), order=72, group=_("保密管理")),
        MenuEntry(
            "marks.secrets",
            _("涉密件登记"),
            "list",
            "marks_desk:secrets",
            (REGISTER_SECRET,),
            order=73,
            group=_("保密管理"),
        ),
    ),
)

"""The lines of electronic licences in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.licences.public import LOOK_UP
from zhengtong.core.papers.public import VerificationPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

MODULE = Module(
    code="licences_desk",
    title=_("电子证照"),
    declares=(
        MenuEntry("licences.lookups", _("证照查看"), "search", "licences_desk:lookups", (LOOK_UP,), order=47),
        MenuEntry("licences.types", _("证照目录"), "list", "licences_desk:types", ("licences.view_licence",), order=48),
        VerificationPage("licences_desk:scanned", _("证照码"), _("核验别人当面出示的证照码")),
    ),
)

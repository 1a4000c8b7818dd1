"""What the desk's module brings of certificates."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki.public import VIEW
from zhengtong.desks.trust.certificates.screens import SCREENS
from zhengtong.kernel.modules import Declaration
from zhengtong.screens.menu import MenuEntry

DECLARES: tuple[Declaration, ...] = (
    *SCREENS,
    MenuEntry("trust.profiles", _("证书类别"), "list", "trust_desk:profiles", (VIEW,), order=325, group=_("信任服务")),
)

"""The desk of seals: its lines in the menu. Registers (ledger, authorisations …) are the capability's own screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.public import USE, VIEW
from zhengtong.core.papers.public import VerificationPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("电子印章")

MODULE = Module(
    code="seals_desk",
    title=_("用印"),
    declares=(
        MenuEntry("seals.home", _("印章"), "check", "seals_desk:home", (VIEW,), order=43, group=GROUP),
        MenuEntry("seals.uses", _("用印申请"), "file", "seals_desk:uses", (VIEW,), order=44, group=GROUP),
        MenuEntry(
            "seals.applications", _("印章申请"), "inbox", "seals_desk:applications", (VIEW,), order=45, group=GROUP
        ),
        MenuEntry("seals.batches", _("批量用印"), "list", "seals_desk:batches", (USE, VIEW), order=45, group=GROUP),
        VerificationPage(
            "seals_desk:verify_file",
            _("查验文件上的电子印章"),
            _("传上 PDF 或者 OFD 原件，看是谁盖的章、什么时候盖的、盖章以后改没改过。"),
        ),
    ),
)

"""The desk of the catalogue: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import APPROVE, REVIEW, VIEW, ResourceVersion, VersionStatus
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor, visible
from zhengtong.screens.menu import MenuEntry


def count_waiting(actor: Actor) -> int:
    """Return how many versions wait for this person's review."""
    waiting = 0
    for permission, status in (
        (REVIEW, VersionStatus.DEPARTMENT_REVIEW),
        (APPROVE, VersionStatus.AUTHORITY_REVIEW),
    ):
        if actor.has(permission):
            waiting += visible(actor, permission, ResourceVersion.objects.filter(status=status))[:100].count()
    return waiting


MODULE = Module(
    code="catalogue_desk",
    title=_("目录编制"),
    declares=(
        MenuEntry(
            "catalogue_desk.entries",
            _("目录编制和审核"),
            "edit",
            "catalogue_desk:entries",
            (VIEW,),
            order=50,
            count=count_waiting,
            group=_("数据"),
        ),
    ),
)

"""What requests and contracts do when something happens below them: a new calendar, a resource changed or retired."""

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import Resource, ResourceChanged, ResourceRetired
from zhengtong.capabilities.contracts.models import Contract
from zhengtong.capabilities.contracts.services.granting import BREAKING
from zhengtong.capabilities.contracts.services.living import LIVE, flag_change
from zhengtong.capabilities.contracts.tasks import recompute_clocks
from zhengtong.kernel.calendars import CalendarYearImported
from zhengtong.kernel.events import receives
from zhengtong.kernel.policy import Actor


@receives(CalendarYearImported)
def recompute_deadlines(event: CalendarYearImported) -> None:
    recompute_clocks.defer()


@receives(ResourceChanged)
def tell_of_change(event: ResourceChanged) -> None:
    """A change that breaks what was agreed is both sides' business; any other one isn't."""
    if event.verdict == BREAKING:
        said = _("资源发布了不兼容的第 %(number)s 版") % {"number": event.version.number}
        _flag_all(event.actor, event.resource, "changed", said)


@receives(ResourceRetired)
def tell_of_retirement(event: ResourceRetired) -> None:
    said = _("资源已停用：%(reason)s") % {"reason": event.reason}
    _flag_all(event.actor, event.resource, "retired", said)


def _flag_all(actor: Actor, resource: Resource, template: str, said: str) -> None:
    for contract in Contract.objects.filter(resource=resource, state__in=LIVE).order_by("id"):
        flag_change(actor=actor, contract=contract, template=template, opinion=said)

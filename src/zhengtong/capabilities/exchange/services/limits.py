"""Rules that the administration sets for tickets."""

from datetime import date

from django.utils.translation import gettext as _

from zhengtong.capabilities.exchange.models import TicketLimit
from zhengtong.capabilities.exchange.permissions import OPERATE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


@step()
def set_ticket_limit(*, actor: Actor, days: int, source: str, article: str = "", effective_from: date) -> TicketLimit:
    """Set within how many working days tickets opened from a day on are answered. Raises Refused."""
    require(actor, OPERATE)
    if not 1 <= days <= 90:
        raise Refused("out-of-range", _("期限应在 1 到 90 个工作日之间。"), "days")
    if TicketLimit.objects.filter(effective_from=effective_from).exists():
        raise Refused("there", _("这一天已经有一条期限。"), "effective_from")
    row = TicketLimit.objects.create(
        days=days, source=source.strip(), article=article.strip(), effective_from=effective_from, is_unverified=False
    )
    record(actor, "exchange.set_ticket_limit", row, after={"days": days, "from": effective_from})
    return row

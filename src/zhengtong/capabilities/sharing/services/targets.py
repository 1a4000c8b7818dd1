"""Setting targets from a day on, and the longest interval of an update cycle."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from zhengtong.capabilities.sharing.models import CycleAllowance, SharingTarget
from zhengtong.capabilities.sharing.permissions import SUPERVISE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


@step()
def set_target(
    *,
    actor: Actor,
    measure: str,
    percent: Decimal,
    weight: int,
    source: str,
    effective_from: date,
    article: str = "",
    is_unverified: bool = True,
) -> SharingTarget:
    """Set a measure's target from a day on; the one before ends the day before. Raises Denied, Refused."""
    require(actor, SUPERVISE)
    if not 0 <= percent <= 100:
        raise Refused("percent", _("目标在0到100之间。"), "percent")
    if weight > 100:
        raise Refused("weight", _("权重最大100。"), "weight")
    same = SharingTarget.objects.select_for_update().filter(measure=measure)
    if same.filter(effective_from__gte=effective_from).exists():
        raise Refused("later", _("已有同一天或更晚生效的目标，请填写更晚的生效日期。"), "effective_from")
    same.filter(effective_to=None).update(effective_to=effective_from - timedelta(days=1))
    made = SharingTarget.objects.create(
        measure=measure,
        percent=percent,
        weight=weight,
        source=source.strip(),
        article=article.strip(),
        effective_from=effective_from,
        is_unverified=is_unverified,
    )
    after = {"measure": measure, "percent": percent, "weight": weight, "effective_from": effective_from}
    record(actor, "sharing.set_target", made, after=after)
    return made


@step()
def verify_target(*, actor: Actor, target: SharingTarget) -> SharingTarget:
    """Note that the target was compared with its document. Raises Denied."""
    require(actor, SUPERVISE)
    if SharingTarget.objects.filter(pk=target.pk, is_unverified=True).update(is_unverified=False):
        target.refresh_from_db()
        record(actor, "sharing.verify_target", target)
    return target


@step()
def set_allowance(*, actor: Actor, allowance: CycleAllowance, days: int) -> CycleAllowance:
    """Set after how many days a resource of the cycle is late. Raises Denied, Refused."""
    require(actor, SUPERVISE)
    if not 1 <= days <= 3660:
        raise Refused("days", _("间隔在1天到3660天之间。"), "days")
    held = CycleAllowance.objects.select_for_update().get(pk=allowance.pk)
    before, held.days = held.days, days
    held.save(update_fields=["days"])
    record(actor, "sharing.set_allowance", held, before={"days": before}, after={"days": days})
    return held

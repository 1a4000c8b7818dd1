"""Setting what is asked of whom: a new dated row each time, never a change of one that was in force."""

from datetime import date, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.domain import Strength
from zhengtong.capabilities.signon.models import FactorRule, StepUpRule, WatchRule
from zhengtong.capabilities.signon.permissions import SET_POLICY
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.assurance import AssuredAct
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor, require

SHORTEST_KEPT_DAYS = 183


def _check_day(effective_from: date) -> None:
    if effective_from < timezone.localdate():
        raise Refused("past", _("施行日期不能早于今天"), "effective_from")


def _same_day() -> Refused:
    return Refused("same-day", _("这一天已经有一条同样的规定，请换一个施行日期"), "effective_from")


@transaction.atomic
def set_factor_rule(
    *, actor: Actor, role: str, strength: int, effective_from: date, grace_days: int, basis: str
) -> FactorRule:
    """Ask of whoever holds ``role`` to sign in so strongly. Raises Refused and Denied."""
    require(actor, SET_POLICY)
    _check_day(effective_from)
    if not any(declared.code == role for declared in registry.of(Role)):
        raise Refused("role", _("没有这个角色"), "role")
    if int(strength) not in list(Strength):
        raise Refused("strength", _("没有这个强度"), "strength")
    if grace_days > 365:
        raise Refused("grace", _("宽限最多 365 天"), "grace_days")
    try:
        with transaction.atomic():
            made = FactorRule.objects.create(
                role=role, strength=strength, effective_from=effective_from, grace_days=grace_days, basis=basis.strip()
            )
    except IntegrityError:
        raise _same_day() from None
    after = {"role": role, "strength": int(strength), "effective_from": effective_from, "grace_days": grace_days}
    record(actor, "signon.factor_rule_set", made, after=after)
    return made


@transaction.atomic
def set_step_up_rule(
    *, actor: Actor, act: str, strength: int, minutes: int, effective_from: date, basis: str
) -> StepUpRule:
    """Ask for a proof so strong and so recent before ``act``. Raises Refused and Denied."""
    require(actor, SET_POLICY)
    _check_day(effective_from)
    if not any(declared.code == act for declared in registry.of(AssuredAct)):
        raise Refused("act", _("没有这种行为"), "act")
    if int(strength) not in list(Strength):
        raise Refused("strength", _("没有这个强度"), "strength")
    if not 1 <= minutes <= 480:
        raise Refused("minutes", _("时间在 1 到 480 分钟之间"), "minutes")
    try:
        with transaction.atomic():
            made = StepUpRule.objects.create(
                act=act, strength=strength, minutes=minutes, effective_from=effective_from, basis=basis.strip()
            )
    except IntegrityError:
        raise _same_day() from None
    after = {"act": act, "strength": int(strength), "minutes": minutes, "effective_from": effective_from}
    record(actor, "signon.step_up_rule_set", made, after=after)
    return made


@transaction.atomic
def set_watch_rule(
    *,
    actor: Actor,
    night_from: time,
    night_until: time,
    two_places_minutes: int,
    many_accounts: int,
    many_failures: int,
    window_minutes: int,
    reset_hours: int,
    kept_days: int,
    effective_from: date,
    basis: str,
) -> WatchRule:
    """Say anew what is unusual. Raises Refused and Denied."""
    require(actor, SET_POLICY)
    _check_day(effective_from)
    if kept_days < SHORTEST_KEPT_DAYS:
        raise Refused("kept", _("登录记录至少保存六个月（183 天，网络安全法第二十一条）"), "kept_days")
    for name, value in (
        ("many_accounts", many_accounts),
        ("many_failures", many_failures),
        ("window_minutes", window_minutes),
    ):
        if value < 1:
            raise Refused("least", _("至少是 1"), name)
    values = {
        "night_from": night_from,
        "night_until": night_until,
        "two_places_minutes": two_places_minutes,
        "many_accounts": many_accounts,
        "many_failures": many_failures,
        "window_minutes": window_minutes,
        "reset_hours": reset_hours,
        "kept_days": kept_days,
        "effective_from": effective_from,
        "basis": basis.strip(),
    }
    try:
        with transaction.atomic():
            made = WatchRule.objects.create(**values)
    except IntegrityError:
        raise _same_day() from None
    record(actor, "signon.watch_rule_set", made, after=values)
    return made

"""Lost factors: two people's word, a message to the holder and a wait in which she can say no."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.models import (
    BoundCertificate,
    CodeGenerator,
    FactorReset,
    Passkey,
    RecoveryCode,
    ResetState,
)
from zhengtong.capabilities.signon.permissions import RESET, VIEW_RESETS, VOUCH
from zhengtong.capabilities.signon.selectors import get_factors, get_watch_rule
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, Refused, StaffMember, end_sessions
from zhengtong.core.messages.public import send_message
from zhengtong.kernel.policy import SYSTEM, Actor, Denied, require
from zhengtong.screens.formats import cn_datetime

OPEN = (ResetState.REQUESTED, ResetState.WAITING)
# Where no rule is in force.
DEFAULT_WAIT_HOURS = 24


def _not_herself(actor: Actor, account_id: int, action: str) -> None:
    if actor.account_id is not None and actor.account_id == account_id:
        raise Denied(action)


@transaction.atomic
def request_reset(*, actor: Actor, staff: StaffMember, reason: str, is_seen: bool) -> FactorReset:
    """Ask that a colleague's factors be taken away; another person has to confirm it. Raises Refused and Denied."""
    require(actor, RESET, staff)
    account = staff.account
    _not_herself(actor, account.pk, RESET)
    assert actor.account_id is not None
    if not reason.strip():
        raise Refused("reason", _("请写明原因，比如“手机丢失，已电话核实”"), "reason")
    factors = get_factors(account)
    if not (factors.has_second or factors.certificates):
        raise Refused("nothing", _("%(name)s只有密码，没有可以重置的登录方式") % {"name": staff.name})
    try:
        with transaction.atomic():
            made = FactorReset.objects.create(
                account=account, reason=reason.strip()[:200], is_seen=is_seen, requested_by_id=actor.account_id
            )
    except IntegrityError:
        raise Refused("open", _("%(name)s已有一件没有办结的重置，请先办结它") % {"name": staff.name}) from None
    record(actor, "signon.reset_requested", made, after={"account": account.username, "reason": made.reason})
    return made


@transaction.atomic
def confirm_reset(*, actor: Actor, reset: FactorReset) -> FactorReset:
    """Vouch as the second person. Who was seen at the counter doesn't wait. Raises Refused and Denied."""
    require(actor, VOUCH, reset)
    found = _lock(reset)
    _not_herself(actor, found.account_id, VOUCH)
    if found.state != ResetState.REQUESTED:
        raise Refused("state", _("这件重置已经不是等待核实的状态，请刷新页面"))
    if found.requested_by_id == actor.account_id:
        raise Refused("same", _("提出人和核实人必须是两个人"))
    now = timezone.now()
    rule = get_watch_rule()
    hours = 0 if found.is_seen else rule.reset_hours if rule else DEFAULT_WAIT_HOURS
    found.confirmed_by_id, found.confirmed_at = actor.account_id, now
    found.due_at, found.state = now + timedelta(hours=hours), ResetState.WAITING
    found.save()
    record(actor, "signon.reset_confirmed", found, after={"due_at": found.due_at})
    if found.is_seen:
        _carry_out(SYSTEM, found)
    else:
        send_message(
            actor=SYSTEM,
            recipient=found.account,
            template="signon.reset_requested",
            context={
                "by": found.requested_by.staff.name,
                "reason": found.reason,
                "due": _("%(at)s 之后执行") % {"at": cn_datetime(found.due_at)},
            },
            link="/account/security/",
        )
    return found


@transaction.atomic
def stop_reset(*, actor: Actor, reset: FactorReset, reason: str) -> FactorReset:
    """End a reset that wasn't carried out: the holder objects, or either administrator. Raises Refused and Denied."""
    found = _lock(reset)
    if actor.account_id != found.account_id:
        require(actor, VIEW_RESETS, found)
    if found.state not in OPEN:
        raise Refused("state", _("这件重置已经办结，不能再终止"))
    found.state, found.ended_at, found.note = ResetState.STOPPED, timezone.now(), reason.strip()[:200]
    found.save()
    record(actor, "signon.reset_stopped", found, after={"reason": found.note})
    return found


def carry_out_due() -> int:
    """Carry out what waited long enough, each once; return how many."""
    due = FactorReset.objects.filter(state=ResetState.WAITING, due_at__lte=timezone.now())
    done = 0
    for reset in list(due):
        with transaction.atomic():
            found = _lock(reset)
            if found.state == ResetState.WAITING:
                _carry_out(SYSTEM, found)
                done += 1
    return done


def _lock(reset: FactorReset) -> FactorReset:
    return (
        FactorReset.objects.select_for_update(of=("self",))
        .select_related("account", "requested_by__staff")
        .get(pk=reset.pk)
    )


def _carry_out(actor: Actor, reset: FactorReset) -> None:
    account: Account = reset.account
    for model in (CodeGenerator, Passkey, RecoveryCode, BoundCertificate):
        model._default_manager.filter(account=account).delete()
    reset.state, reset.ended_at = ResetState.DONE, timezone.now()
    reset.save()
    record(actor, "signon.factors_reset", reset, after={"account": account.username})
    end_sessions(actor=actor, account=account)
    send_message(actor=SYSTEM, recipient=account, template="signon.reset_done", context={}, link="/account/security/")

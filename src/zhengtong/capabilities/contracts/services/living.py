"""The life of a contract after its grant: held, resumed, revoked, expired; what its resource's changes ask of it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.events import ContractEnded, ContractResumed, ContractSuspended
from zhengtong.capabilities.contracts.messages import tell_office
from zhengtong.capabilities.contracts.models import (
    Contract,
    ContractActWords,
    ContractState,
    ContractStep,
    RuleKey,
)
from zhengtong.capabilities.contracts.permissions import APPLY, APPROVE, STEER
from zhengtong.capabilities.contracts.selectors import get_rule
from zhengtong.capabilities.contracts.services.steps import require_side, say, shown_day
from zhengtong.capabilities.contracts.transitions import CONTRACT_POSSIBLE, ContractAct
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState, close_item, open_item
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import SYSTEM, Actor, Denied, can
from zhengtong.kernel.steps import step

CONSUMER_CHANGE, PROVIDER_CHANGE = "contracts.changed.consumer", "contracts.changed.provider"
LIVE = (ContractState.EFFECTIVE, ContractState.SUSPENDED)
_EVENTS: dict[ContractAct, Any] = {
    ContractAct.SUSPEND: ContractSuspended,
    ContractAct.RESUME: ContractResumed,
    ContractAct.REVOKE: ContractEnded,
    ContractAct.EXPIRE: ContractEnded,
}


def lock_contract(contract_id: int) -> Contract:
    related = ("resource", "provider__region", "consumer__region", "version")
    return Contract.objects.select_for_update(of=("self",)).select_related(*related).get(pk=contract_id)


@step()
def suspend_contract(*, actor: Actor, contract: Contract, reason: str, basis: str) -> Contract:
    """Hold a contract from the next batch or call on. Raises Refused and Denied."""
    locked = _take(actor, contract, ContractAct.SUSPEND)
    said, by = say(reason, "reason", least=4, most=500), say(basis, "basis", most=200)
    _turn(actor, locked, ContractAct.SUSPEND, ContractState.SUSPENDED, reason=said, basis=by)
    _tell_both(actor, locked, "suspended", reason=said[:200])
    return locked


@step()
def resume_contract(*, actor: Actor, contract: Contract, reason: str) -> Contract:
    """Let a held contract go on. Raises Refused and Denied."""
    locked = _take(actor, contract, ContractAct.RESUME)
    if locked.valid_until < timezone.localdate():
        raise Refused("expired", _("合约已经到期，不能恢复，请申请续期。"))
    said = say(reason, "reason", least=2, most=500)
    _turn(actor, locked, ContractAct.RESUME, ContractState.EFFECTIVE, reason="", basis="", opinion=said)
    _tell_both(actor, locked, "resumed")
    return locked


@step()
def revoke_contract(*, actor: Actor, contract: Contract, reason: str, basis: str) -> Contract:
    """End a contract for good, from the next batch or call on. Raises Refused and Denied."""
    locked = _take(actor, contract, ContractAct.REVOKE)
    said, by = say(reason, "reason", least=4, most=500), say(basis, "basis", most=200)
    _turn(actor, locked, ContractAct.REVOKE, ContractState.REVOKED, reason=said, basis=by)
    _tell_both(actor, locked, "revoked", reason=said[:200], basis=by)
    return locked


@step()
def expire_contract(*, contract: Contract) -> bool:
    """End a contract whose last day is over; return whether there was something to end."""
    locked = lock_contract(contract.pk)
    if locked.state not in LIVE or locked.valid_until >= timezone.localdate():
        return False
    _turn(SYSTEM, locked, ContractAct.EXPIRE, ContractState.EXPIRED, reason=locked.reason, basis=locked.basis)
    _tell_both(SYSTEM, locked, "expired")
    return True


def _take(actor: Actor, contract: Contract, act: ContractAct) -> Contract:
    locked = lock_contract(contract.pk)
    require_side(actor, STEER, locked.provider_id, locked)
    _require_possible(locked, act)
    return locked


def _require_possible(contract: Contract, act: ContractAct) -> None:
    if contract.state not in CONTRACT_POSSIBLE[act]:
        raise Refused(
            "not-now",
            _("这份合约现在是“%(state)s”，不能“%(act)s”，可能别人刚刚办过。请刷新后再看。")
            % {"state": contract.get_state_display(), "act": ContractActWords(act.value).label},
        )


def _turn(
    actor: Actor,
    contract: Contract,
    act: ContractAct,
    to: str,
    *,
    reason: str,
    basis: str,
    opinion: str = "",
) -> None:
    before = contract.state
    contract.state, contract.reason, contract.basis = to, reason, basis
    if to not in LIVE:
        contract.ended_at = timezone.now()
        for kind in (CONSUMER_CHANGE, PROVIDER_CHANGE):
            close_item(kind=kind, object_id=contract.pk, done_by_id=None)
    contract.save(update_fields=["state", "reason", "basis", "ended_at"])
    note_contract(actor, contract, act, opinion or _join(reason, basis))
    record(
        actor,
        f"contracts.{act.value}",
        contract,
        before={"state": before},
        after={"state": to, "opinion": opinion or reason, "basis": basis, "digest": contract.digest},
    )
    publish(_EVENTS[act](actor=actor, contract=contract))


def _join(reason: str, basis: str) -> str:
    return _("%(reason)s 依据：%(basis)s") % {"reason": reason, "basis": basis} if basis else reason


def note_contract(actor: Actor, contract: Contract, act: ContractAct, opinion: str = "") -> None:
    """Add a line to the contract's timeline."""
    ContractStep.objects.create(
        contract=contract,
        act=ContractActWords(act.value),
        by_id=actor.agent or actor.appointment,
        account_id=actor.account_id,
        opinion=opinion[:1000],
        at=timezone.now(),
    )


def url_of(contract: Contract) -> str:
    return reverse("contracts_desk:contract", args=[contract.number])


def _tell_both(actor: Actor, contract: Contract, template: str, **said: object) -> None:
    told = {
        "resource": contract.resource.name,
        "contract": contract.number,
        "until": shown_day(get_calendar().end_of_day(contract.valid_until)),
        **said,
    }
    for organisation_id, permission in ((contract.consumer_id, APPLY), (contract.provider_id, APPROVE)):
        tell_office(organisation_id, (permission,), template, actor=actor, link=url_of(contract), **told)


# Changes of the resource -------------------------------------------------------------------------------------


@step()
def flag_change(*, actor: Actor, contract: Contract, template: str, opinion: str) -> None:
    """Tell both sides that the resource changed under a contract, and put it on both lists."""
    locked = lock_contract(contract.pk)
    if locked.state not in LIVE:
        return
    note_contract(actor, locked, ContractAct.CHANGED, opinion)
    calendar = get_calendar(locked.provider.region.code)
    due = calendar.add_working_days(timezone.localdate(), get_rule(RuleKey.CHANGE_DAYS))
    sides = ((CONSUMER_CHANGE, APPLY, locked.consumer_id), (PROVIDER_CHANGE, APPROVE, locked.provider_id))
    for kind, permission, organisation_id in sides:
        if WorkItem.objects.filter(kind=kind, object_id=locked.pk, state=WorkState.OPEN).exists():
            continue
        open_item(
            kind=kind,
            object_id=locked.pk,
            organisation_id=organisation_id,
            permission=permission,
            reference=locked.number,
            title=_("共享合约：%(name)s") % {"name": locked.resource.name},
            party=str(locked.consumer),
            step=_("资源变更，核对合约"),
            url=url_of(locked),
            due_at=calendar.end_of_day(due),
        )
    _tell_both(actor, locked, template)
    record(actor, "contracts.resource_changed", locked, after={"opinion": opinion})


def changes_to_settle(actor: Actor, contract: Contract) -> list[str]:
    """Return the kinds of work about a change that ``actor`` may settle for her side."""
    open_kinds = set(
        WorkItem.objects.filter(
            kind__in=(CONSUMER_CHANGE, PROVIDER_CHANGE), object_id=contract.pk, state=WorkState.OPEN
        ).values_list("kind", flat=True)
    )
    mine = []
    if contract.consumer_id in actor.reach(APPLY) and can(actor, APPLY, contract):
        mine.append(CONSUMER_CHANGE)
    if contract.provider_id in actor.reach(APPROVE) and can(actor, APPROVE, contract):
        mine.append(PROVIDER_CHANGE)
    return [kind for kind in mine if kind in open_kinds]


@step()
def keep_contract(*, actor: Actor, contract: Contract, opinion: str) -> Contract:
    """Say for one's side that the contract goes on as it is after a change. Raises Refused and Denied."""
    locked = lock_contract(contract.pk)
    _require_possible(locked, ContractAct.KEEP)
    if not (locked.consumer_id in actor.reach(APPLY) or locked.provider_id in actor.reach(APPROVE)):
        raise Denied(APPLY, visible=can(actor, "contracts.view", locked))
    kinds = changes_to_settle(actor, locked)
    if not kinds:
        raise Refused("nothing-open", _("本单位没有等待核对的变更。"))
    said = say(opinion)
    for kind in kinds:
        close_item(kind=kind, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    note_contract(actor, locked, ContractAct.KEEP, said)
    record(actor, "contracts.keep_contract", locked, after={"opinion": said})
    return locked

"""Coordination (争议协调): a refusal or a silence goes to the authority; both sides are heard, its decision binds."""

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.compiling import Masks
from zhengtong.capabilities.contracts.messages import tell, tell_office
from zhengtong.capabilities.contracts.models import DataRequest, Dispute, RequestState, RuleKey
from zhengtong.capabilities.contracts.permissions import APPLY, APPROVE, COORDINATE
from zhengtong.capabilities.contracts.selectors import get_rule
from zhengtong.capabilities.contracts.services.granting import grant
from zhengtong.capabilities.contracts.services.steps import (
    CONSUMER_POSITION,
    KINDS,
    PROVIDER_POSITION,
    advance,
    calendar_of,
    lock_request,
    note_step,
    open_work,
    require_apart,
    require_possible,
    require_side,
    say,
    url_of,
)
from zhengtong.capabilities.contracts.transitions import Act
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Refused, list_colleagues
from zhengtong.core.worklist.public import close_item
from zhengtong.kernel.policy import Actor, Denied, can
from zhengtong.kernel.steps import step


def why_no_dispute(request: DataRequest) -> str:
    """Return why a request can't be taken to coordination now, "" when it can: refused lately, or overdue."""
    if hasattr(request, "dispute"):
        return _("这件申请已经协调过，协调决定是最终的。")
    if request.state == RequestState.PROVIDER:
        overdue = request.due_at is not None and request.due_at <= timezone.now()
        return "" if overdue else _("提供方审批还没有超期，不能提请协调。")
    if request.state != RequestState.REFUSED or request.decided_at is None:
        return _("只有不予共享或者审批超期的申请可以提请协调。")
    calendar = calendar_of(request)
    last = calendar.add_working_days(calendar.local_date(request.decided_at), get_rule(RuleKey.APPEAL_DAYS))
    if timezone.localdate() > last:
        return _("提请协调的期限（%(day)s）已过，可以重新申请。") % {"day": last}
    return ""


@step()
def open_dispute(*, actor: Actor, request: DataRequest, grounds: str) -> DataRequest:
    """Take a refused or overdue request to coordination. Raises Refused and Denied."""
    locked = lock_request(request.pk)
    require_side(actor, APPLY, locked.organisation_id, locked)
    require_possible(locked, Act.DISPUTE)
    if why := why_no_dispute(locked):
        raise Refused("no-dispute", why)
    said = say(grounds, "grounds", least=4)
    Dispute.objects.create(request=locked, grounds=said, opened_at=timezone.now())
    locked.decided_at = None
    advance(actor=actor, request=locked, act=Act.DISPUTE, to=RequestState.DISPUTE, opinion=said)
    return locked


def list_coordinators(actor: Actor) -> list[Appointment]:
    """Return the colleagues of the authority who may coordinate."""
    if actor.organisation is None or not actor.has(COORDINATE):
        return []
    holding = list_colleagues(actor.organisation).select_related("staff__account", "post")
    return list(holding.filter(post__roles__role="data_authority").distinct())


@step()
def assign_coordinator(*, actor: Actor, request: DataRequest, coordinator: Appointment) -> DataRequest:
    """Say who coordinates, and ask both sides for their opinions. Raises Refused and Denied."""
    locked = lock_request(request.pk)
    require_side(actor, COORDINATE, locked.provider_id, locked)
    require_possible(locked, Act.ASSIGN)
    if coordinator.pk not in {each.pk for each in list_coordinators(actor)}:
        raise Refused("coordinator", _("协调人应当是本单位的共享主管。"), "coordinator")
    dispute = Dispute.objects.select_for_update().get(request=locked)
    is_first = dispute.coordinator_id is None
    dispute.coordinator = coordinator
    dispute.save(update_fields=["coordinator"])
    said = f"{coordinator.staff.name}（{coordinator.post.title}）"
    note_step(actor=actor, request=locked, act=Act.ASSIGN, opinion=said)
    kind = KINDS[RequestState.DISPUTE]
    close_item(kind=kind, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    open_work(locked, kind, COORDINATE, locked.provider_id, _("作出协调决定"), assignee_id=coordinator.pk)
    if is_first:
        title = _("对争议陈述意见")
        open_work(locked, CONSUMER_POSITION, APPLY, locked.organisation_id, title, assignee_id=locked.applicant_id)
        open_work(locked, PROVIDER_POSITION, APPROVE, locked.provider_id, title)
        told = {"resource": locked.resource.name, "number": locked.number}
        tell_office(locked.provider_id, (APPROVE,), "position", actor=actor, link=url_of(locked), **told)
        tell(locked.applicant, "position", actor=actor, link=url_of(locked), **told)
    record(actor, "contracts.assign_coordinator", locked, after={"coordinator": coordinator.pk})
    return locked


def sides_of(actor: Actor, request: DataRequest) -> list[str]:
    """Return for which sides ``actor`` may speak: ``consumer``, ``provider``."""
    sides = []
    if can(actor, APPLY, request) and request.organisation_id in actor.reach(APPLY):
        sides.append("consumer")
    if can(actor, APPROVE, request) and request.provider_id in actor.reach(APPROVE):
        sides.append("provider")
    return sides


@step()
def state_position(*, actor: Actor, request: DataRequest, opinion: str) -> DataRequest:
    """Say what one's side thinks; each side speaks once and may correct itself until the decision.

    Raises Refused and Denied.
    """
    locked = lock_request(request.pk)
    sides = sides_of(actor, locked)
    if not sides:
        require_side(actor, APPLY, locked.organisation_id, locked)
    require_possible(locked, Act.STATE)
    side, said = sides[0], say(opinion, least=4)
    dispute = Dispute.objects.select_for_update().get(request=locked)
    if dispute.coordinator_id is None:
        raise Refused("not-yet", _("主管部门还没有指定协调人，请等通知。"))
    setattr(dispute, f"{side}_opinion", said)
    dispute.save(update_fields=[f"{side}_opinion"])
    party = locked.organisation if side == "consumer" else locked.provider
    note_step(actor=actor, request=locked, act=Act.STATE, opinion=f"{party.short_name}：{said}")
    kind = CONSUMER_POSITION if side == "consumer" else PROVIDER_POSITION
    close_item(kind=kind, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, "contracts.state_position", locked, after={"side": side, "opinion": said})
    return locked


@step()
def decide_dispute(
    *, actor: Actor, request: DataRequest, is_granted: bool, decision: str, masks: Masks | None = None
) -> DataRequest:
    """Decide, as its coordinator: the data is to be shared, and the contract comes into force, or it isn't, for good.

    Both sides must have been heard, unless their time is over. Raises Refused and Denied.
    """
    locked = lock_request(request.pk)
    require_side(actor, COORDINATE, locked.provider_id, locked)
    require_possible(locked, Act.DECIDE)
    require_apart(actor, locked, Act.DECIDE)
    dispute = Dispute.objects.select_for_update().get(request=locked)
    if dispute.coordinator_id is None:
        raise Refused("no-coordinator", _("请先指定协调人。"))
    if dispute.coordinator_id != actor.appointment:
        raise Denied(COORDINATE)
    is_heard = bool(dispute.consumer_opinion and dispute.provider_opinion)
    if not is_heard and (locked.due_at is None or timezone.now() < locked.due_at):
        raise Refused("not-heard", _("双方还没有都陈述意见；期限届满后可以按已有材料决定。"))
    said = say(decision, "decision", least=4)
    dispute.is_granted, dispute.decision, dispute.decided_at = is_granted, said, timezone.now()
    dispute.save(update_fields=["is_granted", "decision", "decided_at"])
    if is_granted:
        locked.refusal, locked.opinion = "", ""
        grant(actor=actor, request=locked, act=Act.DECIDE, opinion=said, masks=masks or {})
    else:
        locked.opinion = said
        advance(actor=actor, request=locked, act=Act.DECIDE, to=RequestState.REFUSED, opinion=said)
    told = {"resource": locked.resource.name, "number": locked.number, "decision": said[:300]}
    tell(locked.applicant, "decided", actor=actor, link=url_of(locked), **told)
    tell_office(locked.provider_id, (APPROVE,), "decided", actor=actor, link=url_of(locked), **told)
    return locked

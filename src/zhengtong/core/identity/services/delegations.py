"""Letting a colleague act for a time, and ending it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.circles import Edge, find_circle
from zhengtong.core.identity.delegations import get_longest_delegation, get_organ
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AccountNotice, AccountNoticeRequested
from zhengtong.core.identity.matters import list_delegable_matters
from zhengtong.core.identity.models import Account, Appointment, Delegation, StaffMember
from zhengtong.core.identity.selectors import get_grants, list_current_appointments
from zhengtong.core.identity.separation import check_person
from zhengtong.kernel.events import publish
from zhengtong.kernel.jobs import once
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, ActorKind, Denied, can, require

MANAGE = "identity.manage_staff"
# Any number that no other advisory lock of the platform uses: two halves of a circle are never set up side by side.
_DELEGATION_LOCK = 7_316_402_255_001
# A server that stood still over a holiday still tells whose delegations ran out meanwhile.
_TOLD_FOR = timedelta(days=14)


@transaction.atomic
def delegate(
    *,
    actor: Actor,
    principal: Appointment,
    agent: Appointment,
    matters: Sequence[str],
    start_date: date,
    end_date: date,
    reason: str,
    highest_mark: int = Mark.INTERNAL,
) -> Delegation:
    """Let ``agent`` act in the principal's appointment for the kinds of matter named, both days included.

    By the principal herself, or by an administrator of her organisation when she is absent. Refused: oneself, a
    power that was itself delegated, people of another organ (an administrator may, within her reach), roles that one
    person may not hold together, a mark above what either may see, a second one of the same pair for the same days, a
    circle, longer than the rule allows.
    Raises Refused and Denied.
    """
    if actor.account_id is None:
        raise Denied("identity.delegate")
    by_herself = _check_who(actor, principal)
    _check_people(actor, principal, agent, by_herself=by_herself)
    _check_days(start_date, end_date)
    _check_content(principal, agent, matters, highest_mark)
    roles = [role.role for role in principal.post.roles.all()]
    check_person(agent.staff, principal.post, roles, start_date, end_date, "agent")
    if not reason.strip():
        raise Refused("reason", _("请写明委托的原因，比如“外出培训”"), "reason")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_DELEGATION_LOCK])
    _check_others(principal, agent, start_date, end_date)
    delegation = Delegation.objects.create(
        principal=principal,
        agent=agent,
        matters=sorted(set(matters)),
        highest_mark=highest_mark,
        start_date=start_date,
        end_date=end_date,
        reason=reason.strip()[:200],
        created_by_id=actor.account_id,
    )
    record(
        actor,
        "identity.delegated",
        delegation,
        after={
            "principal": principal.pk,
            "agent": agent.pk,
            "matters": delegation.matters,
            "highest_mark": highest_mark,
            "start_date": start_date,
            "end_date": end_date,
            "reason": delegation.reason,
        },
    )
    _tell(actor, delegation, AccountNotice.DELEGATION_GIVEN)
    return delegation


def _check_who(actor: Actor, principal: Appointment) -> bool:
    """Return whether the principal sets it up herself."""
    if actor.delegation is not None:
        raise Refused("delegated-on", _("您现在是代别人办理，委托来的权限不能再委托出去；请先切换回自己的岗位"))
    if actor.kind is ActorKind.STAFF and principal.staff.account_id == actor.account_id:
        return True
    require(actor, MANAGE, principal.post)
    return False


def _check_people(actor: Actor, principal: Appointment, agent: Appointment, *, by_herself: bool) -> None:
    if agent.staff_id == principal.staff_id:
        raise Refused("oneself", _("不能委托给自己，请选择一位同事"), "agent")
    if not by_herself and agent.staff.account_id == actor.account_id:
        raise Refused("administrator", _("管理员不能把别人的权限委托给自己，请选择其他人代理"), "agent")
    for appointment, field in ((principal, "principal"), (agent, "agent")):
        if not is_in_office(appointment):
            name = appointment.staff.name
            raise Refused("not-in-office", _("%(name)s现在不在这个岗位上，或者账号已停用") % {"name": name}, field)
    if get_organ(agent.post.organisation).pk != get_organ(principal.post.organisation).pk and not can(
        actor, MANAGE, agent.post
    ):
        raise Refused("other-organ", _("只能委托给本单位的同事；确需委托给外单位人员的，请联系账号管理员设立"), "agent")


def is_in_office(appointment: Appointment) -> bool:
    """Return whether ``appointment`` is held today by somebody whose account is open."""
    account = appointment.staff.account
    return account.is_active and list_current_appointments(account).filter(pk=appointment.pk).exists()


def _check_days(start: date, end: date) -> None:
    if start < timezone.localdate():
        raise Refused("past", _("委托不能从过去的日期开始"), "start_date")
    if end < start:
        raise Refused("period", _("结束日期不能早于开始日期"), "end_date")
    longest = get_longest_delegation(start)
    days = (end - start).days + 1
    if longest is not None and days > longest:
        raise Refused(
            "too-long",
            _("一次委托最长 %(longest)d 天，现在是 %(days)d 天；到期后确需继续的，可以再次委托")
            % {"longest": longest, "days": days},
            "end_date",
        )


def _check_content(principal: Appointment, agent: Appointment, matters: Sequence[str], mark: int) -> None:
    organisation = principal.post.organisation
    possible = list_delegable_matters(get_grants(organisation, principal.post.roles.all()))
    if not possible:
        raise Refused("nothing", _("这个岗位的权限不能委托：管理员的权限只能由本人行使，其他岗位没有可委托的事项"))
    if not matters:
        raise Refused("matters", _("请选择委托哪些事项"), "matters")
    if set(matters) - {kind.code for kind in possible}:
        raise Refused("matters", _("只能委托本岗位自己有权办理的事项"), "matters")
    if mark not in Mark.values:
        raise Refused("mark", _("请选择最高密级"), "highest_mark")
    for staff in (principal.staff, agent.staff):
        if staff.clearance < mark:
            raise Refused(
                "clearance",
                _("%(name)s的涉密等级是“%(held)s”，不能接触“%(mark)s”的内容")
                % {"name": staff.name, "held": staff.get_clearance_display(), "mark": Mark(mark).label},
                "highest_mark",
            )


def _check_others(principal: Appointment, agent: Appointment, start: date, end: date) -> None:
    around = Delegation.objects.filter(revoked_at=None, start_date__lte=end, end_date__gte=start)
    if around.filter(principal=principal, agent=agent).exists():
        raise Refused("twice", _("这段时间里已经委托给了这位同事，请先撤销原来的委托，或者换一段日期"), "agent")
    edges = [
        Edge(*row) for row in around.values_list("principal__staff_id", "agent__staff_id", "start_date", "end_date")
    ]
    circle = find_circle(edges, Edge(principal.staff_id, agent.staff_id, start, end))
    if circle:
        names = dict(StaffMember.objects.filter(pk__in=circle).values_list("pk", "name"))
        raise Refused(
            "circle",
            _("这样会形成循环委托：%(people)s。请选择另一位同事，或者先撤销其中一项委托")
            % {"people": " → ".join(names[person] for person in circle)},
            "agent",
        )


def may_revoke(actor: Actor, delegation: Delegation) -> bool:
    """The principal takes it back, the agent declines, an administrator ends it; the system may."""
    ours = (delegation.principal.staff.account_id, delegation.agent.staff.account_id)
    return actor.account_id in ours or can(actor, MANAGE, delegation.principal.post)


@transaction.atomic
def revoke_delegation(*, actor: Actor, delegation: Delegation) -> None:
    """End a delegation now: the agent's next request is made in her own post. Twice is once. Raises Denied."""
    if not may_revoke(actor, delegation):
        raise Denied("identity.revoke_delegation", visible=False)
    if Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(actor, "identity.delegation_revoked", delegation, after={"agent": delegation.agent_id})
        _tell(actor, delegation, AccountNotice.DELEGATION_REVOKED)


def tell_of_ended_delegations(*, actor: Actor) -> int:
    """Tell both sides of the delegations that ran out, each once; return how many."""
    today = timezone.localdate()
    ended = Delegation.objects.filter(revoked_at=None, end_date__lt=today, end_date__gte=today - _TOLD_FOR)
    told = 0
    for delegation in ended.select_related("principal__staff__account", "agent__staff__account"):
        with once(f"identity.delegation_ended:{delegation.pk}") as is_new:
            if is_new:
                _tell(actor, delegation, AccountNotice.DELEGATION_ENDED)
                told += 1
    return told


def _tell(actor: Actor, delegation: Delegation, notice: AccountNotice) -> None:
    people: list[Account] = [delegation.principal.staff.account, delegation.agent.staff.account]
    for account in people:
        publish(
            AccountNoticeRequested(
                actor=actor,
                account_id=account.pk,
                notice=notice,
                context={
                    "principal": delegation.principal.staff.name,
                    "agent": delegation.agent.staff.name,
                    "start": f"{delegation.start_date}",
                    "end": f"{delegation.end_date}",
                },
                link=f"/account/delegations/{delegation.pk}/",
            )
        )

"""A member of staff lets a colleague act for her for a time; what is refused, and how it ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.circles import Edge, find_circle
from zhengtong.core.identity.delegations import get_delegated_actor
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AccountNotice, AccountNoticeRequested
from zhengtong.core.identity.middleware import DELEGATION_KEY
from zhengtong.core.identity.models import (
    Account,
    Appointment,
    Delegation,
    DelegationLimit,
    Post,
    PostRole,
    StaffMember,
)
from zhengtong.core.identity.selectors import get_account_actor
from zhengtong.core.identity.tests.conftest import Browser, told
from zhengtong.core.identity.tests.test_switch_capacity import actor_of
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

Words = Callable[[Any], str]
Notices = list[AccountNoticeRequested]
PAGE = reverse("identity:delegations")
CAPACITY = reverse("identity:capacity")


def today() -> date:
    return timezone.localdate()


def post_of(cast: Cast, key: str) -> Appointment:
    return Appointment.objects.select_related("staff__account", "post__organisation").get(
        staff__account=cast.accounts[key]
    )


def delegated(cast: Cast, principal: str = "approver", agent: str = "inspector", **changes: Any) -> Delegation:
    values: dict[str, Any] = {
        "matters": ["cases.decision"],
        "start_date": today(),
        "end_date": today() + timedelta(days=6),
        "reason": "外出培训",
        **changes,
    }
    actor = values.pop("actor", getattr(cast, principal))
    return services.delegate(actor=actor, principal=post_of(cast, principal), agent=post_of(cast, agent), **values)


def refusal(cast: Cast, *args: str, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        delegated(cast, *args, **changes)
    return f"{refused.value.code}: {refused.value.message}"


def acting(cast: Cast, delegation: Delegation, agent: str = "inspector") -> Actor:
    actor = get_delegated_actor(cast.accounts[agent], delegation.pk)
    assert actor is not None
    return actor


def test_the_agent_is_her_principal_in_the_delegated_matters_only(cast: Cast) -> None:
    actor = acting(cast, delegated(cast))
    assert actor.name == "何志刚（代沈立新）"
    assert actor.appointment == cast.approver.appointment
    assert actor.agent == cast.inspector.appointment
    assert actor.principal == cast.approver.account
    assert actor.account == cast.inspector.account
    assert actor.has("cases.decide_case")
    assert not actor.has("cases.review_case")
    assert actor.reach("cases.decide_case") == cast.approver.reach("cases.decide_case")


def test_no_mark_above_what_either_may_see(cast: Cast) -> None:
    StaffMember.objects.filter(account=cast.accounts["approver"]).update(clearance=Mark.WORK_SECRET)
    assert refusal(cast, highest_mark=Mark.WORK_SECRET).startswith("clearance: 何志刚的涉密等级是“内部”")
    StaffMember.objects.filter(account=cast.accounts["inspector"]).update(clearance=Mark.WORK_SECRET)
    delegation = delegated(cast, highest_mark=Mark.WORK_SECRET)
    assert acting(cast, delegation).clearance == Mark.WORK_SECRET
    StaffMember.objects.filter(account=cast.accounts["approver"]).update(clearance=Mark.PUBLIC)
    assert acting(cast, delegation).clearance == Mark.PUBLIC


def test_staff_carry_their_clearance_and_citizens_none(cast: Cast) -> None:
    StaffMember.objects.filter(account=cast.accounts["reviewer"]).update(clearance=Mark.WORK_SECRET)
    assert get_account_actor(cast.accounts["reviewer"]).clearance == Mark.WORK_SECRET
    assert get_account_actor(cast.accounts["owner"]).clearance == Mark.PUBLIC


def test_both_are_told_and_the_journal_has_it(cast: Cast, notices: Notices) -> None:
    delegation = delegated(cast)
    both = {cast.accounts["approver"].pk, cast.accounts["inspector"].pk}
    assert told(notices, AccountNotice.DELEGATION_GIVEN) == both
    assert notices[0].context["agent"] == "何志刚"
    assert AuditRecord.objects.filter(action="identity.delegated", object_id=str(delegation.pk)).count() == 1
    services.revoke_delegation(actor=cast.approver, delegation=delegation)
    services.revoke_delegation(actor=cast.approver, delegation=delegation)
    assert told(notices, AccountNotice.DELEGATION_REVOKED) == both
    assert len(notices) == 4


def test_what_is_refused_is_said(cast: Cast) -> None:
    DelegationLimit.objects.update_or_create(
        effective_from=date(2026, 1, 1), defaults={"longest_days": 30, "basis": "工作规则"}
    )
    assert "不能委托给自己" in refusal(cast, "approver", "approver")
    assert "过去" in refusal(cast, start_date=today() - timedelta(days=1))
    assert "早于开始" in refusal(cast, end_date=today() - timedelta(days=1))
    assert "最长 30 天，现在是 31 天" in refusal(cast, end_date=today() + timedelta(days=30))
    assert "本单位" in refusal(cast, "approver", "outsider")
    assert "原因" in refusal(cast, reason="  ")
    assert "自己有权办理" in refusal(cast, matters=["cases.review"])
    assert "哪些事项" in refusal(cast, matters=[])
    Account.objects.filter(pk=cast.accounts["second_approver"].pk).update(is_active=False)
    assert "孙二现在不在这个岗位上" in refusal(cast, "approver", "second_approver")
    assert not Delegation.objects.exists()
    delegated(cast, end_date=today() + timedelta(days=29))
    assert "已经委托给了这位同事" in refusal(cast)


def test_the_power_of_an_administrator_is_not_delegable(cast: Cast) -> None:
    post = post_of(cast, "supervisor").post
    PostRole.objects.filter(post=post).delete()
    PostRole.objects.create(post=post, role="system_administrator", reach="own")
    colleague = Post.objects.create(organisation=post.organisation, title="科员")
    Appointment.objects.filter(pk=post_of(cast, "outsider").pk).update(post=colleague)
    assert "只能由本人行使" in refusal(cast, "supervisor", "outsider")


def test_a_circle_is_refused_in_words(cast: Cast) -> None:
    delegated(cast, "approver", "inspector")
    delegated(cast, "inspector", "reviewer", matters=["cases.review"])
    words = refusal(cast, "reviewer", "approver", matters=["cases.review"])
    assert "循环委托：林国栋 → 沈立新 → 何志刚 → 林国栋" in words
    assert "循环委托" in refusal(cast, "inspector", "approver", matters=["cases.review"])
    later = {"start_date": today() + timedelta(days=7), "end_date": today() + timedelta(days=8)}
    assert delegated(cast, "reviewer", "approver", matters=["cases.review"], **later).pk


people, days = st.integers(1, 5), st.integers(0, 12).map(lambda n: date(2026, 3, 1) + timedelta(days=n))


@st.composite
def edges(draw: st.DrawFn) -> Edge:
    principal = draw(people)
    start, end = sorted((draw(days), draw(days)))
    return Edge(principal, draw(people.filter(lambda p: p != principal)), start, end)


@given(st.lists(edges(), max_size=7), edges())
def test_a_circle_is_found_exactly_when_a_day_has_one(others: list[Edge], new: Edge) -> None:
    found = find_circle(others, new)

    def closes(day: date) -> bool:
        reached, waiting = set(), [new.agent]
        while waiting:
            person = waiting.pop()
            if person not in reached:
                reached.add(person)
                waiting += [e.agent for e in others if e.principal == person and e.start <= day <= e.end]
        return new.principal in reached

    span = [new.start + timedelta(days=n) for n in range((new.end - new.start).days + 1)]
    assert bool(found) == any(closes(day) for day in span)
    if found:
        assert found[0] == found[-1] == new.principal


def test_a_delegated_power_is_never_delegated_on(cast: Cast) -> None:
    actor = acting(cast, delegated(cast))
    assert "委托来的权限不能再委托" in refusal(cast, "approver", "reviewer", actor=actor)
    assert "委托来的权限不能再委托" in refusal(cast, "inspector", "reviewer", actor=actor, matters=["cases.review"])


def test_nobody_delegates_anothers_power(cast: Cast) -> None:
    for other in (cast.head, cast.outsider, cast.owner):
        with pytest.raises(Denied):
            delegated(cast, actor=other)
    with pytest.raises(Denied):
        services.revoke_delegation(actor=cast.head, delegation=delegated(cast))


def test_an_administrator_does_it_for_an_absent_person(cast: Cast, client: Browser, words: Words) -> None:
    post = post_of(cast, "supervisor").post
    PostRole.objects.create(post=post, role="system_administrator", reach="region")
    administrator = get_account_actor(cast.accounts["supervisor"])
    assert "不能把别人的权限委托给自己" in refusal(cast, "approver", "supervisor", actor=administrator)
    page = reverse("identity:delegate_for_absent")
    client.force_login(cast.accounts["supervisor"])
    assert "沈立新" in words(client.get(page, {"q": "沈"}))
    principal = post_of(cast, "approver")
    form = {
        "agent": post_of(cast, "second_approver").pk,
        "matters": ["cases.decision"],
        "start_date": today(),
        "lasts": "day",
        "highest_mark": Mark.INTERNAL,
        "reason": "因病请假",
    }
    assert client.post(f"{page}?principal={principal.pk}", form).status_code == 302
    made = Delegation.objects.get()
    assert (made.created_by, made.end_date) == (cast.accounts["supervisor"], today())
    client.post(reverse("identity:revoke_delegation", args=[made.pk]))
    made.refresh_from_db()
    assert made.revoked_at is not None
    client.force_login(cast.accounts["head"])
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("end", ["revoked", "expired", "principal left", "agent closed"])
def test_the_session_falls_back_at_the_next_request(cast: Cast, client: Browser, end: str) -> None:
    delegation = delegated(cast)
    account = cast.accounts["inspector"]
    client.force_login(account)
    client.post(CAPACITY, {"delegation": delegation.pk})
    assert actor_of(client, account).delegation == delegation.pk
    yesterday = today() - timedelta(days=1)
    if end == "revoked":
        services.revoke_delegation(actor=cast.approver, delegation=delegation)
    elif end == "expired":
        Delegation.objects.update(start_date=yesterday, end_date=yesterday)
    elif end == "principal left":
        Appointment.objects.filter(pk=delegation.principal_id).update(end_date=yesterday)
    else:
        Account.objects.filter(pk=cast.accounts["approver"].pk).update(is_active=False)
    actor = actor_of(client, account)
    assert (actor.delegation, actor.agent, actor.principal) == (None, None, None)
    assert actor.appointment == cast.inspector.appointment
    assert DELEGATION_KEY not in client.session
    assert client.post(CAPACITY, {"delegation": delegation.pk}).status_code == 404


def test_only_the_agent_switches(cast: Cast, client: Browser) -> None:
    delegation = delegated(cast, start_date=today() + timedelta(days=1))
    for key in ("inspector", "reviewer", "approver"):  # not begun, or not hers
        client.force_login(cast.accounts[key])
        assert client.post(CAPACITY, {"delegation": delegation.pk}).status_code == 404


def test_the_page_from_form_to_revoking(cast: Cast, client: Browser, words: Words) -> None:
    client.force_login(cast.accounts["approver"])
    page = words(client.get(PAGE))
    assert "现在没有委托给别人" in page
    assert "审批决定" in page
    assert "罗建军" not in page  # of another organ
    form = {
        "agent": post_of(cast, "inspector").pk,
        "matters": ["cases.decision"],
        "start_date": today(),
        "lasts": "until",
        "highest_mark": Mark.INTERNAL,
        "reason": "",
    }
    refused = client.post(PAGE, form)
    assert refused.status_code == 422
    assert "请填写最后一天" in words(refused)
    assert "请写明委托的原因" in words(refused)
    assert client.post(PAGE, form | {"lasts": "week", "reason": "外出培训"}).status_code == 302
    made = Delegation.objects.get()
    assert made.end_date == today() + timedelta(days=6)
    own = reverse("identity:delegation", args=[made.pk])
    assert "生效中" in words(client.get(own))
    outsider = Browser()
    outsider.force_login(cast.accounts["head"])
    assert outsider.get(own).status_code == 404
    assert outsider.post(reverse("identity:revoke_delegation", args=[made.pk])).status_code == 404
    agent = Browser()
    agent.force_login(cast.accounts["inspector"])
    assert "切换到代沈立新办理" in words(agent.get(PAGE))
    agent.post(CAPACITY, {"delegation": made.pk})
    assert "您现在是代别人办理" in words(agent.get(PAGE))
    agent.post(reverse("identity:revoke_delegation", args=[made.pk]))
    assert "已撤销" in words(client.get(own))


def test_citizens_have_no_such_page(cast: Cast, client: Browser) -> None:
    client.force_login(cast.accounts["owner"])
    assert client.get(PAGE).status_code == 404


def test_both_are_told_once_when_it_ran_out(cast: Cast, notices: Notices) -> None:
    delegated(cast)
    assert services.tell_of_ended_delegations(actor=SYSTEM) == 0
    Delegation.objects.update(start_date=today() - timedelta(days=3), end_date=today() - timedelta(days=1))
    assert services.tell_of_ended_delegations(actor=SYSTEM) == 1
    assert services.tell_of_ended_delegations(actor=SYSTEM) == 0
    both = {cast.accounts["approver"].pk, cast.accounts["inspector"].pk}
    assert told(notices, AccountNotice.DELEGATION_ENDED) == both

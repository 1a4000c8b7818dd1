"""An office needs data: the authority finds an entry for it or makes an office publish one by a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhengtong.capabilities.catalogue.demands import responsibilities as owing
from zhengtong.capabilities.catalogue.demands import services as needing
from zhengtong.capabilities.catalogue.models import (
    Demand,
    DemandState,
    Resource,
    ResourceState,
    Responsibility,
    ResponsibilityState,
)
from zhengtong.capabilities.catalogue.permissions_finding import ANSWER, ASSIGN, RAISE
from zhengtong.capabilities.catalogue.tests.finding_fixtures import offices_of_catalogue
from zhengtong.capabilities.catalogue.tests.finding_samples import actor_in, enter
from zhengtong.core.audit.public import PendingRecord
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, ActorKind, Denied, Grant

__all__ = ["offices_of_catalogue"]
pytestmark = pytest.mark.django_db
Offices = tuple[Organisation, Organisation]
NEED = {
    "name": "流动人口登记信息",
    "matter": "食品经营许可核验负责人",
    "basis": "食品安全法第三十五条",
    "update_cycle": "daily",
}


def authority(*offices: Organisation) -> Actor:
    reach = frozenset(office.pk for office in offices)
    grant = Grant("data_coordinator", frozenset({ASSIGN}), reach)
    return Actor(kind=ActorKind.STAFF, name="统筹员", organisation=offices[0].pk, grants=(grant,), clearance=10)


def need(office: Organisation) -> Demand:
    return needing.raise_demand(actor=actor_in(office, RAISE), **NEED)


def open_work(kind: str) -> int:
    return WorkItem.objects.filter(kind=kind, state=WorkState.OPEN).count()


def test_a_demand_is_answered_by_an_entry_that_is_there(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    demand = need(market)
    assert demand.number.startswith(f"XQ-{timezone.localdate().year}-")
    assert open_work(needing.DEMAND_WORK) == 1
    resource = enter(police, 1, "流动人口登记信息")
    needing.match_demand(actor=authority(market, police), demand=demand, resource_code=f" {resource.code} ")
    demand.refresh_from_db()
    assert (demand.state, demand.resource) == (DemandState.MATCHED, resource)
    assert open_work(needing.DEMAND_WORK) == 0
    with pytest.raises(Refused, match="not-open"):
        needing.decline_demand(actor=authority(market), demand=demand, opinion="重复提出")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"matter": " "}, "matter"),
        ({"basis": ""}, "basis"),
        ({"update_cycle": "x"}, "update_cycle"),
    ],
)
def test_a_demand_says_what_for_and_by_which_basis(
    offices_of_catalogue: Offices, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        needing.raise_demand(actor=actor_in(offices_of_catalogue[0], RAISE), **{**NEED, **changes})
    assert refused.value.field == field


@pytest.mark.parametrize("code", ["", "999999/000001", "x" * 90])
def test_a_code_that_no_entry_has_is_told(offices_of_catalogue: Offices, code: str) -> None:
    market, _ = offices_of_catalogue
    with pytest.raises(Refused) as refused:
        needing.match_demand(actor=authority(market), demand=need(market), resource_code=code)
    assert refused.value.field == "resource_code"


def test_an_entry_that_is_not_published_answers_no_demand(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    draft = enter(police, 1, "草稿", state=ResourceState.COMPILING)
    with pytest.raises(Refused, match="not-published"):
        needing.match_demand(actor=authority(market), demand=need(market), resource_code=draft.code)


def test_only_who_may_does(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    demand = need(market)
    with pytest.raises(Denied):
        needing.raise_demand(actor=actor_in(market, ASSIGN), **NEED)
    with pytest.raises(Denied):
        needing.decline_demand(actor=authority(police), demand=demand, opinion="不归我管")
    with pytest.raises(Denied):
        needing.withdraw_demand(actor=actor_in(police, RAISE), demand=demand, reason="不是我的")


def test_an_office_owes_by_working_days_and_publishing_fulfils(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    demand = need(market)
    owed = owing.assign_demand(actor=authority(market, police), demand=demand, organisation=police, days=10)
    calendar = get_calendar(police.region.code)
    assert owed.due_on == calendar.add_working_days(timezone.localdate(), 10)
    assert open_work(owing.RESPONSIBILITY_WORK) == 1
    draft = enter(police, 1, "流动人口登记信息", state=ResourceState.COMPILING)
    answering = actor_in(police, ANSWER)
    owing.answer_responsibility(actor=answering, responsibility=owed, resource_code=draft.code)
    assert owing.settle_published() == 0
    Resource.objects.filter(pk=draft.pk).update(state=ResourceState.PUBLISHED)
    assert owing.settle_published(draft.pk) == 1
    assert owing.settle_published() == 0
    owed.refresh_from_db()
    demand.refresh_from_db()
    assert (owed.state, owed.is_late) == (ResponsibilityState.FULFILLED, False)
    assert (demand.state, demand.resource) == (DemandState.FULFILLED, draft)
    assert open_work(owing.RESPONSIBILITY_WORK) == 0


def test_what_is_overdue_is_shown_and_stays_late_when_it_comes(offices_of_catalogue: Offices) -> None:
    _market, police = offices_of_catalogue
    owed = owing.assign_responsibility(
        actor=authority(police), organisation=police, name="驾驶证信息", basis="共享条例第十二条", days=1
    )
    Responsibility.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert owing.show_overdue() == 1
    assert owing.show_overdue() == 0
    assert WorkItem.objects.get(kind=owing.RESPONSIBILITY_WORK).level == "red"
    resource = enter(police, 1, "驾驶证信息")
    owing.answer_responsibility(actor=actor_in(police, ANSWER), responsibility=owed, resource_code=resource.code)
    owed.refresh_from_db()
    assert (owed.state, owed.is_late) == (ResponsibilityState.FULFILLED, True)


def test_released_the_demand_waits_again(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    demand = need(market)
    coordinator = authority(market, police)
    owed = owing.assign_demand(actor=coordinator, demand=demand, organisation=police, days=5)
    with pytest.raises(Refused, match="no-reason"):
        owing.release_responsibility(actor=coordinator, responsibility=owed, opinion="")
    owing.release_responsibility(actor=coordinator, responsibility=owed, opinion="职责已划转")
    demand.refresh_from_db()
    assert demand.state == DemandState.OPEN
    again = owing.assign_demand(actor=coordinator, demand=demand, organisation=police, days=5)
    assert again.number != owed.number


def test_nobody_owes_to_oneself_beyond_reach_or_without_a_day(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    demand = need(market)
    for office, days, actor, field in (
        (market, 5, authority(market, police), "organisation"),
        (police, 5, authority(market), "organisation"),
        (police, 0, authority(market, police), "days"),
        (police, 9_999, authority(market, police), "days"),
    ):
        with pytest.raises(Refused) as refused:
            owing.assign_demand(actor=actor, demand=demand, organisation=office, days=days)
        assert refused.value.field == field
    assert Responsibility.objects.count() == 0


def test_another_offices_entry_is_no_answer(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    owed = owing.assign_responsibility(
        actor=authority(police), organisation=police, name="驾驶证信息", basis="条例", days=1
    )
    foreign = enter(market, 1, "别人的")
    with pytest.raises(Refused, match="other"):
        owing.answer_responsibility(actor=actor_in(police, ANSWER), responsibility=owed, resource_code=foreign.code)


def test_each_act_is_one_record(offices_of_catalogue: Offices) -> None:
    market, police = offices_of_catalogue
    before = PendingRecord.objects.count()
    demand = need(market)
    owing.assign_demand(actor=authority(market, police), demand=demand, organisation=police, days=5)
    assert PendingRecord.objects.count() - before == 2

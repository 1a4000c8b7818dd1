"""What waits for me, what waits for my office, what I have done: each person sees hers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from tests.cast import Cast
from zhengtong.core.worklist.public import (
    WorkItem,
    claim_item,
    close_item,
    count_mine,
    list_done,
    list_mine,
    list_office,
    open_item,
    reschedule_items,
    return_item,
)
from zhengtong.kernel.demo import as_of

KIND = "test.thing"
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def wait_for(cast: Cast, number: int, *, due_at: datetime | None = None, assignee_id: int | None = None) -> WorkItem:
    return open_item(
        kind=KIND,
        object_id=number,
        organisation_id=cast.office.organisation_id,
        permission="cases.review_case",
        reference=f"T-{number}",
        title="事项",
        party="某人",
        step="审查",
        url="",
        due_at=due_at,
        assignee_id=assignee_id,
    )


def test_the_pool_is_for_those_whose_role_and_office_fit(cast: Cast) -> None:
    wait_for(cast, 1)
    for actor in (cast.reviewer, cast.inspector):
        assert [item.reference for item in list_office(actor)] == ["T-1"]
    for actor in (cast.approver, cast.head, cast.counter, cast.outsider, cast.supervisor, cast.owner):
        assert not list_office(actor).exists()


def test_the_soonest_due_comes_first_and_the_undated_last(cast: Cast) -> None:
    wait_for(cast, 1)
    wait_for(cast, 2, due_at=NOON + timedelta(days=2))
    wait_for(cast, 3, due_at=NOON)
    assert [item.object_id for item in list_office(cast.reviewer)] == [3, 2, 1]


def test_what_is_mine_leaves_the_pool_and_comes_back(cast: Cast) -> None:
    wait_for(cast, 1)
    claim_item(actor=cast.reviewer, kind=KIND, object_id=1)
    assert list_mine(cast.reviewer).count() == 1
    assert not list_mine(cast.inspector).exists()
    assert not list_office(cast.inspector).exists()
    return_item(actor=cast.reviewer, kind=KIND, object_id=1)
    assert list_office(cast.inspector).count() == 1


def test_what_is_done_is_done_by_someone_or_cancelled(cast: Cast) -> None:
    for number in (1, 2):
        wait_for(cast, number, assignee_id=cast.reviewer.appointment)
    close_item(kind=KIND, object_id=1, done_by_id=cast.inspector.appointment)
    close_item(kind=KIND, object_id=2, done_by_id=None)
    assert [item.object_id for item in list_done(cast.inspector)] == [1]
    assert not list_done(cast.reviewer).exists()
    assert not list_mine(cast.reviewer).exists()
    assert dict(WorkItem.objects.values_list("object_id", "state")) == {1: "done", 2: "cancelled"}


def test_mine_are_counted_by_when_they_are_due(cast: Cast) -> None:
    mine = cast.reviewer.appointment
    for number, due_at in enumerate((NOON - timedelta(minutes=1), NOON + timedelta(hours=2), NOON + timedelta(days=1))):
        wait_for(cast, number, due_at=due_at, assignee_id=mine)
    wait_for(cast, 9, assignee_id=mine)
    with as_of(NOON):
        assert count_mine(cast.reviewer) == {"all": 4, "today": 1, "overdue": 1}
        assert count_mine(cast.inspector) == {"all": 0, "today": 0, "overdue": 0}


def test_a_moved_deadline_moves_only_what_is_open(cast: Cast) -> None:
    for number in (1, 2):
        wait_for(cast, number, due_at=NOON)
    close_item(kind=KIND, object_id=2, done_by_id=cast.reviewer.appointment)
    later = NOON + timedelta(days=5)
    reschedule_items(kind=KIND, object_ids=[1, 2], due_at=later, next_alert_at=None, level="yellow")
    assert dict(WorkItem.objects.values_list("object_id", "due_at")) == {1: later, 2: NOON}
    assert dict(WorkItem.objects.values_list("object_id", "level")) == {1: "yellow", 2: "green"}


def test_one_thing_waits_once(cast: Cast) -> None:
    wait_for(cast, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        wait_for(cast, 1)
    close_item(kind=KIND, object_id=1, done_by_id=cast.reviewer.appointment)
    wait_for(cast, 1)
    assert WorkItem.objects.filter(object_id=1).count() == 2

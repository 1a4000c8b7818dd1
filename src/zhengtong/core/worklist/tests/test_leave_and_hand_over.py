"""A clerk leaves: her open work goes to the successor or back to the office, visibly, however much it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import AppointmentEnded
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist import public as worklist
from zhengtong.core.worklist.models import Watch
from zhengtong.core.worklist.public import WorkItem, WorkTransfer
from zhengtong.core.worklist.tests.test_move_work import wait_for
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import SYSTEM, Actor

pytestmark = pytest.mark.django_db
FEW = 16


def leave(leaver: Actor, successor: Actor | None = None) -> worklist.LeftOpen:
    return worklist.hand_over(
        actor=SYSTEM,
        appointment_id=leaver.held_appointment,
        successor_id=successor.appointment if successor else None,
        reason="调离",
    )


def test_the_successor_gets_everything_and_one_message(cast: Cast) -> None:
    for number in range(3):
        wait_for(cast, number, holder=cast.reviewer)
    wait_for(cast, 7, holder=cast.inspector)
    assert leave(cast.reviewer, cast.inspector) == worklist.LeftOpen(3, 0)
    assert worklist.list_mine(cast.inspector).count() == 4
    assert not worklist.list_mine(cast.reviewer).exists()
    [told] = Message.objects.filter(recipient=cast.accounts["inspector"])
    assert told.body == "林国栋的任职已结束，3 件未办结的任务移交给您，请核对交接清单。"
    assert told.link == "/desk/handed-over/"
    received = worklist.list_received(cast.inspector)
    assert {(t.from_appointment_id, t.act, t.reason) for t in received} == {
        (cast.reviewer.appointment, "handed_over", "调离")
    }
    worklist.close_item(kind="test.thing", object_id=0, done_by_id=cast.inspector.appointment)
    [line] = worklist.summarise_received(received)
    assert (line.name, line.received, line.open) == ("林国栋", 3, 2)


def test_without_a_successor_it_is_the_offices_again_and_its_head_is_told(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    assert leave(cast.reviewer) == worklist.LeftOpen(0, 1)
    assert [item.object_id for item in worklist.list_office(cast.inspector)] == [1]
    [told] = Message.objects.all()
    assert told.recipient_id == cast.head.account_id
    assert told.link == "/desk/handed-over/?scope=office"
    assert [t.item.object_id for t in worklist.list_back_in_office(cast.head)] == [1]
    assert not worklist.list_back_in_office(cast.outsider).exists()


def test_where_nobody_leads_those_who_may_do_it_are_told(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    head = cast.appointment(cast.head)
    head.post.roles.update(role="supervisor")
    leave(cast.reviewer)
    assert [told.recipient_id for told in Message.objects.all()] == [cast.inspector.account_id]


def test_what_the_successor_may_not_do_goes_back_to_the_office(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    assert leave(cast.reviewer, cast.approver) == worklist.LeftOpen(0, 1)
    assert not worklist.list_mine(cast.approver).exists()
    assert worklist.list_office(cast.inspector).count() == 1


def test_readings_go_to_the_successor_once_or_end(cast: Cast) -> None:
    for number in (1, 2):
        wait_for(cast, number, holder=cast.reviewer, kind="test.paper")
    wait_for(cast, 2, holder=cast.inspector, kind="test.paper")
    leave(cast.reviewer, cast.inspector)
    assert sorted(item.object_id for item in worklist.list_readings(cast.inspector)) == [1, 2]
    leave(cast.inspector)
    assert not WorkItem.objects.filter(state="open").exists()


def test_what_was_watched_is_watched_by_the_successor(cast: Cast) -> None:
    words = {"reference": "T", "title": "", "party": "", "url": "", "since": "2026-03-04T00:00Z"}
    Watch.objects.bulk_create(
        Watch(appointment_id=who.held_appointment, kind="test.thing", object_id=number, **words)
        for who, number in ((cast.reviewer, 1), (cast.reviewer, 2), (cast.inspector, 2))
    )
    leave(cast.reviewer, cast.inspector)
    assert sorted(w.object_id for w in worklist.list_watches(cast.inspector)) == [1, 2]


def test_leaving_twice_moves_nothing_twice(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    leave(cast.reviewer, cast.inspector)
    assert leave(cast.reviewer, cast.inspector) == worklist.LeftOpen(0, 0)
    assert WorkTransfer.objects.count() == Message.objects.count() == 1


def test_ending_an_appointment_hands_its_work_over(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    publish(
        AppointmentEnded(
            actor=SYSTEM,
            appointment_id=cast.reviewer.held_appointment,
            successor_id=cast.inspector.appointment,
            reason="退休",
        )
    )
    assert worklist.list_mine(cast.inspector).count() == 1


def test_a_clerk_with_a_thousand_open_items_leaves(cast: Cast) -> None:
    def count(items: int, leaver: Actor, successor: Actor) -> int:
        model = WorkItem.objects.get(object_id=0)
        WorkItem.objects.bulk_create(
            WorkItem(
                kind="test.thing",
                object_id=number,
                organisation_id=model.organisation_id,
                permission=model.permission,
                assignee_id=leaver.appointment,
                reference=f"T-{number}",
            )
            for number in range(1, items)
        )
        with CaptureQueriesContext(connection) as asked:
            assert leave(leaver, successor) == worklist.LeftOpen(items, 0)
        return len(asked)

    wait_for(cast, 0, holder=cast.reviewer)
    few = count(2, cast.reviewer, cast.inspector)
    WorkItem.objects.filter(object_id__gt=0).delete()
    many = count(1000, cast.inspector, cast.reviewer)
    assert few == many <= FEW + 2  # and the savepoint
    assert WorkTransfer.objects.filter(item__state="open").count() == 1001
    assert AuditRecord.objects.filter(action="worklist.hand_over").count() == 2

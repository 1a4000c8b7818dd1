"""An office is merged away or split: its open work goes on in the successor, in the same hands where that can be."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist import public as worklist
from zhengtong.core.worklist.public import WorkItem, WorkTransfer
from zhengtong.core.worklist.services.succeeding import move_to_successor
from zhengtong.core.worklist.tests.test_move_work import holder_of, wait_for
from zhengtong.kernel.policy import SYSTEM, Actor

pytestmark = pytest.mark.django_db


def found(cast: Cast, name: str = "澄波区市场和知识产权局") -> identity.Organisation:
    bureau = cast.office.organisation
    made = identity.Organisation.objects.create(
        name=name, short_name=name, kind=bureau.kind, region=bureau.region, parent=bureau.parent
    )
    made.path = f"{bureau.parent.path}.{made.pk}" if bureau.parent else str(made.pk)
    made.save(update_fields=["path"])
    return made


def again(cast: Cast, name: str) -> Actor:
    """Return the actor that one of the cast is from now on."""
    return identity.get_account_actor(cast.accounts[name])


def merge(cast: Cast, into: identity.Organisation) -> None:
    identity.merge_organisations(
        actor=SYSTEM, organisations=[cast.office.organisation], into=into, basis="澄编〔2026〕3号"
    )


def test_everybody_keeps_what_she_holds_and_watches(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    wait_for(cast, 2)
    wait_for(cast, 3, holder=cast.reviewer, kind="test.paper")
    worklist.Watch.objects.create(
        appointment_id=cast.reviewer.held_appointment, kind="test.thing", object_id=9, since="2026-03-04T00:00Z"
    )
    new = found(cast)
    merge(cast, new)
    reviewer = again(cast, "reviewer")
    assert reviewer.organisation == new.pk
    assert [item.object_id for item in worklist.list_mine(reviewer)] == [1]
    assert [item.object_id for item in worklist.list_office(reviewer)] == [2]
    assert [item.object_id for item in worklist.list_readings(reviewer)] == [3]
    assert worklist.is_watching(reviewer, "test.thing", 9)
    assert set(WorkItem.objects.values_list("organisation_id", flat=True)) == {new.pk}
    # And goes on handing it to a colleague, who came along.
    to = cast.appointment(cast.inspector)
    worklist.transfer_item(actor=reviewer, kind="test.thing", object_id=1, to=to, reason="休假")
    assert holder_of(1) == to.pk


def test_the_successors_head_is_told_and_the_journal_says_what_went_over(cast: Cast) -> None:
    held, free = wait_for(cast, 1, holder=cast.reviewer), wait_for(cast, 2)
    new = found(cast)
    merge(cast, new)
    [told] = Message.objects.filter(template="worklist.succeeded")
    assert told.recipient_id == cast.head.account_id
    assert told.body == "澄波区市场监督管理局的职责由本单位承接，2 件未办结的任务转入本单位，其中 1 件待领办。"
    assert told.link == "/desk/?scope=office"
    written = AuditRecord.objects.get(action="worklist.succeed")
    assert written.object_id == str(cast.office.organisation_id)
    assert written.after == {"successor": new.pk, "items": [held.pk, free.pk], "back_in_office": []}


def test_what_is_done_stays_with_the_office_that_did_it(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    worklist.close_item(kind="test.thing", object_id=1, done_by_id=cast.reviewer.appointment)
    merge(cast, found(cast))
    assert WorkItem.objects.get().organisation_id == cast.office.organisation_id
    assert not Message.objects.filter(template="worklist.succeeded").exists()
    assert [item.object_id for item in worklist.list_done(again(cast, "reviewer"))] == [1]


def test_after_a_split_the_heir_has_what_those_who_went_elsewhere_held(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    wait_for(cast, 2, holder=cast.inspector)
    heir, other = found(cast, "澄波区市场监管局"), found(cast, "澄波区知识产权局")
    bureau = cast.office.organisation
    gone = cast.appointment(cast.inspector).post
    identity.split_organisation(
        actor=SYSTEM, organisation=bureau, into=[heir, other], posts={gone: other}, heir=heir, basis="分设"
    )
    assert holder_of(1) == cast.reviewer.appointment
    assert holder_of(2) is None
    reviewer = again(cast, "reviewer")
    assert [item.object_id for item in worklist.list_office(reviewer)] == [2]
    assert not worklist.list_mine(again(cast, "inspector")).exists()
    [way] = WorkTransfer.objects.all()
    assert (way.act, way.from_appointment_id, way.to_organisation_id) == (
        "succeeded",
        cast.inspector.appointment,
        heir.pk,
    )


def test_moving_twice_moves_nothing_twice(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    new = found(cast)
    merge(cast, new)
    old = cast.office.organisation_id
    assert move_to_successor(actor=SYSTEM, organisation_id=old, successor_id=new.pk) == 0
    assert AuditRecord.objects.filter(action="worklist.succeed").count() == 1


def test_a_thousand_items_cost_as_many_statements_as_two(cast: Cast) -> None:
    model = wait_for(cast, 0, holder=cast.reviewer)

    def count(items: int, old: int, new: int) -> int:
        WorkItem.objects.bulk_create(
            WorkItem(
                kind="test.thing",
                object_id=number,
                organisation_id=old,
                permission=model.permission,
                reference=f"T-{number}",
            )
            for number in range(1, items)
        )
        with CaptureQueriesContext(connection) as asked:
            assert move_to_successor(actor=SYSTEM, organisation_id=old, successor_id=new) == items
        WorkItem.objects.filter(object_id__gt=0).delete()
        return len(asked)

    old, new = cast.office.organisation_id, found(cast).pk
    hold_in(cast, new)
    few = count(2, old, new)
    assert count(1000, new, old) <= few


def hold_in(cast: Cast, organisation_id: int) -> None:
    """Let the reviewer, in the same appointment, reach the other office as well."""
    appointment = cast.appointment(cast.reviewer)
    identity.Succession.objects.create(
        predecessor_id=organisation_id,
        successor_id=appointment.post.organisation_id,
        change="merged",
        on_date=date(2026, 1, 1),
    )


def test_who_had_the_same_post_in_both_keeps_her_items(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    new, lesser = found(cast), cast.appointment(cast.reviewer)
    post = identity.open_post(actor=SYSTEM, organisation=new, title=lesser.post.title)
    identity.grant_role(actor=SYSTEM, post=post, role="reviewer", reach=identity.Reach.OWN)
    identity.Appointment.objects.filter(pk=lesser.pk).update(kind=identity.AppointmentKind.CONCURRENT)
    kept = identity.Appointment.objects.create(staff=lesser.staff, post=post, start_date=date(2020, 1, 1))
    merge(cast, new)
    assert holder_of(1) == kept.pk
    assert [item.object_id for item in worklist.list_mine(again(cast, "reviewer"))] == [1]

"""Work goes from one to another: claimed, handed on, taken back, put back; and who is refused."""

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections

from tests.cast import Cast, make_cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Appointment
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist import public as worklist
from zhengtong.core.worklist.public import Nature, TransferAct, WorkItem, WorkItemMoved, WorkTransfer
from zhengtong.kernel import events
from zhengtong.kernel.policy import Actor, Denied

KIND = "test.thing"
pytestmark = pytest.mark.django_db


def wait_for(cast: Cast, number: int, *, holder: Actor | None = None, kind: str = KIND) -> WorkItem:
    return worklist.open_item(
        kind=kind,
        object_id=number,
        organisation_id=cast.office.organisation_id,
        permission="cases.review_case",
        reference=f"T-{number}",
        title="事项",
        party="某人",
        step="审查",
        url=f"/desk/cases/T-{number}/",
        assignee_id=holder.appointment if holder else None,
    )


def give(cast: Cast, number: int, to: Actor, *, giver: Actor | None = None, reason: str = "休假") -> WorkItem:
    return worklist.transfer_item(
        actor=giver or cast.reviewer, kind=KIND, object_id=number, to=cast.appointment(to), reason=reason
    )


def holder_of(number: int) -> int | None:
    return WorkItem.objects.get(object_id=number).assignee_id


def way_of(number: int) -> list[str]:
    return [each.act for each in WorkTransfer.objects.filter(item__object_id=number)]


@pytest.fixture
def heard() -> Any:
    """Everything that owners of work are told."""
    told: list[WorkItemMoved] = []
    events._receivers[WorkItemMoved].append(told.append)
    yield told
    events._receivers[WorkItemMoved].remove(told.append)


def test_claiming_leaves_a_trace_and_tells_the_owner(cast: Cast, heard: list[WorkItemMoved]) -> None:
    wait_for(cast, 1)
    worklist.claim_item(actor=cast.reviewer, kind=KIND, object_id=1)
    worklist.claim_item(actor=cast.reviewer, kind=KIND, object_id=1)
    assert holder_of(1) == cast.reviewer.appointment
    assert way_of(1) == ["claimed"]
    assert [(e.object_ids, e.from_id, e.to_id, e.act) for e in heard] == [
        ((1,), None, cast.reviewer.appointment, TransferAct.CLAIMED)
    ]
    assert AuditRecord.objects.filter(action="worklist.claimed").count() == 1


def test_what_a_colleague_holds_is_refused_by_her_name(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    for act in (worklist.claim_item, worklist.return_item):
        with pytest.raises(worklist.ItemTaken, match="林国栋"):
            act(actor=cast.inspector, kind=KIND, object_id=1)
    with pytest.raises(worklist.ItemTaken):
        give(cast, 1, cast.reviewer, giver=cast.inspector)
    assert holder_of(1) == cast.reviewer.appointment
    assert way_of(1) == []


def test_a_colleague_is_given_the_item_and_told(cast: Cast) -> None:
    item = wait_for(cast, 1, holder=cast.reviewer)
    give(cast, 1, cast.inspector)
    assert list(worklist.list_mine(cast.inspector)) == [item]
    assert not worklist.list_mine(cast.reviewer).exists()
    [told] = Message.objects.filter(template="worklist.given_one")
    assert (told.recipient_id, told.link) == (cast.inspector.account_id, item.url)
    assert told.body == "林国栋把“事项”（T-1）转给您办理：休假"
    [step] = worklist.list_given(cast.reviewer)
    assert (step.reason, step.by_id, step.seen_at) == ("休假", cast.reviewer.appointment, None)


@pytest.mark.parametrize("who", ["approver", "head", "counter", "outsider", "reviewer"])
def test_transfer_to_somebody_without_the_permission_is_refused(cast: Cast, who: str) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    with pytest.raises(worklist.WrongColleague) as caught:
        give(cast, 1, getattr(cast, who))
    assert caught.value.field == "to"
    assert holder_of(1) == cast.reviewer.appointment
    assert not Message.objects.exists()


def test_who_left_is_not_given_anything(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    Appointment.objects.filter(pk=cast.inspector.held_appointment).update(end_date="2021-01-01")
    with pytest.raises(worklist.WrongColleague):
        give(cast, 1, cast.inspector)


def test_a_reason_is_asked_for(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    with pytest.raises(worklist.NotMovable) as caught:
        give(cast, 1, cast.inspector, reason="  ")
    assert caught.value.field == "reason"


def test_strangers_move_nothing(cast: Cast) -> None:
    wait_for(cast, 1)
    for actor in (cast.outsider, cast.approver, cast.owner):
        with pytest.raises(Denied):
            worklist.claim_item(actor=actor, kind=KIND, object_id=1)
        with pytest.raises(Denied):
            give(cast, 1, cast.inspector, giver=actor)
    assert holder_of(1) is None


def test_what_is_done_or_never_was_moves_no_more(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    worklist.close_item(kind=KIND, object_id=1, done_by_id=cast.reviewer.appointment)
    for number in (1, 2):
        with pytest.raises(worklist.ItemGone):
            worklist.claim_item(actor=cast.reviewer, kind=KIND, object_id=number)
        with pytest.raises(worklist.ItemGone):
            give(cast, number, cast.inspector)


def test_a_kind_may_say_that_its_items_stay_where_they_are(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer, kind="test.fixed")
    with pytest.raises(worklist.NotMovable):
        worklist.return_item(actor=cast.reviewer, kind="test.fixed", object_id=1)
    with pytest.raises(worklist.NotMovable):
        worklist.delegate_item(
            actor=cast.reviewer, kind="test.fixed", object_id=1, to=cast.appointment(cast.inspector), reason="休假"
        )
    assert holder_of(1) == cast.reviewer.appointment


def test_who_delegates_keeps_watching(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    worklist.delegate_item(
        actor=cast.reviewer, kind=KIND, object_id=1, to=cast.appointment(cast.inspector), reason="出差"
    )
    assert [(w.kind, w.object_id, w.reference) for w in worklist.list_watches(cast.reviewer)] == [(KIND, 1, "T-1")]
    assert way_of(1) == ["delegated"]
    assert worklist.unwatch(actor=cast.reviewer, kind=KIND, object_id=1)
    assert not worklist.unwatch(actor=cast.reviewer, kind=KIND, object_id=1)


def test_handing_out_what_nobody_had(cast: Cast) -> None:
    wait_for(cast, 1)
    give(cast, 1, cast.inspector)
    assert way_of(1) == ["assigned"]
    worklist.recall_item(actor=cast.reviewer, kind=KIND, object_id=1)
    assert holder_of(1) is None


def test_a_transfer_is_taken_back_until_the_receiver_opens_it(cast: Cast) -> None:
    for number in (1, 2):
        wait_for(cast, number, holder=cast.reviewer)
        give(cast, number, cast.inspector)
    worklist.recall_item(actor=cast.reviewer, kind=KIND, object_id=1)
    assert holder_of(1) == cast.reviewer.appointment
    assert Message.objects.filter(template="worklist.recalled", recipient=cast.accounts["inspector"]).count() == 1
    assert worklist.note_opened(actor=cast.reviewer, kind=KIND, object_ids=[2]) == 0
    assert worklist.note_opened(actor=cast.inspector, kind=KIND, object_ids=[2]) == 1
    assert worklist.note_opened(actor=cast.inspector, kind=KIND, object_ids=[2]) == 0
    with pytest.raises(worklist.Opened):
        worklist.recall_item(actor=cast.reviewer, kind=KIND, object_id=2)
    assert holder_of(2) == cast.inspector.appointment


def test_only_who_gave_it_takes_it_back_and_only_once(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    give(cast, 1, cast.inspector)
    with pytest.raises(worklist.Opened):
        worklist.recall_item(actor=cast.inspector, kind=KIND, object_id=1)
    worklist.recall_item(actor=cast.reviewer, kind=KIND, object_id=1)
    with pytest.raises(worklist.Opened):
        worklist.recall_item(actor=cast.reviewer, kind=KIND, object_id=1)
    assert way_of(1) == ["transferred", "recalled"]


def test_a_batch_goes_on_after_what_is_refused_and_tells_once(cast: Cast) -> None:
    mine = [wait_for(cast, number, holder=cast.reviewer).pk for number in (1, 2)]
    hers = wait_for(cast, 3, holder=cast.inspector).pk
    batch = worklist.transfer_items(
        actor=cast.reviewer, item_ids=[*mine, hers, 0], to=cast.appointment(cast.inspector), reason="休假"
    )
    assert [item.object_id for item in batch.done] == [1, 2]
    assert batch.refused == [("T-3", "这项任务已由何志刚领办。")]
    [told] = Message.objects.filter(recipient=cast.accounts["inspector"])
    assert told.body == "林国栋把 2 件任务转给您办理：休假"


def test_what_is_to_be_read_is_read_by_its_reader_only(cast: Cast) -> None:
    mine, hers = (wait_for(cast, 1, holder=who, kind="test.paper") for who in (cast.reviewer, cast.inspector))
    assert mine.nature == Nature.TO_READ
    assert not worklist.list_mine(cast.reviewer).exists()
    assert list(worklist.list_readings(cast.reviewer)) == [mine]
    assert worklist.read_items(actor=cast.reviewer, item_ids=[mine.pk, hers.pk]) == 1
    assert worklist.read_items(actor=cast.reviewer, item_ids=[mine.pk]) == 0
    assert list(worklist.list_done(cast.reviewer)) == [mine]
    assert list(worklist.list_readings(cast.inspector)) == [hers]


def test_work_that_nobody_would_see_is_not_opened(cast: Cast) -> None:
    with pytest.raises(LookupError):
        wait_for(cast, 1, kind="test.unknown")
    with pytest.raises(ValueError, match=r"cases\.decide_case"):
        worklist.open_item(
            kind=KIND,
            object_id=1,
            organisation_id=cast.office.organisation_id,
            permission="cases.decide_case",
            reference="T",
            title="",
            party="",
            step="",
            url="",
        )


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_transfer_the_same_item_at_the_same_moment(store: None) -> None:
    cast = make_cast()
    wait_for(cast, 1)
    start = threading.Barrier(2)
    answers: dict[str, int | type[Exception]] = {}

    def run(name: str, act: Callable[[], WorkItem]) -> None:
        start.wait()
        try:
            answers[name] = act().pk
        except worklist.WorkRefused as refusal:
            answers[name] = type(refusal)
        finally:
            connections.close_all()

    acts = {
        "reviewer": lambda: give(cast, 1, cast.inspector),
        "inspector": lambda: give(cast, 1, cast.reviewer, giver=cast.inspector),
    }
    threads = [threading.Thread(target=run, args=each) for each in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # Who comes second finds it with a colleague, or with herself and hands it on: never in two hands, never lost.
    moves = WorkTransfer.objects.filter(item__object_id=1).order_by("id")
    assert moves[0].from_appointment_id is None
    assert all(later.from_appointment_id == earlier.to_appointment_id for earlier, later in pairwise(moves))
    assert holder_of(1) == list(moves)[-1].to_appointment_id
    assert sum(isinstance(answer, int) for answer in answers.values()) == len(moves)

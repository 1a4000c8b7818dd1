"""Who leads an office sees all that waits there, and gives what one colleague holds to another."""

import pytest

from tests.cast import Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import get_account_actor
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist import public as worklist
from zhengtong.core.worklist.public import WorkTransfer
from zhengtong.core.worklist.tests.test_move_work import KIND, holder_of, wait_for
from zhengtong.kernel.policy import Actor, Denied

pytestmark = pytest.mark.django_db


def reassign(cast: Cast, number: int, to: Actor, *, by: Actor | None = None, reason: str = "请假") -> None:
    worklist.reassign_item(actor=by or cast.head, kind=KIND, object_id=number, to=cast.appointment(to), reason=reason)


def told(cast: Cast, name: str) -> list[str]:
    return [message.body for message in Message.objects.filter(recipient=cast.accounts[name]).order_by("id")]


def test_the_head_gives_a_colleagues_item_to_another(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    reassign(cast, 1, cast.inspector)
    assert holder_of(1) == cast.inspector.appointment
    assert told(cast, "inspector") == ["高婉清把“事项”（T-1）转给您办理：请假"]
    assert told(cast, "reviewer") == ["高婉清把您手中的“事项”（T-1）改派给何志刚，不用再办理：请假"]
    [way] = WorkTransfer.objects.all()
    assert (way.act, way.from_appointment_id, way.to_appointment_id, way.by_id, way.reason) == (
        "reassigned",
        cast.reviewer.appointment,
        cast.inspector.appointment,
        cast.head.appointment,
        "请假",
    )
    written = AuditRecord.objects.get(action="worklist.reassigned")
    assert written.account == cast.head.account
    assert written.before == {"assignee": cast.reviewer.appointment}
    assert written.after == {"assignee": cast.inspector.appointment, "kind": KIND, "object": 1}


def test_what_nobody_holds_is_assigned(cast: Cast) -> None:
    wait_for(cast, 1)
    reassign(cast, 1, cast.inspector)
    assert [each.act for each in WorkTransfer.objects.all()] == ["assigned"]
    assert told(cast, "inspector")
    assert Message.objects.count() == 1


def test_many_at_once_are_told_once_to_each(cast: Cast) -> None:
    mine = [wait_for(cast, number, holder=cast.reviewer).pk for number in (1, 2)]
    already = wait_for(cast, 3, holder=cast.inspector)
    batch = worklist.reassign_items(
        actor=cast.head, item_ids=[*mine, already.pk], to=cast.appointment(cast.inspector), reason="调整分工"
    )
    assert len(batch.done) == 2
    assert batch.refused == [("T-3", "这项任务已经在何志刚手中。")]
    assert told(cast, "inspector") == ["高婉清把 2 件任务转给您办理：调整分工"]
    assert told(cast, "reviewer") == ["高婉清把您手中的 2 件任务改派给何志刚，不用再办理：调整分工"]


@pytest.mark.parametrize("name", ["inspector", "approver", "supervisor", "outsider", "counter"])
def test_nobody_else_takes_from_a_colleague(cast: Cast, name: str) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    with pytest.raises(Denied):
        reassign(cast, 1, cast.inspector, by=getattr(cast, name))
    assert holder_of(1) == cast.reviewer.appointment
    assert not worklist.list_unit(getattr(cast, name)).exists()


def test_the_head_of_another_office_leads_nothing_here(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    post = cast.appointment(cast.outsider).post
    post.roles.create(role="organ_head", reach="own")
    stranger = get_account_actor(cast.accounts["outsider"])
    assert worklist.list_led(stranger) == {post.organisation_id}
    with pytest.raises(Denied):
        reassign(cast, 1, cast.inspector, by=stranger)


def test_who_cannot_do_it_is_not_given_it(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    for wrong in (cast.approver, cast.outsider):
        with pytest.raises(worklist.WrongColleague):
            reassign(cast, 1, wrong)
    with pytest.raises(worklist.NotMovable):
        reassign(cast, 1, cast.inspector, reason=" ")
    assert holder_of(1) == cast.reviewer.appointment


def test_what_stays_with_one_person_is_not_reassigned(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer, kind="test.fixed")
    with pytest.raises(worklist.NotMovable):
        worklist.reassign_item(
            actor=cast.head, kind="test.fixed", object_id=1, to=cast.appointment(cast.inspector), reason="请假"
        )


def test_the_office_is_listed_by_limit_without_readings_and_ones_own(cast: Cast) -> None:
    wait_for(cast, 1, holder=cast.reviewer)
    wait_for(cast, 2)
    wait_for(cast, 3, holder=cast.head)
    wait_for(cast, 4, holder=cast.reviewer, kind="test.paper")
    assert [item.object_id for item in worklist.list_unit(cast.head)] == [1, 2]

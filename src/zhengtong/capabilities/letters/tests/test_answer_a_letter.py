"""A letter goes its way: accepted, dispatched, answered by two, called back, rated; and every way it may go wrong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.letters.domain import Node
from zhengtong.capabilities.letters.errors import LetterConflict, LetterRefused, NoLetterTask, StaleLetter
from zhengtong.capabilities.letters.models import Letter, LetterDraft, LetterEvent
from zhengtong.capabilities.letters.services import acceptance, answering, clocks, following, rules, writing
from zhengtong.capabilities.letters.services.steps import find_work
from zhengtong.capabilities.letters.tests.conftest import Post
from zhengtong.core.identity.public import Organisation, leave
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import WorkItem, list_mine, list_office
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM, Denied


def test_a_complaint_is_answered_within_thirteen_working_days(write: Post, cast: Cast) -> None:
    letter = write.received()
    calendar = get_calendar(letter.region.code)
    assert letter.number.startswith("LX-")
    assert letter.due_at == calendar.end_of_day(calendar.add_working_days(calendar.local_date(letter.received_at), 13))
    assert [item.reference for item in list_office(cast.operator12345)] == [letter.number]
    letter = write.answered()
    assert (letter.state, letter.is_late) == ("answered", False)
    told = Message.objects.filter(recipient=cast.accounts["citizen"], template__startswith="letters.")
    assert {each.template for each in told} >= {"letters.received", "letters.accepted", "letters.answered"}


def test_what_is_written_is_sealed_at_rest(write: Post) -> None:
    from django.db import connection

    letter = write.received()
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, title, writer_name, writer_phone FROM letters_letter WHERE id = %s", [letter.pk])
        for column in cursor.fetchone():
            assert b"\xe6" not in bytes(column)[:1]
            assert "烧烤".encode() not in bytes(column)
    item = WorkItem.objects.get(reference=letter.number)
    assert "烧烤" not in item.title
    assert item.party == "李*"


def test_a_doubled_submit_is_one_letter(write: Post, cast: Cast) -> None:
    draft = writing.start_draft(actor=cast.citizen, kind="consult")
    writing.save_draft(draft=draft, answers=write.given(kind="consult"))
    draft.refresh_from_db()
    one = writing.submit_draft(actor=cast.citizen, draft=draft)
    again = writing.submit_draft(actor=cast.citizen, draft=draft)
    assert one.pk == again.pk
    assert Letter.objects.count() == 1
    with pytest.raises(LetterConflict):
        writing.save_draft(draft=draft, answers={"title": "改一改"})


def test_number_and_code_open_it_and_nothing_else_does(write: Post, cast: Cast) -> None:
    letter = write.received()
    code = LetterDraft.objects.get(letter=letter).content["code"]
    found = writing.find_by_code(letter.number, f" {code[:4]} {code[4:].lower()} ")
    assert found is not None
    assert found.pk == letter.pk
    for wrong in ("", "AAAAAAAA", code[:-1], code + "A", "x" * 5000):
        assert writing.find_by_code(letter.number, wrong) is None
    assert writing.find_by_code("LX-2026-999999", code) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "短"),
        ("title", "长" * 61),
        ("body", "  \u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b"),
        ("body", "好" * 5001),
        ("writer_phone", "12345"),
        ("writer_name", ""),
        ("kind", "nonsense"),
        ("category", 99999),
        ("region", "1; DROP TABLE"),
    ],
)
def test_what_cant_be_used_is_said_beside_its_field(write: Post, field: str, value: object) -> None:
    with pytest.raises(LetterRefused) as refused:
        write.received(**{field: value})
    assert refused.value.field == field
    assert not Letter.objects.exists()


def test_a_category_is_retired_while_letters_have_it(write: Post, cast: Cast) -> None:
    letter = write.received()
    rules.retire_category(actor=cast.operator12345, category=write.category)
    accepted = acceptance.accept_letter(actor=cast.operator12345, letter_id=letter.pk)
    assert accepted.category.name == "噪声扰民"
    with pytest.raises(LetterRefused):
        write.received()


def test_two_dispatchers_at_once_dispatch_it_once(write: Post, cast: Cast) -> None:
    letter = write.accepted()
    seen = letter.version
    acceptance.dispatch_letter(actor=cast.dispatcher, letter_id=letter.pk, organisation=write.bureau, version=seen)
    with pytest.raises(StaleLetter):
        acceptance.dispatch_letter(actor=cast.dispatcher, letter_id=letter.pk, organisation=write.bureau, version=seen)
    with pytest.raises((LetterConflict, NoLetterTask)):
        acceptance.dispatch_letter(actor=cast.dispatcher, letter_id=letter.pk, organisation=write.bureau)
    assert WorkItem.objects.filter(reference=letter.number, kind=Node.HANDLING.kind).count() == 1


def test_an_office_without_anybody_for_letters_gets_none(write: Post, cast: Cast) -> None:
    fire = Organisation.objects.get(name="澄波区消防救援局")
    with pytest.raises(LetterRefused) as refused:
        acceptance.dispatch_letter(actor=cast.dispatcher, letter_id=write.accepted().pk, organisation=fire)
    assert refused.value.field == "organisation"


def test_an_office_returns_a_letter_and_it_is_dispatched_anew(write: Post, cast: Cast) -> None:
    letter = write.handling()
    returned = acceptance.return_letter(actor=cast.letter_handler, letter_id=letter.pk, reason="属于城管部门职责")
    assert returned.state == "returned"
    assert returned.organisation_id == letter.reception_id
    assert find_work(Node.DISPATCH, letter.pk) is not None
    assert find_work(Node.HANDLING, letter.pk) is None
    again = acceptance.dispatch_letter(actor=cast.dispatcher, letter_id=letter.pk, organisation=write.bureau)
    assert again.due_at == letter.due_at


def test_more_time_is_asked_for_once_and_before_the_deadline(write: Post, cast: Cast) -> None:
    letter = write.handling()
    ask: dict[str, Any] = {"actor": cast.letter_handler, "letter_id": letter.pk, "reason": "需要委托检测"}
    with pytest.raises(LetterRefused):
        acceptance.request_extension(days=6, **ask)
    acceptance.request_extension(days=5, **ask)
    with pytest.raises(LetterRefused):
        acceptance.request_extension(days=1, **ask)
    later = acceptance.decide_extension(actor=cast.dispatcher, letter_id=letter.pk, is_granted=True)
    assert later.due_at > letter.due_at
    assert later.extension_days == 5
    item = find_work(Node.HANDLING, letter.pk)
    assert item is not None
    assert item.due_at == later.due_at

    late = write.handling()
    with as_of(late.due_at), pytest.raises(LetterRefused, match="期限已过"):
        acceptance.request_extension(actor=cast.letter_handler, letter_id=late.pk, days=1, reason="需要委托检测")


def test_nobody_approves_her_own_answer(write: Post, cast: Cast) -> None:
    letter = write.drafted()
    with pytest.raises(Denied):
        answering.approve_answer(actor=cast.letter_handler, letter_id=letter.pk)
    back = answering.reject_answer(actor=cast.letter_approver, letter_id=letter.pk, opinion="写明整改时间")
    assert back.state == "handling"
    item = find_work(Node.HANDLING, letter.pk)
    assert item is not None
    assert item.assignee_id == cast.letter_handler.appointment


def test_lamps_turn_yellow_and_red_on_the_worklist(write: Post, cast: Cast) -> None:
    letter = write.handling()
    assert letter.next_alert_at is not None
    with as_of(letter.next_alert_at):
        assert clocks.fire_due() == 1
        assert clocks.fire_due() == 0
    assert WorkItem.objects.get(kind=Node.HANDLING.kind, object_id=letter.pk).level == "yellow"
    with as_of(letter.due_at + timedelta(minutes=1)):
        clocks.fire_due()
        letter.refresh_from_db()
        assert letter.level == "red"
        answering.draft_answer(actor=cast.letter_handler, letter_id=letter.pk, text="已经处理完毕，向您致歉。")
        late = answering.approve_answer(actor=cast.letter_approver, letter_id=letter.pk)
    assert late.is_late
    assert WorkItem.objects.get(kind=Node.HANDLING.kind, object_id=letter.pk).level == "red"


def test_who_is_not_content_has_it_handled_again_once(write: Post, cast: Cast) -> None:
    letter = write.answered()
    call: dict[str, Any] = {"actor": cast.operator12345, "letter_id": letter.pk, "note": "晚上仍有噪声"}
    again = following.record_call(result="unsatisfied", **call)
    assert again.state == "reopened"
    assert again.is_reopened
    answering.draft_answer(actor=cast.letter_handler, letter_id=letter.pk, text="已再次现场检查并立案处理。")
    answering.approve_answer(actor=cast.letter_approver, letter_id=letter.pk)
    closed = following.record_call(result="unsatisfied", **call)
    assert closed.state == "closed"
    assert closed.is_satisfied is False
    with pytest.raises(LetterConflict):
        following.record_call(result="satisfied", **call)


def test_nobody_answers_three_times(write: Post, cast: Cast) -> None:
    letter = write.answered()
    for state in ("answered", "answered", "closed"):
        letter = following.record_call(actor=cast.operator12345, letter_id=letter.pk, result="unreachable")
        assert letter.state == state


def test_a_good_rating_closes_a_bad_one_is_followed_up(write: Post, cast: Cast) -> None:
    good = following.rate_letter(actor=cast.citizen, letter_id=write.answered().pk, score=5)
    assert good.state == "closed"
    assert find_work(Node.CALLBACK, good.pk) is None
    bad = following.rate_letter(actor=cast.citizen, letter_id=write.answered().pk, score=1, comment="没有解决")
    with pytest.raises(LetterRefused):
        following.rate_letter(actor=cast.citizen, letter_id=bad.pk, score=5)
    item = find_work(Node.RECTIFICATION, bad.pk)
    assert item is not None
    assert item.due_at == bad.follow_up.due_at
    with as_of(bad.follow_up.due_at + timedelta(minutes=1)):
        assert clocks.fire_work() >= 1
    assert find_work(Node.RECTIFICATION, bad.pk).level == "red"  # type: ignore[union-attr]  # it is there
    following.rectify(actor=cast.letter_handler, letter_id=bad.pk, measures="已联合城管夜间巡查一周")
    done = following.recheck(actor=cast.operator12345, letter_id=bad.pk, is_satisfied=True, note="来信人表示噪声已停止")
    assert done.state == "closed"
    assert done.follow_up.is_satisfied


def test_a_stranger_and_another_county_do_nothing(write: Post, cast: Cast) -> None:
    letter = write.answered()
    tried: tuple[Callable[[], object], ...] = (
        lambda: following.rate_letter(actor=cast.owner, letter_id=letter.pk, score=1),
        lambda: following.urge_letter(actor=cast.owner, letter_id=letter.pk),
        lambda: acceptance.return_letter(actor=cast.outsider, letter_id=letter.pk, reason="不归我们管"),
        lambda: answering.approve_answer(actor=cast.outsider, letter_id=letter.pk),
    )
    for act in tried:
        with pytest.raises(Denied):
            act()


def test_the_writer_urges_once_a_day(write: Post, cast: Cast) -> None:
    letter = write.handling()
    following.urge_letter(actor=cast.citizen, letter_id=letter.pk)
    assert Message.objects.filter(template="letters.urged").exists()
    with pytest.raises(LetterRefused):
        following.urge_letter(actor=cast.citizen, letter_id=letter.pk)


def test_the_handler_leaves_and_the_letter_is_in_her_offices_pool(write: Post, cast: Cast) -> None:
    letter = write.handling()
    assert list_mine(cast.letter_handler).filter(reference=letter.number).exists()
    leave(
        actor=SYSTEM,
        staff=cast.appointment(cast.letter_handler).staff,
        last_day=timezone.localdate() - timedelta(days=1),
        successors={},
        reason="调离",
    )
    item = find_work(Node.HANDLING, letter.pk)
    assert item is not None
    assert item.assignee_id is None
    assert item.organisation_id == write.bureau.pk


def test_the_office_does_not_learn_who_wants_to_be_kept_secret(write: Post, cast: Cast) -> None:
    letter = write.handling(is_confidential=True)
    with pytest.raises(LetterRefused):
        writing.reveal_contact(actor=cast.letter_handler, letter=letter, purpose="核实情况")
    assert writing.reveal_contact(actor=cast.operator12345, letter=letter, purpose="回访").writer_name == "李秋"
    assert {item.party for item in WorkItem.objects.filter(reference=letter.number)} == {"（保密）"}
    assert not letter.may_publish


def test_what_happened_stays_as_it_was_written(write: Post) -> None:
    event = write.received().events.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterEvent.objects.filter(pk=event.pk).update(words="改了")
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterEvent.objects.filter(pk=event.pk).delete()

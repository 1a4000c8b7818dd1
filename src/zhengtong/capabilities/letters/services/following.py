"""After the answer: calling the writer back, her rating, what a bad one leads to, her urging."""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.domain import MOST_CALLS, SATISFIED_FROM, Act, Node, State, due_after, lamp_at
from zhengtong.capabilities.letters.errors import LetterRefused
from zhengtong.capabilities.letters.messages import tell_office, tell_writer
from zhengtong.capabilities.letters.models import CallResult, Letter, LetterCall, LetterFollowUp, LimitPurpose
from zhengtong.capabilities.letters.redaction import clean
from zhengtong.capabilities.letters.services.clocks import CLOCK_FIELDS, calendar_of, find_limit, start_clock
from zhengtong.capabilities.letters.services.steps import (
    advance,
    cancel_work,
    find_work,
    finish_work,
    lock_letter,
    note_act,
    open_work,
    require_text,
    shown_date,
)
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

URGE_HOURS: Final = 24


@step()
def record_call(*, actor: Actor, letter_id: int, result: str, note: str = "", version: int | None = None) -> Letter:
    """Note what the writer said of the answer on the phone.

    Satisfied: the letter is closed. Not satisfied: it is handled again, once; a second time it is closed with her
    words. Not reached: called again, at most three times.
    """
    letter = lock_letter(letter_id, actor=actor, permission=permissions.CALL_BACK, version=version)
    if result not in CallResult.values:
        raise LetterRefused(_("请选择回访结果"), "result")
    if result == CallResult.UNSATISFIED:
        note = require_text(note, "note", least=4, most=1000)
    calls = letter.calls.count() + 1
    if result != CallResult.UNREACHABLE or calls >= MOST_CALLS:
        finish_work(Node.CALLBACK, letter.pk, actor=actor)
    elif find_work(Node.CALLBACK, letter.pk) is None:
        raise LetterRefused(_("这封来信现在不用回访。"))
    LetterCall.objects.create(
        letter=letter, result=result, note=clean(note)[:1000], by_id=actor.held_appointment, at=timezone.now()
    )
    if result == CallResult.UNSATISFIED and not letter.is_reopened:
        _reopen(letter, actor=actor)
    elif result != CallResult.UNREACHABLE:
        _close(letter, actor=actor, is_satisfied=result == CallResult.SATISFIED)
    elif calls >= MOST_CALLS:
        _close(letter, actor=actor, is_satisfied=None)
    else:
        note_act(letter, "call_unreachable", actor=actor, note=f"第{calls}次回访未接通")
    return letter


def _reopen(letter: Letter, *, actor: Actor) -> None:
    letter.extension_days = 0
    start_clock(letter, timezone.now())
    due = shown_date(letter.due_at)
    advance(
        letter,
        Act.REOPEN,
        actor=actor,
        words=f"您对答复不满意，已退回{letter.organisation.name}重新办理，最迟{due}前再次答复。",
        is_reopened=True,
        is_satisfied=False,
        **{name: getattr(letter, name) for name in CLOCK_FIELDS},
    )
    open_work(letter, Node.HANDLING, letter.organisation_id)
    tell_writer(letter, "reopened", actor=actor, due=due)


def _close(letter: Letter, *, actor: Actor, is_satisfied: bool | None) -> None:
    said = {True: "回访满意，", False: "回访时您表示不满意，意见已记录，", None: "多次回访未接通，"}[is_satisfied]
    advance(
        letter, Act.CLOSE, actor=actor, words=f"{said}来信办结。", is_satisfied=is_satisfied, closed_at=timezone.now()
    )
    offer_publication(letter)
    tell_writer(letter, "closed", actor=actor)


def offer_publication(letter: Letter) -> None:
    """Put a closed letter, if its writer agreed, before those who publish."""
    if letter.may_publish and not letter.is_confidential and find_work(Node.PUBLICATION, letter.pk) is None:
        open_work(letter, Node.PUBLICATION, letter.reception_id, is_timed=False)


@step()
def rate_letter(*, actor: Actor, letter_id: int, score: int, comment: str = "") -> Letter:
    """好差评: the writer rates the answer once, from her account. Raises Denied and LetterRefused."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.RATE)
    return _rate(letter, actor=actor, score=score, comment=comment)


@step()
def rate_by_code(*, actor: Actor, letter: Letter, score: int, comment: str = "") -> Letter:
    """The same for whoever opened the letter with its number and code (see ``find_by_code``)."""
    held = lock_letter(letter.pk, actor=SYSTEM, permission=permissions.RATE)
    return _rate(held, actor=actor, score=score, comment=comment)


def _rate(letter: Letter, *, actor: Actor, score: int, comment: str) -> Letter:
    if letter.state not in (State.ANSWERED, State.CLOSED):
        raise LetterRefused(_("答复以后才能评价。"))
    if letter.score is not None:
        raise LetterRefused(_("这封来信您已经评价过。"))
    if not 1 <= score <= 5:
        raise LetterRefused(_("请选择满意程度"), "score")
    now = timezone.now()
    note_act(
        letter,
        "rate",
        actor=actor,
        words=f"您评价了{score}分。",
        score=score,
        score_comment=clean(comment).strip()[:500],
        scored_at=now,
    )
    if score < SATISFIED_FROM:
        _follow_up(letter, actor=actor)
    elif letter.state == State.ANSWERED:
        # She has said herself that she is content; nobody has to call her.
        cancel_work(Node.CALLBACK, letter.pk)
        _close(letter, actor=actor, is_satisfied=True)
    return letter


def _follow_up(letter: Letter, *, actor: Actor) -> None:
    """A bad rating: the office puts it right within the limit, then the reception asks again (国办发〔2019〕51号)."""
    now, calendar = timezone.now(), calendar_of(letter)
    limit = find_limit(letter.kind, letter.category_id, calendar.local_date(now), LimitPurpose.FOLLOW_UP)
    due_at = due_after(now, limit.days, calendar)
    LetterFollowUp.objects.create(letter=letter, opened_at=now, days=limit.days, due_at=due_at)
    lamp = lamp_at(now, now, due_at, calendar)
    open_work(
        letter,
        Node.RECTIFICATION,
        letter.organisation_id,
        due_at=due_at,
        next_alert_at=lamp.next_alert_at,
        level=lamp.level,
    )
    due = shown_date(due_at)
    note_act(letter, "open_follow_up", actor=SYSTEM, words=f"评价不满意，已转承办单位整改，最迟{due}前回访。")
    tell_writer(letter, "followed_up", actor=actor, due=due)


def _hold_follow_up(letter: Letter) -> LetterFollowUp:
    found = LetterFollowUp.objects.select_for_update().filter(letter=letter).first()
    if found is None:
        raise LetterRefused(_("这封来信没有差评整改。"))
    return found


@step()
def rectify(*, actor: Actor, letter_id: int, measures: str, version: int | None = None) -> Letter:
    """Say as the office what was put right after a bad rating."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.HANDLE, version=version)
    measures = require_text(clean(measures), "measures", least=4, most=2000)
    follow_up = _hold_follow_up(letter)
    finish_work(Node.RECTIFICATION, letter.pk, actor=actor)
    follow_up.measures, follow_up.rectified_at = measures, timezone.now()
    follow_up.rectified_by_id = actor.held_appointment
    follow_up.save()
    note_act(letter, "rectify", actor=actor, words="承办单位已整改，将回访您。")
    lamp = lamp_at(timezone.now(), follow_up.opened_at, follow_up.due_at, calendar_of(letter))
    open_work(
        letter,
        Node.RECHECK,
        letter.reception_id,
        due_at=follow_up.due_at,
        next_alert_at=lamp.next_alert_at,
        level=lamp.level,
    )
    return letter


@step()
def recheck(*, actor: Actor, letter_id: int, is_satisfied: bool, note: str, version: int | None = None) -> Letter:
    """Note what the writer said when she was called after the rectification; the follow-up ends with it."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.CALL_BACK, version=version)
    note = require_text(clean(note), "note", most=1000)
    follow_up = _hold_follow_up(letter)
    finish_work(Node.RECHECK, letter.pk, actor=actor)
    follow_up.is_satisfied, follow_up.note = is_satisfied, note
    follow_up.closed_by_id, follow_up.closed_at = actor.held_appointment, timezone.now()
    follow_up.save()
    said = "您表示满意" if is_satisfied else "您仍不满意，意见已记录"
    note_act(letter, "recheck", actor=actor, words=f"整改后已回访，{said}。")
    if letter.state == State.ANSWERED:
        cancel_work(Node.CALLBACK, letter.pk)
        _close(letter, actor=actor, is_satisfied=is_satisfied)
    return letter


@step()
def urge_letter(*, actor: Actor, letter_id: int) -> Letter:
    """The writer asks the office to hurry, once a day while she waits for the answer."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.URGE)
    return _urge(letter, actor=actor, words="您已催办，已提醒承办单位。")


@step()
def urge_by_code(*, actor: Actor, letter: Letter) -> Letter:
    held = lock_letter(letter.pk, actor=SYSTEM, permission=permissions.URGE)
    return _urge(held, actor=actor, words="您已催办，已提醒承办单位。")


@step()
def urge_office(*, actor: Actor, letter_id: int, version: int | None = None) -> Letter:
    """Whoever dispatches asks the office to hurry."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.DISPATCH, version=version)
    return _urge(letter, actor=actor, words="")


def _urge(letter: Letter, *, actor: Actor, words: str) -> Letter:
    now = timezone.now()
    if letter.state in (State.ANSWERED, State.CLOSED, State.NOT_ACCEPTED):
        raise LetterRefused(_("这封来信已经答复，不用再催办。"))
    if letter.urged_at is not None and now - letter.urged_at < timedelta(hours=URGE_HOURS):
        raise LetterRefused(_("24 小时内已经催办过，请明天再催。"))
    note_act(letter, "urge", actor=actor, words=words, note="催办", urged_at=now)
    doing = (permissions.ACCEPT, permissions.DISPATCH, permissions.HANDLE, permissions.APPROVE)
    tell_office(letter, doing, "urged", actor=actor, due=shown_date(letter.due_at))
    return letter

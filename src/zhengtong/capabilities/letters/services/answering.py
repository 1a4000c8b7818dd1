"""Drafting an answer, having a second person look at it, sending it; and what a co-operating office adds."""

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.domain import Act, Node, State
from zhengtong.capabilities.letters.errors import LetterRefused, NoLetterTask
from zhengtong.capabilities.letters.messages import tell_writer
from zhengtong.capabilities.letters.models import Letter, LetterAnswer, LetterCooperation
from zhengtong.capabilities.letters.redaction import clean
from zhengtong.capabilities.letters.services.acceptance import sign_locked
from zhengtong.capabilities.letters.services.steps import (
    advance,
    cancel_work,
    finish_work,
    lock_letter,
    note_act,
    open_work,
    require_text,
)
from zhengtong.core.identity.public import Appointment
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.kernel.steps import step

ANSWER_LEAST, ANSWER_MOST = 10, 5000


@step()
def draft_answer(*, actor: Actor, letter_id: int, text: str, version: int | None = None) -> LetterAnswer:
    """Write the answer and give it to a colleague to look at. A letter that nobody has signed for is signed for."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.HANDLE, version=version)
    text = require_text(clean(text), "text", least=ANSWER_LEAST, most=ANSWER_MOST)
    if letter.state in (State.DISPATCHED, State.REOPENED):
        sign_locked(letter, actor=actor)
    if letter.cooperations.filter(done_at=None).exists():
        raise LetterRefused(_("协办单位还没有答复，请等协办意见，或者与协办单位联系。"))
    finish_work(Node.HANDLING, letter.pk, actor=actor)
    answer = LetterAnswer.objects.create(
        letter=letter, text=text, drafted_by_id=actor.held_appointment, drafted_at=timezone.now()
    )
    advance(letter, Act.DRAFT, actor=actor, note="提交答复审核")
    open_work(letter, Node.APPROVAL, letter.organisation_id)
    return answer


def _take_draft(letter: Letter, actor: Actor) -> LetterAnswer:
    """Return the answer that waits. Raises LetterRefused for who wrote it: four eyes see an answer before it goes."""
    answer = letter.answers.filter(decided_at=None).select_related("drafted_by__staff").last()
    if answer is None:
        raise NoLetterTask
    acting = [each for each in (actor.appointment, actor.agent) if each is not None]
    # The person, not the post: somebody may hold two.
    if Appointment.objects.filter(pk__in=acting, staff_id=answer.drafted_by.staff_id).exists():
        raise LetterRefused(_("拟写答复的人不能审核自己的答复，请由其他人员审核。"))
    finish_work(Node.APPROVAL, letter.pk, actor=actor)
    return answer


@step()
def approve_answer(*, actor: Actor, letter_id: int, opinion: str = "", version: int | None = None) -> Letter:
    """Approve the drafted answer and send it. Whether it is late is settled now."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.APPROVE, version=version)
    answer = _take_draft(letter, actor)
    now = timezone.now()
    answer.decided_by_id, answer.decided_at, answer.sent_at = actor.held_appointment, now, now
    answer.opinion = opinion.strip()[:300]
    answer.save()
    is_late = letter.is_late or now >= letter.due_at
    advance(
        letter,
        Act.APPROVE,
        actor=actor,
        words=f"{letter.organisation.name}已答复。",
        note=answer.opinion,
        answered_at=now,
        is_late=is_late,
        next_alert_at=None,
    )
    cancel_work(Node.EXTENSION, letter.pk)
    open_work(letter, Node.CALLBACK, letter.reception_id, is_timed=False)
    tell_writer(letter, "answered", actor=actor)
    return letter


@step()
def reject_answer(*, actor: Actor, letter_id: int, opinion: str, version: int | None = None) -> Letter:
    """Give the drafted answer back to be written anew."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.APPROVE, version=version)
    opinion = require_text(opinion, "opinion")
    answer = _take_draft(letter, actor)
    answer.decided_by_id, answer.decided_at, answer.opinion = actor.held_appointment, timezone.now(), opinion
    answer.save()
    advance(letter, Act.REJECT, actor=actor, note=f"答复退回修改：{opinion}")
    item = open_work(letter, Node.HANDLING, letter.organisation_id)
    # Back to whoever wrote it, if she is still there.
    if answer.drafted_by.end_date is None or answer.drafted_by.end_date >= timezone.localdate():
        item.assignee_id = answer.drafted_by_id
        item.save(update_fields=["assignee"])
    return letter


@step()
def give_opinion(*, actor: Actor, cooperation_id: int, opinion: str) -> LetterCooperation:
    """Say as a co-operating office what was done or found. Raises Denied for another office's."""
    asked = LetterCooperation.objects.select_related("organisation").filter(pk=cooperation_id).first()
    if asked is None or asked.organisation_id not in actor.reach(permissions.HANDLE):
        raise Denied(permissions.HANDLE, visible=False)
    letter = (
        Letter.objects.select_for_update(of=("self",))
        .select_related("organisation", "category")
        .get(pk=asked.letter_id)
    )
    opinion = require_text(clean(opinion), "opinion", least=4, most=2000)
    finish_work(Node.COOPERATION, asked.pk, actor=actor)
    asked.opinion, asked.done_by_id, asked.done_at = opinion, actor.held_appointment, timezone.now()
    asked.save()
    note_act(letter, "give_opinion", actor=actor, note=f"{asked.organisation.name}已提出协办意见")
    return asked

"""Accepting a letter or saying why not, and giving it to the office that answers."""

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.domain import Act, Node, State
from zhengtong.capabilities.letters.errors import LetterRefused, NoLetterTask, TakenLetterTask
from zhengtong.capabilities.letters.messages import tell_writer
from zhengtong.capabilities.letters.models import Letter, LetterCategory, LetterCooperation, LetterExtension
from zhengtong.capabilities.letters.selectors import list_receivers
from zhengtong.capabilities.letters.services.clocks import CLOCK_FIELDS, extend_clock, find_limit, start_clock
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
from zhengtong.core.identity.public import Organisation
from zhengtong.core.worklist.public import claim_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def accept_letter(
    *, actor: Actor, letter_id: int, category: LetterCategory | None = None, version: int | None = None
) -> Letter:
    """Accept a letter, its category put right if the writer chose another. Raises Denied and LetterConflict.

    The limit is that of the category; it has counted since the letter came.
    """
    letter = lock_letter(letter_id, actor=actor, permission=permissions.ACCEPT, version=version)
    finish_work(Node.ACCEPTANCE, letter.pk, actor=actor)
    changes = {}
    if category is not None and category.pk != letter.category_id:
        if not category.is_active:
            raise LetterRefused(_("这个类别已经停用，请选择别的类别"), "category")
        letter.category = category
        start_clock(letter, letter.received_at)
        changes = {"category": category, **{name: getattr(letter, name) for name in CLOCK_FIELDS}}
    due = shown_date(letter.due_at)
    words = f"来信已受理，最迟{due}前答复。"
    advance(letter, Act.ACCEPT, actor=actor, words=words, accepted_at=timezone.now(), **changes)
    open_work(letter, Node.DISPATCH, letter.reception_id)
    tell_writer(letter, "accepted", actor=actor, due=due)
    return letter


@step()
def decline_letter(*, actor: Actor, letter_id: int, reason: str, version: int | None = None) -> Letter:
    """Say that a letter isn't taken up, and why: already in court, no fact named, another channel by law."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.ACCEPT, version=version)
    reason = require_text(reason, "reason", least=4)
    finish_work(Node.ACCEPTANCE, letter.pk, actor=actor)
    advance(letter, Act.DECLINE, actor=actor, words=f"不予受理：{reason}", closed_at=timezone.now(), next_alert_at=None)
    tell_writer(letter, "declined", actor=actor, reason=reason)
    return letter


@step()
def dispatch_letter(
    *, actor: Actor, letter_id: int, organisation: Organisation, note: str = "", version: int | None = None
) -> Letter:
    """Give an accepted or returned letter to the office that answers it.

    Raises LetterRefused when nobody there can handle letters: it would lie there unseen.
    """
    letter = lock_letter(letter_id, actor=actor, permission=permissions.DISPATCH, version=version)
    _check_receiver(actor, organisation)
    finish_work(Node.DISPATCH, letter.pk, actor=actor)
    _give(letter, Act.DISPATCH, organisation, actor=actor, note=note.strip()[:300])
    return letter


@step()
def transfer_letter(
    *, actor: Actor, letter_id: int, organisation: Organisation, reason: str, version: int | None = None
) -> Letter:
    """Take a letter from the office that has it and give it to another, before an answer was drafted."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.DISPATCH, version=version)
    reason = require_text(reason, "reason")
    if organisation.pk == letter.organisation_id:
        raise LetterRefused(_("来信已经在这个单位，请选择别的单位"), "organisation")
    _check_receiver(actor, organisation)
    cancel_work(Node.HANDLING, letter.pk)
    _withdraw_extension(letter)
    _give(letter, Act.TRANSFER, organisation, actor=actor, note=f"改派：{reason}")
    return letter


def _check_receiver(actor: Actor, organisation: Organisation) -> None:
    if not list_receivers(actor).filter(pk=organisation.pk).exists():
        raise LetterRefused(
            _("这个单位没有来信承办人员，不能派发。请选择别的单位，或者请管理员为它配备。"), "organisation"
        )


def _give(letter: Letter, act: Act, organisation: Organisation, *, actor: Actor, note: str) -> None:
    words = f"来信已派发{organisation.name}办理。"
    letter.organisation = organisation
    advance(letter, act, actor=actor, words=words, note=note, organisation=organisation, dispatched_at=timezone.now())
    open_work(letter, Node.HANDLING, organisation.pk)
    tell_writer(letter, "dispatched", actor=actor, organisation=organisation.name)


@step()
def sign_letter(*, actor: Actor, letter_id: int, version: int | None = None) -> Letter:
    """签收: the office takes the letter up; whoever does so has the task."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.HANDLE, version=version)
    item = find_work(Node.HANDLING, letter.pk)
    if item is None:
        raise NoLetterTask
    if item.assignee_id is None:
        claim_item(actor=actor, kind=Node.HANDLING.kind, object_id=letter.pk)  # which signs for it, see receivers
    elif item.assignee_id != actor.appointment and item.assignee is not None:
        raise TakenLetterTask(item.assignee.staff.name)
    else:
        sign_locked(letter, actor=actor)
    letter.refresh_from_db()
    return letter


def sign_locked(letter: Letter, *, actor: Actor) -> None:
    advance(letter, Act.SIGN, actor=actor, words=f"{letter.organisation.name}已签收，正在办理。")


@step()
def return_letter(*, actor: Actor, letter_id: int, reason: str, version: int | None = None) -> Letter:
    """The office gives the letter back to whoever dispatches: it isn't competent. Its deadline goes on."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.HANDLE, version=version)
    reason = require_text(reason, "reason", least=4)
    finish_work(Node.HANDLING, letter.pk, actor=actor)
    _withdraw_extension(letter)
    office = letter.organisation.name
    letter.organisation = letter.reception
    advance(
        letter,
        Act.RETURN,
        actor=actor,
        words="承办单位提出不属于其职责，受理单位将另行派发。",
        note=f"{office}退回：{reason}",
        organisation=letter.reception,
    )
    open_work(letter, Node.DISPATCH, letter.reception_id)
    return letter


def _withdraw_extension(letter: Letter) -> None:
    """An extension that nobody has decided on goes with the office that asked for it: the next may ask anew."""
    if LetterExtension.objects.filter(letter=letter, decided_at=None).delete()[0]:
        cancel_work(Node.EXTENSION, letter.pk)


@step()
def ask_cooperation(
    *, actor: Actor, letter_id: int, organisation: Organisation, request: str, version: int | None = None
) -> LetterCooperation:
    """Ask another office to help; the one that has the letter still answers."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.HANDLE, version=version)
    request = require_text(request, "request", least=4)
    if letter.state != State.HANDLING:
        raise LetterRefused(_("签收以后、提交答复以前才能请其他单位协办。"))
    if organisation.pk == letter.organisation_id:
        raise LetterRefused(_("这就是主办单位，请选择别的单位"), "organisation")
    if letter.cooperations.filter(organisation=organisation).exists():
        raise LetterRefused(_("已经请这个单位协办过"), "organisation")
    made = LetterCooperation.objects.create(
        letter=letter, organisation=organisation, request=request, asked_at=timezone.now()
    )
    note_act(letter, "ask_cooperation", actor=actor, note=f"请{organisation.name}协办：{request}")
    open_work(letter, Node.COOPERATION, organisation.pk, object_id=made.pk)
    return made


@step()
def request_extension(
    *, actor: Actor, letter_id: int, days: int, reason: str, version: int | None = None
) -> LetterExtension:
    """Ask for more time, once, before the deadline. Raises LetterRefused."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.HANDLE, version=version)
    reason = require_text(reason, "reason", least=4)
    if letter.state != State.HANDLING:
        raise LetterRefused(_("签收以后、提交答复以前才能申请延期。"))
    if timezone.now() >= letter.due_at:
        raise LetterRefused(_("答复期限已过，不能再申请延期。请尽快答复。"))
    if LetterExtension.objects.filter(letter=letter).exists():
        raise LetterRefused(_("每封来信只能申请一次延期。"))
    most = find_limit(letter.kind, letter.category_id, timezone.localdate(letter.counts_from)).extension_days
    if not 1 <= days <= most:
        message = _("这类来信最多延长%(n)s个工作日") if most else _("这类来信不能延期")
        raise LetterRefused(message, "days", **({"n": most} if most else {}))
    made = LetterExtension.objects.create(
        letter=letter, days=days, reason=reason, asked_by_id=actor.held_appointment, asked_at=timezone.now()
    )
    note_act(letter, "request_extension", actor=actor, note=f"申请延长{days}个工作日：{reason}")
    open_work(letter, Node.EXTENSION, letter.reception_id)
    return made


@step()
def decide_extension(
    *, actor: Actor, letter_id: int, is_granted: bool, opinion: str = "", version: int | None = None
) -> Letter:
    """Grant or refuse more time; never one's own request."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.EXTEND, version=version)
    asked = LetterExtension.objects.select_for_update().filter(letter=letter, decided_at=None).first()
    if asked is None:
        raise LetterRefused(_("没有等待审批的延期申请。"))
    if asked.asked_by_id in (actor.appointment, actor.agent):
        raise LetterRefused(_("申请延期的人不能批准自己的申请。"))
    if not is_granted:
        opinion = require_text(opinion, "opinion")
    finish_work(Node.EXTENSION, letter.pk, actor=actor)
    asked.is_granted, asked.opinion = is_granted, opinion.strip()[:300]
    asked.decided_by_id, asked.decided_at = actor.held_appointment, timezone.now()
    asked.save()
    if not is_granted:
        note_act(letter, "refuse_extension", actor=actor, note=f"不同意延期：{asked.opinion}")
        return letter
    extend_clock(letter, asked.days)
    due = shown_date(letter.due_at)
    note_act(
        letter,
        "grant_extension",
        actor=actor,
        words=f"情况复杂，答复期限延长至{due}。",
        note=asked.reason,
        **{name: getattr(letter, name) for name in CLOCK_FIELDS},
    )
    tell_writer(letter, "extended", actor=actor, due=due, reason=asked.reason)
    return letter

"""Publishing an answered letter without what identifies anybody. What is published is another row than what is sealed.

The rules find, a person looks and confirms; what is certain is taken out whatever she says, and the texts are looked
through once more before they are kept.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.domain import Node, State
from zhengtong.capabilities.letters.errors import LetterRefused
from zhengtong.capabilities.letters.messages import tell_writer
from zhengtong.capabilities.letters.models import Letter, PublishedLetter
from zhengtong.capabilities.letters.redaction import clean, find_personal, is_clean, redact
from zhengtong.capabilities.letters.services.steps import cancel_work, find_work, finish_work, lock_letter, note_act
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

PARTS = ("title", "body", "answer")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a text as the publisher sees it; ``kind`` is "" for what isn't marked."""

    text: str
    kind: str = ""
    is_certain: bool = False


def known_of(letter: Letter) -> list[str]:
    return [each for each in (letter.writer_name, letter.writer_phone) if each]


def texts_of(letter: Letter) -> dict[str, str]:
    """Return what would be published: title, letter, the last answer that was sent; cleaned."""
    answer = letter.answers.exclude(sent_at=None).last()
    return {
        "title": clean(letter.title),
        "body": clean(letter.body),
        "answer": clean(answer.text) if answer else "",
    }


def mark_personal(letter: Letter) -> dict[str, list[Marked]]:
    """Return each text in stretches, with what is to be taken out marked."""
    known, marked = known_of(letter), {}
    for part, text in texts_of(letter).items():
        pieces, at = [], 0
        for found in find_personal(text, known):
            pieces.append(Marked(text[at : found.start]))
            pieces.append(Marked(text[found.start : found.end], found.kind, found.is_certain))
            at = found.end
        marked[part] = [piece for piece in [*pieces, Marked(text[at:])] if piece.text]
    return marked


def redact_letter(letter: Letter, *, keep: Collection[str] = (), also: Collection[str] = ()) -> dict[str, str]:
    """Return the texts as they would be published."""
    known = known_of(letter)
    return {part: redact(text, known, keep=keep, also=also) for part, text in texts_of(letter).items()}


@step()
def publish_letter(
    *,
    actor: Actor,
    letter_id: int,
    keep: Collection[str] = (),
    also: Collection[str] = (),
    is_confirmed: bool,
    version: int | None = None,
) -> PublishedLetter:
    """Publish what :func:`redact_letter` gives for the same choices, after a person confirmed it.

    Only with the writer's consent, never a letter that is to be kept confidential. Raises LetterRefused.
    """
    letter = lock_letter(letter_id, actor=actor, permission=permissions.PUBLISH, version=version)
    if letter.state not in (State.ANSWERED, State.CLOSED):
        raise LetterRefused(_("答复以后才能公开。"))
    if letter.is_confidential or not letter.may_publish:
        raise LetterRefused(_("来信人没有同意公开，不能公开。"))
    if letter.mark > Mark.INTERNAL or letter.mark_circle is not None or letter.mark_readers is not None:
        raise LetterRefused(_("来信标有密级或者限定了知悉范围，不能公开。"))
    if PublishedLetter.objects.filter(letter=letter).exists():
        raise LetterRefused(_("这封来信已经公开过。"))
    if not is_confirmed:
        raise LetterRefused(_("请通读隐去后的全文，确认没有个人信息后再公开"), "is_confirmed")
    texts = redact_letter(letter, keep=keep, also=also)
    known = known_of(letter)
    if not texts["answer"] or not all(is_clean(text, known) for text in texts.values()):
        raise LetterRefused(_("隐去以后仍有个人信息，没有公开。请在“还要隐去的词”里补充。"), "also")
    if find_work(Node.PUBLICATION, letter.pk) is not None:
        finish_work(Node.PUBLICATION, letter.pk, actor=actor)
    now = timezone.now()
    published = PublishedLetter.objects.create(
        letter=letter,
        kind=letter.kind,
        category=letter.category,
        organisation=letter.organisation,
        title=texts["title"][:200],
        body=texts["body"],
        answer=texts["answer"],
        received_date=timezone.localdate(letter.received_at),
        answered_date=timezone.localdate(letter.answered_at or now),
        published_at=now,
        published_by_id=actor.held_appointment,
    )
    journal = {"kept": len(keep), "also": len(also)}
    note_act(letter, "publish", actor=actor, words="隐去个人信息后，来信和答复已公开。", journal=journal)
    tell_writer(letter, "published", actor=actor)
    return published


@step()
def decline_publication(*, actor: Actor, letter_id: int, version: int | None = None) -> Letter:
    """Leave a letter unpublished: it would help nobody else, or nothing of it would be left."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.PUBLISH, version=version)
    finish_work(Node.PUBLICATION, letter.pk, actor=actor)
    note_act(letter, "decline_publication", actor=actor, note="不公开")
    return letter


@step()
def withdraw_publication(*, actor: Actor, letter_id: int) -> Letter:
    """Take a published letter off the public pages again, or put it back."""
    letter = lock_letter(letter_id, actor=actor, permission=permissions.PUBLISH)
    published = PublishedLetter.objects.select_for_update().filter(letter=letter).first()
    if published is None:
        raise LetterRefused(_("这封来信没有公开。"))
    require(actor, permissions.PUBLISH, letter)
    published.is_withdrawn = not published.is_withdrawn
    published.save(update_fields=["is_withdrawn"])
    cancel_work(Node.PUBLICATION, letter.pk)
    act = "withdraw_publication" if published.is_withdrawn else "publish_again"
    note_act(letter, act, actor=actor, words="公开的来信已撤下。" if published.is_withdrawn else "来信已重新公开。")
    return letter

"""What every act on a letter shares: lock, authorise, move the state, tell the journal, open and close work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zhengtong.capabilities.letters.declarations import LetterPage
from zhengtong.capabilities.letters.domain import NODE_PERMISSIONS, Act, Node, NotPossible, State, next_state
from zhengtong.capabilities.letters.errors import (
    LetterConflict,
    LetterRefused,
    NoLetterTask,
    StaleLetter,
    TakenLetterTask,
)
from zhengtong.capabilities.letters.models import Letter, LetterEvent
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, mask_name
from zhengtong.core.worklist.public import WorkItem, WorkState, close_item, open_item
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.rows import find_sole

STEP_TITLES: Mapping[Node, Any] = {
    Node.ACCEPTANCE: _("来信受理"),
    Node.DISPATCH: _("来信派发"),
    Node.HANDLING: _("来信办理"),
    Node.APPROVAL: _("答复审核"),
    Node.EXTENSION: _("延期审批"),
    Node.COOPERATION: _("协办"),
    Node.CALLBACK: _("回访"),
    Node.PUBLICATION: pgettext_lazy("letter", "公开"),
    Node.RECTIFICATION: _("差评整改"),
    Node.RECHECK: _("整改回访"),
}


def lock_letter(letter_id: int, *, actor: Actor, permission: str, version: int | None = None) -> Letter:
    """Return the letter, locked until the end of the transaction.

    Raises Denied, and StaleLetter when ``version`` isn't the one that the person looked at.
    """
    letters = Letter.objects.select_for_update(of=("self",)).select_related(
        "account", "category", "organisation", "reception", "region"
    )
    letter = find_sole(letters.filter(pk=letter_id))
    if letter is None:
        raise Denied(permission, visible=False)
    require(actor, permission, letter)
    if version is not None and letter.version != version:
        raise StaleLetter
    return letter


def advance(letter: Letter, act: Act, *, actor: Actor, words: str = "", note: str = "", **changes: Any) -> None:
    """Move the locked ``letter`` by ``act``. Raises LetterConflict when its state doesn't allow that (any more)."""
    before = letter.state
    try:
        letter.state = next_state(State(before), act)
    except NotPossible as error:
        raise LetterConflict(gettext_noop("这封来信现在不能这样办，情况可能已经变了。请看最新情况。")) from error
    note_act(letter, act, actor=actor, before=before, words=words, note=note, **changes)


def note_act(
    letter: Letter,
    act: str,
    *,
    actor: Actor,
    before: str = "",
    words: str = "",
    note: str = "",
    journal: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Record an act on the locked ``letter`` that may leave its state as it is."""
    version = letter.version
    letter.version += 1
    for name, value in changes.items():
        setattr(letter, name, value)
    letter.save(update_fields=["state", "version", *changes])
    LetterEvent.objects.create(
        letter=letter,
        at=timezone.now(),
        act=act,
        from_state=before,
        to_state=letter.state if before else "",
        actor_name=actor.name if actor.appointment else "",
        organisation_name=_office_of(actor),
        words=words[:300],
        note=note,
    )
    record(
        actor,
        f"letters.{act}",
        letter,
        before={"state": before or letter.state, "version": version},
        after={
            "state": letter.state,
            "version": letter.version,
            **{k: v for k, v in changes.items() if isinstance(v, str | int | bool | datetime) and k not in _PERSONAL},
            **(journal or {}),
        },
    )


_PERSONAL = frozenset({"score_comment", "writer_name", "writer_phone", "title", "body", "place"})


def _office_of(actor: Actor) -> str:
    if actor.organisation is None:
        return ""
    return Organisation.objects.values_list("name", flat=True).get(pk=actor.organisation)


def party_of(letter: Letter) -> str:
    """What lists show of the writer: her name masked, nothing of who wants to be kept secret."""
    if letter.is_restricted:
        return "——"
    if letter.is_confidential or not letter.writer_name:
        with translation.override("zh-hans"):
            return str(_("（保密）")) if letter.is_confidential else str(_("（未留姓名）"))
    return mask_name(letter.writer_name)


def letter_url(letter: Letter) -> str:
    """Return the address of the page on which a desk works on letters, "" when no desk does."""
    try:
        page = registry.get(LetterPage, "letter")
    except LookupError:
        return ""
    return reverse(page.url_name, args=[letter.number])


def open_work(
    letter: Letter,
    node: Node,
    organisation_id: int,
    *,
    object_id: int | None = None,
    due_at: datetime | None = None,
    next_alert_at: datetime | None = None,
    level: str | None = None,
    is_timed: bool = True,
) -> WorkItem:
    """Put something of the letter on an office's list; with the letter's own clock unless another is given."""
    with translation.override("zh-hans"):
        step, title = str(STEP_TITLES[node]), letter.subject
    if due_at is None and is_timed:
        due_at, next_alert_at, level = letter.due_at, letter.next_alert_at, letter.level
    return open_item(
        kind=node.kind,
        object_id=object_id or letter.pk,
        organisation_id=organisation_id,
        permission=NODE_PERMISSIONS[node],
        reference=letter.number,
        title=title,
        party=party_of(letter),
        step=step,
        url=letter_url(letter),
        due_at=due_at,
        next_alert_at=next_alert_at,
        level=level or "green",
    )


def find_work(node: Node, object_id: int) -> WorkItem | None:
    """Return the open item of a node, None when nobody has to do that now."""
    return (
        WorkItem.objects.filter(kind=node.kind, object_id=object_id, state=WorkState.OPEN)
        .select_related("assignee__staff")
        .first()
    )


def finish_work(node: Node, object_id: int, *, actor: Actor) -> None:
    """Mark a node's item done by ``actor``. Raises NoLetterTask, and TakenLetterTask when a colleague has it."""
    item = find_work(node, object_id)
    if item is None:
        raise NoLetterTask
    if item.assignee is not None and item.assignee_id != actor.appointment:
        raise TakenLetterTask(item.assignee.staff.name)
    close_item(kind=node.kind, object_id=object_id, done_by_id=actor.appointment, done_by_agent_id=actor.agent)


def cancel_work(node: Node, object_id: int) -> None:
    """Take a node's item off the lists: nobody has to do it any more."""
    close_item(kind=node.kind, object_id=object_id, done_by_id=None)


def require_text(value: str, field: str, *, least: int = 2, most: int = 300) -> str:
    """Return a reason or an opinion as it is kept. Raises LetterRefused."""
    text = value.replace("\x00", "").strip()
    if len(text) < least:
        raise LetterRefused(gettext_noop("请写明内容，至少%(n)s个字"), field, n=least)
    if len(text) > most:
        raise LetterRefused(gettext_noop("最多%(n)s个字，现在有%(now)s个"), field, n=most, now=len(text))
    return text


def shown_date(moment: datetime) -> str:
    """Return the last day that a deadline allows, as it is said to the public."""
    day = get_calendar().last_date(moment)
    return f"{day.year}年{day.month}月{day.day}日"

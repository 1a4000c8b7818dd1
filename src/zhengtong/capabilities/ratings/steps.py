"""What every step of a follow-up shares: lock, authorise, note it, put the work on lists, show its deadline."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.cases.public import calendar_of_case, describe_on_lists, note_act
from zhengtong.capabilities.letters.public import Lamp, lamp_at
from zhengtong.capabilities.ratings.declarations import FollowUpPage
from zhengtong.capabilities.ratings.models import FollowUp
from zhengtong.capabilities.ratings.permissions import HANDLE, VERIFY
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState, close_item, open_item
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.rows import find_sole


class Node(StrEnum):
    CONTACT = "contact"
    RECTIFY = "rectify"
    VERIFY = "verify"

    @property
    def kind(self) -> str:
        return f"ratings.{self.value}"


TITLES: Final[Mapping[Node, Any]] = {
    Node.CONTACT: gettext_lazy("联系差评人"),
    Node.RECTIFY: gettext_lazy("差评整改"),
    Node.VERIFY: gettext_lazy("核实整改"),
}
NODE_PERMISSIONS: Final[Mapping[Node, str]] = {Node.CONTACT: HANDLE, Node.RECTIFY: HANDLE, Node.VERIFY: VERIFY}


class StaleFollowUp(Refused):
    """Somebody has done something meanwhile."""

    def __init__(self) -> None:
        super().__init__("stale", _("情况刚刚变过，请看最新情况再办。"))


def lock_follow_up(
    follow_up_id: int, *, actor: Actor, permission: str, state: str, version: int | None = None
) -> FollowUp:
    """Return the follow-up, locked until the end of the transaction and in ``state``. Raises Denied and Refused."""
    found = find_sole(
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("case__account", "case__office__region", "case__organisation", "organisation", "appraisal")
        .filter(pk=follow_up_id)
    )
    if found is None:
        raise Denied(permission, visible=False)
    require(actor, permission, found)
    if found.state != state or (version is not None and found.version != version):
        raise StaleFollowUp
    return found


def keep(follow_up: FollowUp, act: str, *, actor: Actor, words: str = "", **changes: Any) -> None:
    """Save ``changes``, tell the journal, and the applicant on her case's timeline where ``words`` say something."""
    before = {"state": follow_up.state, "version": follow_up.version}
    for name, value in changes.items():
        setattr(follow_up, name, value)
    follow_up.version += 1
    follow_up.save()
    after = {"state": follow_up.state, "version": follow_up.version, "case": follow_up.case.number}
    record(actor, f"ratings.{act}", follow_up, before=before, after=after)
    if words:
        note_act(follow_up.case, f"rating_{act}", actor=actor, words=words)


def due_of(follow_up: FollowUp, node: Node) -> datetime:
    return follow_up.contact_due_at if node is Node.CONTACT else follow_up.due_at


def lamp_of(follow_up: FollowUp, node: Node, now: datetime | None = None) -> Lamp:
    calendar = calendar_of_case(follow_up.case)
    return lamp_at(now or timezone.now(), follow_up.opened_at, due_of(follow_up, node), calendar)


def open_work(follow_up: FollowUp, node: Node) -> None:
    """Put the step on the office's list, with its deadline, and the follow-up's lamp with it (saved)."""
    lamp = lamp_of(follow_up, node)
    follow_up.level, follow_up.next_alert_at = lamp.level, lamp.next_alert_at
    follow_up.save(update_fields=["level", "next_alert_at"])
    with translation.override("zh-hans"):
        step = str(TITLES[node])
    listed = describe_on_lists(follow_up.case)
    open_item(
        kind=node.kind,
        object_id=follow_up.pk,
        organisation_id=follow_up.organisation_id,
        permission=NODE_PERMISSIONS[node],
        reference=listed["reference"],
        title=f"差评整改：{listed['title']}"[:120],
        party=listed["party"],
        step=step,
        url=page_of(follow_up),
        due_at=due_of(follow_up, node),
        next_alert_at=lamp.next_alert_at,
        level=lamp.level,
    )


def find_work(follow_up: FollowUp) -> WorkItem | None:
    """Return the open item of the follow-up, None when it is closed."""
    kinds = [node.kind for node in Node]
    return (
        WorkItem.objects.filter(kind__in=kinds, object_id=follow_up.pk, state=WorkState.OPEN)
        .select_related("assignee__staff", "organisation")
        .first()
    )


def finish_work(follow_up: FollowUp, node: Node, *, actor: Actor) -> None:
    """Mark the step done by ``actor``. Raises Refused when a colleague has taken it."""
    item = find_work(follow_up)
    if item is None or item.kind != node.kind:
        raise StaleFollowUp
    if item.assignee is not None and item.assignee_id != actor.appointment:
        raise Refused("taken", _("这一步已由%(name)s领办。") % {"name": item.assignee.staff.name})
    close_item(kind=node.kind, object_id=follow_up.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)


def cancel_work(follow_up: FollowUp, node: Node) -> None:
    close_item(kind=node.kind, object_id=follow_up.pk, done_by_id=None)


def page_of(follow_up: FollowUp) -> str:
    """Return the address of the desk's page, "" when no desk follows up ratings."""
    try:
        page = registry.get(FollowUpPage, "follow_up")
    except LookupError:
        return ""
    return reverse(page.url_name, args=[follow_up.public_id])


def require_text(value: str, field: str, *, least: int = 4, most: int = 1000) -> str:
    """Return what was written as it is kept. Raises Refused."""
    text = value.replace("\x00", "").strip()
    if len(text) < least:
        raise Refused("short", _("请写明内容，至少%(n)s个字") % {"n": least}, field)
    if len(text) > most:
        raise Refused("long", _("最多%(n)s个字，现在有%(now)s个") % {"n": most, "now": len(text)}, field)
    return text

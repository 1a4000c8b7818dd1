"""What every act on a node shares: lock, authorise, move the state, tell the journal, open and close work."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.domain import Act, NodeState, NotPossible, next_state
from zhengtong.capabilities.nodes.models import Node, NodeEvent
from zhengtong.capabilities.nodes.permissions import VIEW
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import Actor, Denied, can, require

JOINING, LINK = "nodes.joining", "nodes.link"


def lock_node(node_id: int, *, actor: Actor, permission: str) -> Node:
    """Return the node, locked until the end of the transaction. Raises Denied."""
    node = Node.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=node_id).first()
    if node is None or not (can(actor, VIEW, node) or can(actor, permission, node)):
        raise Denied(permission, visible=False)
    require(actor, permission, node)
    return node


def advance(node: Node, act: Act, *, actor: Actor, words: str = "", journal: dict[str, Any] | None = None) -> None:
    """Move the locked node by ``act``, with its event and its record. Raises Refused where it can't be done now."""
    before = node.state
    try:
        node.state = next_state(NodeState(before), act).value
    except NotPossible:
        raise Refused("not-now", _("节点现在是“%s”，不能这样办。") % node.get_state_display()) from None
    node.save()
    note(node, act, actor=actor, words=words)
    record(actor, f"nodes.{act}", node, before={"state": before}, after={"state": node.state, **(journal or {})})


def note(node: Node, act: str, *, actor: Actor, words: str = "") -> None:
    NodeEvent.objects.create(node=node, act=act, who=actor.name, words=words[:500])


def require_words(value: str, field: str, *, most: int = 300) -> str:
    """Return what was typed as it is kept. Raises Refused."""
    text = value.replace("\x00", "").strip()
    if len(text) < 2:
        raise Refused("too-short", _("请写明内容，至少两个字。"), field)
    if len(text) > most:
        raise Refused("too-long", _("最多%(n)s个字。") % {"n": most}, field)
    return text


def require_other_person(actor: Actor, *others: int | None) -> None:
    """Raise Refused when ``actor`` is one of those who applied or assessed: one approves as a second person."""
    staff = Appointment.objects.filter(pk__in=[each for each in others if each]).values_list("staff_id", flat=True)
    mine = {actor.held_appointment, *([actor.agent] if actor.agent else [])}
    if Appointment.objects.filter(pk__in=mine, staff_id__in=list(staff)).exists():
        raise Refused("same-person", _("申请、评估和批准不能是同一个人，请由另一位有审批权限的同事办理。"))


def open_work(node: Node, kind: str, step: str, permission: str) -> None:
    open_item(
        kind=kind,
        object_id=node.pk,
        organisation_id=node.organisation_id,
        permission=permission,
        reference=node.code,
        title=node.name,
        party=node.operator,
        step=step,
        url=reverse("nodes_desk:node", args=[node.code]),
    )


def close_work(node: Node, kind: str, *, actor: Actor) -> None:
    close_item(kind=kind, object_id=node.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)

"""Whether links are up: asked every minute, summed by the day, put on the operators' list when one is away for long."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.domain import Act, NodeState
from zhengtong.capabilities.nodes.models import LinkCheck, LinkDay, Node
from zhengtong.capabilities.nodes.permissions import OPERATE
from zhengtong.capabilities.nodes.selectors import get_own_node
from zhengtong.capabilities.nodes.services.settling import LINK, advance, close_work, lock_node, open_work
from zhengtong.capabilities.nodes.transport import LinkTrouble, MessageRefused, open_link
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.steps import step

# Single checks are kept so long; the sums of days stay.
KEPT = timedelta(days=14)


def connect_node(*, actor: Actor, node: Node) -> Node:
    """Shake hands with an approved node, both ways over TLS; what waited for it is sent. Raises Refused and Denied."""
    require(actor, OPERATE, node)
    if node.state not in (NodeState.APPROVED, NodeState.CONNECTED):
        raise Refused("not-now", _("节点现在是“%s”，不能这样办。") % node.get_state_display())
    try:
        milliseconds = ask(node)
    except LinkTrouble as trouble:
        note_link(node.pk, is_up=False, trouble=trouble.message)
        raise Refused(trouble.code, trouble.message) from trouble
    return _connect(actor=actor, node=node, milliseconds=milliseconds)


@step()
def _connect(*, actor: Actor, node: Node, milliseconds: int) -> Node:
    locked = lock_node(node.pk, actor=actor, permission=OPERATE)
    locked.connected_at = locked.connected_at or timezone.now()
    advance(locked, Act.CONNECT, actor=actor, journal={"milliseconds": milliseconds})
    note_link(locked.pk, is_up=True, milliseconds=milliseconds)
    locked.refresh_from_db()
    return locked


def ask(node: Node) -> int:
    """Return the milliseconds in which ``node`` answered. Raises LinkTrouble."""
    try:
        with open_link(node) as link:
            _answer, milliseconds = link.say_hello()
    except MessageRefused as refused:
        raise LinkTrouble(refused.code, refused.message) from refused
    return milliseconds


def check_links() -> int:
    """Ask every connected node whether it is there; return how many answered. No transaction is open meanwhile."""
    answered = 0
    for node in Node.objects.filter(state=NodeState.CONNECTED).order_by("id"):
        try:
            note_link(node.pk, is_up=True, milliseconds=ask(node))
            answered += 1
        except LinkTrouble as trouble:
            note_link(node.pk, is_up=False, trouble=trouble.message)
    LinkCheck.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return answered


@step()
def note_link(node_id: int, *, is_up: bool, milliseconds: int | None = None, trouble: str = "") -> None:
    """Keep what was found of a link: its state, this check, the day's sums; tell people when that changes something."""
    from zhengtong.capabilities.nodes.services.delivering import hurry

    node = Node.objects.select_for_update(of=("self",)).get(pk=node_id)
    now, was_up = timezone.now(), node.is_up
    node.is_up, node.checked_at, node.trouble = is_up, now, trouble[:300]
    if is_up:
        node.answered_at, node.milliseconds = now, milliseconds
    LinkCheck.objects.create(node=node, at=now, is_up=is_up, milliseconds=milliseconds, trouble=trouble[:300])
    add_to_day(node, checks=1, answered=int(is_up), milliseconds=milliseconds or 0)
    if is_up:
        if node.down_since is not None:
            away = int((now - node.down_since).total_seconds())
            node.down_since = None
            record(SYSTEM, "nodes.link_restored", node, after={"seconds": away})
            close_work(node, LINK, actor=SYSTEM)
        if was_up is not True:
            hurry(node)
    else:
        if node.down_since is None:
            node.down_since = now
            record(SYSTEM, "nodes.link_lost", node, after={"trouble": trouble[:200]})
        _alarm(node, now)
    node.save(update_fields=["is_up", "checked_at", "trouble", "answered_at", "milliseconds", "down_since"])


def _alarm(node: Node, now: datetime) -> None:
    own = get_own_node()
    if own is None or node.down_since is None or node.state != NodeState.CONNECTED:
        return
    if now - node.down_since < timedelta(minutes=own.alarm_minutes):
        return
    if not WorkItem.objects.filter(kind=LINK, object_id=node.pk, state=WorkState.OPEN).exists():
        open_work(node, LINK, _("链路中断"), OPERATE)


def add_to_day(node: Node, **amounts: int) -> None:
    """Add to the line of this day."""
    day = timezone.localdate()
    LinkDay.objects.get_or_create(node=node, day=day)
    LinkDay.objects.filter(node=node, day=day).update(**{name: F(name) + many for name, many in amounts.items()})

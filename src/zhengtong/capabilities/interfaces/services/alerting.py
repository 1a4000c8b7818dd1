"""What somebody has to look at: changes that no attempt delivers any more, and a log that isn't stamped (待补戳).

Both are read off the rows every minute, so that whatever solves them closes the work: a replay that arrived, an ended
subscription, the stamps that were made up for. Each piece of work is opened once, for the office that can act on it.
"""

from typing import Final

from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.interfaces.gateway.stamps import find_oldest_unstamped, is_late
from zhengtong.capabilities.interfaces.models import Change, ChangeState, Service, Subscription, SubscriptionState
from zhengtong.capabilities.interfaces.models.services import ServiceState
from zhengtong.capabilities.interfaces.permissions import MANAGE, MEMBERS
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.core.worklist.public import ItemGone, Move, WorkItem, WorkKind, WorkState, close_item, open_item
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

UNDELIVERED: Final = "interfaces.undelivered"
UNSTAMPED: Final = "interfaces.unstamped"
_LOCK: Final = 0x696E74_61


def watch_interfaces(*, actor: Actor) -> tuple[int, int]:
    """Open work for what went wrong, close it for what is right again; return how many of each."""
    halted, unstamped = _list_open(UNDELIVERED), _list_open(UNSTAMPED)
    stuck = Subscription.objects.filter(state=SubscriptionState.HALTED).exclude(pk__in=halted)
    opened = sum(_open_undelivered(actor=actor, subscription_id=pk) for pk in stuck.values_list("pk", flat=True))
    closed = sum(_close_undelivered(actor=actor, subscription_id=pk) for pk in halted)
    if is_late():
        # Whose services would be stopped by it is told of it.
        offices = set(
            Service.objects.filter(state=ServiceState.PUBLISHED)
            .order_by()
            .values_list("provider_id", flat=True)
            .distinct()
        )
        opened += sum(_open_unstamped(actor=actor, office_id=pk) for pk in sorted(offices - unstamped))
    else:
        closed += sum(_close_unstamped(actor=actor, office_id=pk) for pk in sorted(unstamped))
    return opened, closed


def _list_open(kind: str) -> set[int]:
    return set(WorkItem.objects.filter(kind=kind, state=WorkState.OPEN).values_list("object_id", flat=True))


def _is_open(kind: str, object_id: int) -> bool:
    return WorkItem.objects.filter(kind=kind, object_id=object_id, state=WorkState.OPEN).exists()


# Changes that don't arrive -------------------------------------------------------------------------------


def _lock_subscription(subscription_id: int) -> Subscription:
    related = ("member", "resource")
    return Subscription.objects.select_for_update(of=("self",)).select_related(*related).get(pk=subscription_id)


@step()
def _open_undelivered(*, actor: Actor, subscription_id: int) -> bool:
    subscription = _lock_subscription(subscription_id)
    dead = Change.objects.filter(subscription=subscription, state=ChangeState.DEAD).order_by("sequence").first()
    if subscription.state != SubscriptionState.HALTED or dead is None or _is_open(UNDELIVERED, subscription.pk):
        return False
    with translation.override("zh-hans"):
        title = _("变更没有送达：%(name)s") % {"name": subscription.resource.name}
        words = _("查明原因后重新推送")
    open_item(
        kind=UNDELIVERED,
        object_id=subscription.pk,
        organisation_id=subscription.member.organisation_id,
        permission=MEMBERS,
        reference=subscription.code,
        title=title[:200],
        party=subscription.member.name[:100],
        step=words,
        url=reverse("screens:interfaces.changes.detail", args=[dead.pk]),
    )
    record(actor, "interfaces.halt_subscription", subscription, after={"sequence": dead.sequence})
    return True


@step()
def _close_undelivered(*, actor: Actor, subscription_id: int) -> bool:
    """Close the work once what was in trouble arrived, or nobody waits for it any more; a replay alone isn't enough."""
    subscription = _lock_subscription(subscription_id)
    troubled = Change.objects.filter(subscription=subscription).exclude(state=ChangeState.ARRIVED).exclude(trouble="")
    if subscription.state != SubscriptionState.ENDED and troubled.exists():
        return False
    close_item(kind=UNDELIVERED, object_id=subscription.pk, done_by_id=None)
    record(actor, "interfaces.deliver_again", subscription, after={"sequence": subscription.arrived})
    return True


def _guard_subscription(move: Move) -> Subscription:
    found = Subscription.objects.select_for_update(of=("self",)).select_related("member")
    subscription = found.filter(pk=move.object_id).exclude(state=SubscriptionState.ENDED).first()
    if subscription is None:
        raise ItemGone
    require(move.actor, MEMBERS, subscription)
    return subscription


# A log without stamps ------------------------------------------------------------------------------------


@step()
def _open_unstamped(*, actor: Actor, office_id: int) -> bool:
    office = _hold_office(office_id)
    oldest = find_oldest_unstamped()
    if oldest is None or _is_open(UNSTAMPED, office_id):
        return False
    with translation.override("zh-hans"):
        title, words = _("调用日志没有及时盖上时间戳"), _("检查时间戳服务")
        party = _("待补戳，中断太久会停止服务")
    open_item(
        kind=UNSTAMPED,
        object_id=office_id,
        organisation_id=office_id,
        permission=MANAGE,
        reference=f"{timezone.localtime(oldest):%Y-%m-%d %H:%M}",
        title=title,
        party=party,
        step=words,
        url=reverse("interfaces_desk:home"),
    )
    record(actor, "interfaces.miss_stamps", office, after={"since": oldest.isoformat(timespec="seconds")})
    return True


@step()
def _close_unstamped(*, actor: Actor, office_id: int) -> bool:
    office = _hold_office(office_id)
    if not _is_open(UNSTAMPED, office_id):
        return False
    close_item(kind=UNSTAMPED, object_id=office_id, done_by_id=None)
    record(actor, "interfaces.make_up_stamps", office)
    return True


def _hold_office(office_id: int) -> Organisation:
    """Keep another worker from opening or closing the same work at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, office_id])
    return Organisation.objects.get(pk=office_id)


WORK_KINDS = (
    WorkKind(UNDELIVERED, gettext_lazy("变更未送达"), permissions=(MEMBERS,), guard=_guard_subscription),
    WorkKind(UNSTAMPED, gettext_lazy("日志待补戳"), permissions=(MANAGE,)),
)

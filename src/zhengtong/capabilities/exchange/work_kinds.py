"""The work that the exchange puts on lists: a run that failed, a ticket to be answered, receipts without stamps."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.models import CorrectionTicket, RunAlert, TicketState
from zhengtong.capabilities.exchange.permissions import CORRECT, OPERATE
from zhengtong.core.worklist.public import ItemGone, Move, WorkKind
from zhengtong.kernel.policy import require
from zhengtong.kernel.rows import find_sole

FAILED, TICKET, UNSTAMPED = "exchange.failed", "exchange.ticket", "exchange.unstamped"


def _guard_alert(move: Move) -> RunAlert:
    alert = find_sole(RunAlert.objects.select_for_update().filter(pk=move.object_id, closed_at=None))
    if alert is None:
        raise ItemGone
    require(move.actor, OPERATE, alert)
    return alert


def _guard_ticket(move: Move) -> CorrectionTicket:
    found = CorrectionTicket.objects.select_for_update().filter(pk=move.object_id, state=TicketState.WAITING)
    ticket = find_sole(found)
    if ticket is None:
        raise ItemGone
    require(move.actor, CORRECT, ticket)
    return ticket


def _hold_alerts(object_ids: Sequence[int]) -> None:
    list(RunAlert.objects.filter(pk__in=object_ids).order_by("pk").select_for_update().values_list("pk"))


def _hold_tickets(object_ids: Sequence[int]) -> None:
    list(CorrectionTicket.objects.filter(pk__in=object_ids).order_by("pk").select_for_update().values_list("pk"))


WORK_KINDS = (
    WorkKind(FAILED, _("交换失败"), permissions=(OPERATE,), guard=_guard_alert, hold=_hold_alerts),
    WorkKind(TICKET, _("数据更正"), permissions=(CORRECT,), guard=_guard_ticket, hold=_hold_tickets),
    WorkKind(UNSTAMPED, _("回执待补戳"), permissions=(OPERATE,)),
)

"""The work that the lists put on desks, and what is asked before it moves."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.demands.responsibilities import RESPONSIBILITY_WORK
from zhengtong.capabilities.catalogue.demands.services import DEMAND_WORK
from zhengtong.capabilities.catalogue.models import Demand, DemandState, Resource, Responsibility, ResponsibilityState
from zhengtong.capabilities.catalogue.permissions import COMPILE
from zhengtong.capabilities.catalogue.permissions_finding import ANSWER, ASSIGN
from zhengtong.capabilities.catalogue.probing import DRIFT_WORK
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind
from zhengtong.kernel.policy import require
from zhengtong.kernel.rows import find_sole


def hold_demand(move: Move) -> Demand:
    """Lock the demand before its item moves. Raises ItemGone and Denied."""
    demand = find_sole(Demand.objects.select_for_update(of=("self",)).filter(pk=move.object_id))
    if demand is None or demand.state != DemandState.OPEN:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require(move.actor, ASSIGN, demand)
    return demand


def hold_responsibility(move: Move) -> Responsibility:
    """Lock the responsibility before its item moves. Raises ItemGone and Denied."""
    owed = find_sole(Responsibility.objects.select_for_update(of=("self",)).filter(pk=move.object_id))
    if owed is None or owed.state != ResponsibilityState.OWED:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require(move.actor, ANSWER, owed)
    return owed


def hold_drift(move: Move) -> Resource:
    """Lock the entry before its item moves. Raises ItemGone and Denied."""
    resource = find_sole(Resource.objects.select_for_update(of=("self",)).filter(pk=move.object_id))
    if resource is None or not resource.drifts:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require(move.actor, COMPILE, resource)
    return resource


WORK_KINDS = (
    WorkKind(DRIFT_WORK, _("目录与数据源不符"), permissions=(COMPILE,), guard=hold_drift),
    WorkKind(DEMAND_WORK, _("数据需求统筹"), permissions=(ASSIGN,), guard=hold_demand),
    WorkKind(RESPONSIBILITY_WORK, _("落实数据责任"), permissions=(ANSWER,), guard=hold_responsibility),
)

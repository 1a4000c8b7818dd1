"""The work that requests and contracts put on lists, and what is asked before it moves."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.contracts.models import Contract, DataRequest, RequestState
from zhengtong.capabilities.contracts.permissions import APPLY, APPROVE, COORDINATE, REVIEW
from zhengtong.capabilities.contracts.services.living import (
    CONSUMER_CHANGE,
    LIVE,
    PROVIDER_CHANGE,
    lock_contract,
)
from zhengtong.capabilities.contracts.services.steps import (
    CONSUMER_POSITION,
    KINDS,
    PROVIDER_POSITION,
    lock_request,
    require_side,
)
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind


def _hold_request(state: str, permission: str, side: str) -> Callable[[Move], DataRequest]:
    def hold(move: Move) -> DataRequest:
        """Lock the request before its item moves. Raises ItemGone and Denied."""
        if not DataRequest.objects.filter(pk=move.object_id).exists():
            raise ItemGone
        request = lock_request(move.object_id)
        if request.state != state:
            raise ItemGone
        if move.act != TransferAct.REASSIGNED:
            require_side(move.actor, permission, getattr(request, side), request)
        return request

    return hold


def _hold_contract(permission: str, side: str) -> Callable[[Move], Contract]:
    def hold(move: Move) -> Contract:
        """Lock the contract before its item moves. Raises ItemGone and Denied."""
        if not Contract.objects.filter(pk=move.object_id, state__in=LIVE).exists():
            raise ItemGone
        contract = lock_contract(move.object_id)
        if move.act != TransferAct.REASSIGNED:
            require_side(move.actor, permission, getattr(contract, side), contract)
        return contract

    return hold


_OF_REQUESTS = (
    (KINDS[RequestState.COMPLIANCE], _("共享申请合规审查"), REVIEW, RequestState.COMPLIANCE, "organisation_id"),
    (KINDS[RequestState.PROVIDER], _("共享申请审批"), APPROVE, RequestState.PROVIDER, "provider_id"),
    (KINDS[RequestState.CORRECTION], _("补正共享申请"), APPLY, RequestState.CORRECTION, "organisation_id"),
    (KINDS[RequestState.DISPUTE], _("共享争议协调"), COORDINATE, RequestState.DISPUTE, "provider_id"),
    (CONSUMER_POSITION, _("陈述争议意见（申请单位）"), APPLY, RequestState.DISPUTE, "organisation_id"),
    (PROVIDER_POSITION, _("陈述争议意见（提供单位）"), APPROVE, RequestState.DISPUTE, "provider_id"),
)
WORK_KINDS = (
    *(
        WorkKind(code, title, permissions=(permission,), guard=_hold_request(state, permission, side))
        for code, title, permission, state, side in _OF_REQUESTS
    ),
    WorkKind(
        CONSUMER_CHANGE,
        _("核对变更的合约（使用单位）"),
        permissions=(APPLY,),
        guard=_hold_contract(APPLY, "consumer_id"),
    ),
    WorkKind(
        PROVIDER_CHANGE,
        _("核对变更的合约（提供单位）"),
        permissions=(APPROVE,),
        guard=_hold_contract(APPROVE, "provider_id"),
    ),
)

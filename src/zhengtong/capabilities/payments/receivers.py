"""What payments do when something happens to a case: fees fall due, or aren't owed any more."""

from zhengtong.capabilities.cases.public import (
    CaseEventBase,
    CaseGranted,
    CaseRefused,
    CaseSubmitted,
    CaseTurnedAway,
    CaseWithdrawn,
    FeeTime,
)
from zhengtong.capabilities.payments.services.following import ask_back_unserved, succeed_office
from zhengtong.capabilities.payments.services.orders import check_charges, close_orders, open_orders
from zhengtong.core.identity.public import OrganisationSucceeded
from zhengtong.kernel.events import receives


@receives(CaseSubmitted)
def charge_before_acceptance(event: CaseSubmitted) -> None:
    check_charges(event.case)
    open_orders(event.case, FeeTime.ACCEPTANCE, actor=event.actor)


@receives(CaseGranted)
def charge_before_delivery(event: CaseGranted) -> None:
    open_orders(event.case, FeeTime.DELIVERY, actor=event.actor)


@receives(CaseTurnedAway)
def give_back(event: CaseEventBase) -> None:
    """Nothing was done for the fee: what was paid goes back without anybody having to ask."""
    close_orders(event.case, actor=event.actor, reason="申请没有受理，不用缴费")
    ask_back_unserved(event.case)


@receives(CaseWithdrawn)
def close_withdrawn(event: CaseEventBase) -> None:
    close_orders(event.case, actor=event.actor, reason="申请已经撤回，不用缴费")


@receives(CaseRefused)
def close_refused(event: CaseEventBase) -> None:
    close_orders(event.case, actor=event.actor, reason="申请没有获准，不用缴费")


@receives(OrganisationSucceeded)
def go_on_under_the_successor(event: OrganisationSucceeded) -> None:
    succeed_office(actor=event.actor, organisation_id=event.organisation_id, successor_id=event.successor_id)

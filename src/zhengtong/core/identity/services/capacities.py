"""In which capacity a session acts."""

from django.db import transaction

from zhengtong.core.audit.public import record
from zhengtong.core.identity.delegations import list_live_delegations
from zhengtong.core.identity.models import (
    Account,
    Appointment,
    Delegation,
    Mandate,
    Representation,
)
from zhengtong.core.identity.representations import list_live_representations
from zhengtong.core.identity.selectors import list_current_appointments, list_live_mandates
from zhengtong.kernel.policy import Actor, Denied


@transaction.atomic
def choose_mandate(*, actor: Actor, account: Account, mandate_id: int | None) -> Mandate | None:
    """Return the live mandate of ``account`` to act in from now on (None: as herself); raise Denied when not hers."""
    mandate = list_live_mandates(account).filter(pk=mandate_id).first() if mandate_id is not None else None
    if mandate_id is not None and mandate is None:
        raise Denied("identity.choose_mandate", visible=False)
    record(actor, "identity.capacity_switched", account, after={"mandate": mandate_id})
    return mandate


@transaction.atomic
def choose_representation(*, actor: Actor, account: Account, representation_id: int) -> Representation:
    """Return the live representation of ``account`` to act under from now on; raise Denied when it isn't hers."""
    representation = list_live_representations(account).filter(pk=representation_id).first()
    if representation is None:
        raise Denied("identity.choose_representation", visible=False)
    record(actor, "identity.capacity_switched", account, after={"representation": representation_id})
    return representation


@transaction.atomic
def choose_appointment(*, actor: Actor, account: Account, appointment_id: int) -> Appointment:
    """Return the current appointment of ``account`` to act in from now on; raise Denied when it isn't hers."""
    appointment = list_current_appointments(account).filter(pk=appointment_id).first()
    if appointment is None:
        raise Denied("identity.choose_appointment", visible=False)
    record(actor, "identity.capacity_switched", account, after={"appointment": appointment_id})
    return appointment


@transaction.atomic
def choose_delegation(*, actor: Actor, account: Account, delegation_id: int) -> Delegation:
    """Return the delegation to ``account`` to act under from now on; raise Denied when it isn't in force."""
    delegation = list_live_delegations(account).filter(pk=delegation_id).first()
    if delegation is None:
        raise Denied("identity.choose_delegation", visible=False)
    record(actor, "identity.capacity_switched", account, after={"delegation": delegation_id})
    return delegation

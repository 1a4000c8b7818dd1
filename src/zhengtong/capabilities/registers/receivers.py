"""The registers confirm what people say of themselves, where they know it: who she is, whom she represents."""

from zhengtong.capabilities.registers.selectors import is_parent_in_household, is_registered_person, is_representative
from zhengtong.core.identity.public import (
    Citizen,
    CitizenProfileCompleted,
    Mandate,
    MandateDeclared,
    MandateKind,
    Refused,
    Representation,
    WardRegistered,
    mark_citizen_verified,
    mark_mandate_verified,
    mark_representation_verified,
)
from zhengtong.kernel.events import receives
from zhengtong.kernel.policy import SYSTEM


@receives(CitizenProfileCompleted)
def verify_person(event: CitizenProfileCompleted) -> None:
    """Name and number as the population register has them: verified. Otherwise a counter looks at her papers."""
    citizen = Citizen.objects.get(pk=event.citizen_id)
    if is_registered_person(actor=event.actor, name=citizen.name, id_number=citizen.id_number):
        mark_citizen_verified(actor=SYSTEM, citizen=citizen)


@receives(MandateDeclared)
def verify_mandate(event: MandateDeclared) -> None:
    """The legal representative as the register of legal entities has her: verified. An agent stays 未核验."""
    mandate = Mandate.objects.select_related("citizen", "legal_entity").get(pk=event.mandate_id)
    if mandate.kind != MandateKind.LEGAL_REPRESENTATIVE or mandate.citizen.verified_at is None:
        return
    if is_representative(
        credit_code=mandate.legal_entity.credit_code,
        name=mandate.citizen.name,
        id_number=mandate.citizen.id_number,
    ):
        mark_mandate_verified(actor=SYSTEM, mandate=mandate)


@receives(WardRegistered)
def verify_parent(event: WardRegistered) -> None:
    """A minor's parent (民法典 art. 27) as the household shows it: verified. Other guardians go to a counter."""
    found = Representation.objects.select_related("principal", "agent").get(pk=event.representation_id)
    if found.end_date is None or not is_parent_in_household(
        actor=event.actor,
        parent_number=found.agent.id_number,
        child_name=found.principal.name,
        child_number=found.principal.id_number,
    ):
        return
    try:
        mark_representation_verified(actor=SYSTEM, representation=found)
    except Refused:
        return  # Somebody else claims the number without proof: a counter looks at the papers.

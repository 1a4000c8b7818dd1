"""What happens elsewhere and concerns seals: offices that are merged or split take nothing over by themselves."""

from django.db import transaction

from zhengtong.capabilities.seals.models import Seal, StateWords
from zhengtong.capabilities.seals.services.ending import suspend_seal
from zhengtong.core.identity.public import OrganisationSucceeded
from zhengtong.kernel.events import receives
from zhengtong.kernel.policy import SYSTEM


@receives(OrganisationSucceeded)
@transaction.atomic
def suspend_seals_of_ended_office(event: OrganisationSucceeded) -> None:
    """An office that ended seals nothing: its seals are suspended until they are changed or destroyed."""
    for seal in Seal.objects.filter(organisation_id=event.organisation_id, state=StateWords.ACTIVE):
        suspend_seal(actor=SYSTEM, seal=seal, reason="使用单位已经合并、分设或者撤销")

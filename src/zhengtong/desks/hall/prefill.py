"""What the platform already knows about an applicant: filled in for her, and never asked for as paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import ItemDefinition
from zhengtong.capabilities.licences.public import list_licences
from zhengtong.capabilities.registers.public import Enterprise, get_enterprise, get_own_resident
from zhengtong.core.identity.public import Citizen, LegalEntity
from zhengtong.core.papers.public import get_status
from zhengtong.kernel.policy import Actor

BUSINESS_LICENCE = "business-licence"


@dataclass(frozen=True)
class Known:
    """Values by where a field of an item may be prefilled from (``FieldSpec.prefill``), and the sources' names."""

    values: Mapping[str, str]
    enterprise: Enterprise | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def answers(self, definition: ItemDefinition) -> dict[str, str]:
        """Return the answers of the item's form that needn't be typed."""
        return {spec.key: self.values[spec.prefill] for spec in definition.fields() if self.values.get(spec.prefill)}

    def notes(self, definition: ItemDefinition, form: Mapping[str, Any]) -> dict[str, str]:
        """Return, by field, from where an answer that still stands as it was filled in came."""
        return {
            spec.key: self.sources[spec.prefill.partition(".")[0]]
            for spec in definition.fields()
            if self.values.get(spec.prefill) and form.get(spec.key) == self.values[spec.prefill]
        }


def get_citizen(actor: Actor) -> Citizen:
    """Return the person whose matter it is: the citizen behind the account, or the one whom she represents."""
    assert actor.owner_id is not None  # only citizens come here, and each has an account
    return Citizen.objects.get(account_id=actor.owner_id)


def get_handler(actor: Actor) -> Citizen:
    """Return the citizen who sits at the screen."""
    assert actor.account_id is not None
    return Citizen.objects.get(account_id=actor.account_id)


def gather(actor: Actor, *, with_residence: bool = False) -> Known:
    """Return what identity and the registers know about ``actor`` and the enterprise that she acts for.

    ``with_residence`` looks her up in the register of population where her account has no address; each such
    look is in the journal.
    """
    citizen = get_citizen(actor)
    values = {
        "applicant.name": citizen.name,
        "applicant.id_number": citizen.id_number,
        # A ward has no phone of her own: questions go to who applies for her.
        "applicant.phone": citizen.phone or get_handler(actor).phone,
        "applicant.address": citizen.address,
    }
    if with_residence and not citizen.address and (resident := get_own_resident(actor=actor)):
        values["applicant.address"] = resident.household.address
    owner = _("您的账号") if actor.representation is None else _("被代理人的登记信息")
    enterprise = None
    registered = _("账号里登记的企业")
    if actor.legal_entity is not None:
        entity = LegalEntity.objects.get(pk=actor.legal_entity)
        values |= {"enterprise.name": entity.name, "enterprise.credit_code": entity.credit_code}
        enterprise = get_enterprise(entity.credit_code)
    if enterprise is not None:
        registered = _("市场主体登记")
        values |= {
            "enterprise.name": enterprise.name,
            "enterprise.legal_representative": enterprise.representative_name,
            "enterprise.address": enterprise.address,
        }
    return Known(values, enterprise, {"applicant": owner, "enterprise": registered})


def list_reusable(actor: Actor, definition: ItemDefinition, known: Known) -> list[tuple[str, str]]:
    """Return the materials that the platform answers for itself, each with the register that does."""
    wanted = {spec.e_licence for spec in definition.materials if spec.e_licence}
    held = {
        licence.kind: licence.number
        for licence in list_licences(actor).filter(kind__in=wanted)[:50]
        if get_status(licence.paper).is_valid
    }
    found = []
    for spec in definition.materials:
        if spec.e_licence == BUSINESS_LICENCE and known.enterprise is not None and known.enterprise.is_active:
            found.append((spec.key, "市场主体登记"))
        elif spec.e_licence in held:
            found.append((spec.key, f"电子证照 {held[spec.e_licence]}"))
    return found

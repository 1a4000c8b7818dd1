"""What follows from a business licence: the business stands in the register, and is known to later applications."""

from decimal import Decimal

from django.db import transaction

from zhengtong.capabilities.licences.public import Licence
from zhengtong.capabilities.registers.public import Enterprise, EnterpriseKind, get_enterprise, register_enterprise
from zhengtong.kernel.policy import SYSTEM
from zhengtong.sectors.market.domain import EntityKind

LICENCE_KIND = "business-licence"
_KINDS = {EntityKind.SELF_EMPLOYED: EnterpriseKind.SELF_EMPLOYED, EntityKind.LIMITED: EnterpriseKind.LIMITED}


@transaction.atomic(savepoint=False)
def enter_into_register(*, licence: Licence) -> Enterprise | None:
    """Enter the business that ``licence`` was issued to, once; None for a licence of another kind.

    In the granting transaction, and by the platform: whoever decides on a registration needn't keep the register.
    What the form left out (个体工商户 has no capital) stays empty.
    """
    if licence.kind != LICENCE_KIND:
        return None
    if known := get_enterprise(licence.number):
        return known
    case = licence.case
    form = case.form
    kind = EntityKind.labelled(form["entity_kind"])
    return register_enterprise(
        actor=SYSTEM,
        credit_code=licence.number,
        name=form["operator_name"],
        kind=_KINDS[kind],
        representative_name=form["legal_representative"],
        representative_number=form["legal_representative_id"],
        address=form["premises"],
        region=case.office.region,
        established_date=licence.issued_date,
        business_scope=form["business_scope"],
        registrar=licence.organisation,
        registered_capital=Decimal(str(form["registered_capital"])) if kind is EntityKind.LIMITED else None,
    )

"""A part of a bundle (一件事): an ordinary case whose answers and files were given with the bundle's."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from zhengtong.capabilities.cases.calculating import complete
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.models import Case, CaseMaterial, ItemOffice, ItemVersion
from zhengtong.capabilities.cases.services.drafting import number_and_receive
from zhengtong.capabilities.cases.services.gate import refuse_withdrawn
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def file_part(
    *,
    actor: Actor,
    parent: Case,
    version: ItemVersion,
    office: ItemOffice,
    number: str,
    form: Mapping[str, Any],
    reused: Sequence[tuple[str, str]],
    files: Sequence[tuple[str, int]],
) -> Case:
    """File the case that ``office`` handles as a part of the locked ``parent``, whose applicant is its own.

    ``files`` are pairs of material and stored file; ``reused`` as in :func:`start_draft`. The part was applied for with
    its parent: a power that was withdrawn after that day doesn't stop it. Raises PowerWithdrawn.
    """
    refuse_withdrawn(version.pk, timezone.localdate(parent.submitted_at))
    case = Case(
        parent=parent,
        item_version=version,
        item_name=office.item.name,
        office=office,
        organisation=office.organisation,
        channel=parent.channel,
        account_id=parent.account_id,
        legal_entity_id=parent.legal_entity_id,
        applied_by_id=parent.applied_by_id,
        filed_by_id=parent.filed_by_id,
        identity_checked=parent.identity_checked,
        form=complete(get_definition(version.pk), form),
        reused=[list(pair) for pair in reused],
    )
    case.save(force_insert=True)
    CaseMaterial.objects.bulk_create(CaseMaterial(case=case, key=key, file_id=file_id) for key, file_id in files)
    record(actor, "cases.file_part", case, after={"bundle": parent.number, "item": office.item.code})
    definition = get_definition(version.pk)
    number_and_receive(case, actor=actor, definition=definition, cleaned=case.form, number=number)
    return case

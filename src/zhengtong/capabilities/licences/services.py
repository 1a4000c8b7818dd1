"""Issuing licences."""

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.cases.public import Case, CaseDocument, get_rulebook, next_number
from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.capabilities.licences.described import describe_kind
from zhengtong.capabilities.licences.domain import last_valid_day
from zhengtong.capabilities.licences.events import LicenceIssued
from zhengtong.capabilities.licences.models import Licence
from zhengtong.core.audit.public import record
from zhengtong.core.papers.public import issue_paper
from zhengtong.kernel.events import publish
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor


@transaction.atomic(savepoint=False)
def issue_licence(*, actor: Actor, case: Case) -> Licence | None:
    """Issue the licence that a granted ``case`` leads to, in the granting transaction; None when there is none."""
    if not case.item_version.licence_kind:
        return None
    declared = {each.code: each for each in registry.of(LicenceKind)}
    kind = declared.get(case.item_version.licence_kind) or describe_kind(case)
    day = timezone.localdate(case.decided_at)
    valid_until = last_valid_day(day, get_rulebook().term(kind.term, day).years) if kind.term else None
    number = kind.number(case, next_number(f"licence:{kind.code}:{case.office.region.code}"))
    content = kind.content(case, valid_until)
    paper = issue_paper(
        actor=actor,
        kind=kind.paper_kind,
        title=str(kind.title),
        number=number,
        issuer=case.organisation,
        content=content,
        public_facts=kind.facts(content, number),
        issued_at=case.decided_at,
    )
    CaseDocument.objects.create(case=case, paper=paper)
    licence = Licence.objects.create(
        kind=kind.code,
        number=number,
        case=case,
        paper=paper,
        organisation=case.organisation,
        account_id=case.account_id,
        legal_entity_id=case.legal_entity_id,
        holder_name=case.applicant_name,
        holder_number=case.applicant_number,
        issued_date=day,
        valid_until=valid_until,
    )
    record(actor, "licences.issue_licence", licence, after={"number": number, "case": case.number})
    publish(LicenceIssued(actor, licence))
    return licence

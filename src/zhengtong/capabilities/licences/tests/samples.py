"""Licences for the conformance tests."""

from datetime import date

from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.cases.public import Case, Channel, ItemOffice
from zhengtong.capabilities.licences.changing import GROUNDS
from zhengtong.capabilities.licences.models import Licence, Revocation
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.core.papers.public import Paper, suspend_paper


def keep_licence(organisation: Organisation, number: int) -> Licence:
    office = ItemOffice.objects.filter(item__code="food-business-licence").order_by("pk")[0]
    case = Case.objects.create(
        item_version=office.item.versions.latest("number"),
        item_name=office.item.name,
        office=office,
        organisation=organisation,
        channel=Channel.ONLINE,
        applicant_name="澜水面馆",
    )
    paper = Paper.objects.create(
        kind="food.licence",
        title="食品经营许可证",
        number=f"JY2{organisation.pk:06d}{number:07d}",
        issuer=organisation,
        issuer_name=organisation.name,
        issued_at=timezone.now(),
        content={"valid_until": "2099-12-31"},
    )
    return Licence.objects.create(
        kind="food-business-licence",
        number=paper.number,
        case=case,
        paper=paper,
        organisation=organisation,
        holder_name="澜水面馆",
        holder_number="92990102MA00000001",
        issued_date=date(2026, 3, 2),
        valid_until=date(2099, 12, 31),
    )


def propose(licence: Licence) -> Revocation:
    return Revocation.objects.create(
        licence=licence,
        grounds=GROUNDS[4],
        facts="布局图系伪造",
        hearing="未提出申辩",
        proposed_by=Appointment.objects.order_by("pk")[0],
    )


def suspend(licence: Licence) -> None:
    suspend_paper(paper=licence.paper, reason="停业整顿期间")


SAMPLES = {
    "licences.licences": Sample(
        make=keep_licence,
        acts={
            "propose-revocation": lambda licence: {
                "grounds": GROUNDS[4],
                "facts": "提交的布局图系伪造",
                "hearing": "已告知，未提出陈述、申辩",
            },
            "decide-revocation": lambda licence: {"is_approved": "no", "opinion": "证据不足"},
            "suspend-licence": lambda _licence: {"reason": "停业整顿期间"},
            "resume-licence": lambda _licence: {"reason": "整改完毕"},
        },
        before={"decide-revocation": propose, "resume-licence": suspend},
    )
}

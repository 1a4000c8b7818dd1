"""Rows of the registers of seals for the conformance tests: bare ones, without keys or certificates."""

from datetime import date, timedelta

from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.seals.domain import canonical
from zhengtong.capabilities.seals.models import (
    LedgerRow,
    OutsideSystem,
    Seal,
    SealedCopy,
    SealRule,
    SealUse,
    StandingAuthorisation,
)
from zhengtong.core.audit.public import sm3
from zhengtong.core.files.public import StoredFile
from zhengtong.core.identity.public import Appointment, Organisation


def _somebody() -> Appointment:
    return Appointment.objects.order_by("id")[0]


def make_bare_seal(organisation: Organisation, n: int) -> Seal:
    return Seal.objects.create(
        code=f"{organisation.pk:06d}{n:07d}"[-13:],
        kind="special",
        name=f"第{n}枚专用章",
        text="安澜市水务局",
        line="专用章",
        shape="round",
        width_mm=42,
        height_mm=42,
        organisation=organisation,
        state="active",
    )


def make_row(organisation: Organisation, n: int) -> LedgerRow:
    seal = make_bare_seal(organisation, n)
    digest = sm3(f"{organisation.pk}-{n}".encode())
    file = StoredFile.objects.create(sha256=digest, size=1, content_type="application/pdf", name="通知.pdf")
    use = SealUse.objects.create(
        number=f"YY2026{organisation.pk % 100:02d}{n:04d}",
        seal=seal,
        organisation=organisation,
        title=f"第{n}号通知",
        reason="印发",
        file=file,
        sha256=digest,
        pages=1,
        places=[[1, 10.0, 10.0]],
        state="sealed",
        asked_at=timezone.now(),
    )
    copy = SealedCopy.objects.create(use=use, copy=1, render="pdf", state="sealed", file=file, sha256=digest)
    content = {"number": 1, "title": use.title, "sha256_before": digest, "sha256_after": digest}
    return LedgerRow.objects.create(
        seal=seal,
        number=1,
        copy=copy,
        organisation=organisation,
        at=timezone.now(),
        title=use.title,
        sha256_before=digest,
        sha256_after=digest,
        content=content,
        digest=sm3(canonical(content)),
    )


def make_authorisation(organisation: Organisation, n: int) -> StandingAuthorisation:
    today = timezone.localdate()
    return StandingAuthorisation.objects.create(
        seal=make_bare_seal(organisation, n + 5000),
        organisation=organisation,
        document_kind=f"kind-{n}",
        valid_from=today,
        valid_until=today + timedelta(days=30),
        daily_ceiling=10,
        total_ceiling=100,
        reason="量大",
        granted_by=_somebody(),
        granted_at=timezone.now(),
    )


def make_system(organisation: Organisation, n: int) -> OutsideSystem:
    return OutsideSystem.objects.create(
        name=f"系统{n}",
        organisation=organisation,
        owner=_somebody(),
        token_sha256=sm3(f"{organisation.pk}:{n}".encode()),
        token_begins="zts_abcd",
    )


def make_rule(organisation: Organisation, n: int) -> SealRule:
    return SealRule.objects.create(
        key="days.review", value=3, valid_from=date(2030, 1, 1) + timedelta(days=n), basis="印章管理规定"
    )


SAMPLES = {
    "seals.ledger": Sample(make=make_row),
    "seals.authorisations": Sample(
        make=make_authorisation, acts={"revoke-authorisation": lambda row: {"reason": "不再需要"}}
    ),
    "seals.systems": Sample(make=make_system, acts={"end-system": lambda row: {"reason": "系统下线"}}),
    "seals.rules": Sample(
        make=make_rule,
        create=lambda organisation: {
            "key": "days.review",
            "value": "5",
            "valid_from": "2029-01-01",
            "basis": "印章管理规定第六条",
        },
    ),
}

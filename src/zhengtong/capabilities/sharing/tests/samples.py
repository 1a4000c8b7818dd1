"""Departments with resources, requests and runs, made directly; rows of the registers for the conformance tests."""

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.catalogue.public import Classification, Resource, ResourceVersion
from zhengtong.capabilities.contracts.public import Contract, DataRequest
from zhengtong.capabilities.exchange.public import Run
from zhengtong.capabilities.sharing.models import CycleAllowance, Rectification, SharingTarget
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation

_numbers = itertools.count(1)


def make_resource(
    provider: Organisation,
    *,
    cycle: str = "daily",
    published_on: date,
    drifts: int = 0,
    share_type: str = "unconditional",
) -> Resource:
    number = next(_numbers)
    branch, _made = Classification.objects.get_or_create(code="9T", defaults={"name": "试验"})
    said = {"name": f"资源{number}", "classification": branch, "share_type": share_type, "update_cycle": cycle}
    resource = Resource.objects.create(
        code=f"9T/{number:06d}", provider=provider, state="published", published_on=published_on, drifts=drifts, **said
    )
    version = ResourceVersion.objects.create(resource=resource, number=1, status="published", abstract="试验用", **said)
    resource.current = version
    resource.save(update_fields=["current"])
    return resource


def make_request(
    resource: Resource,
    consumer: Organisation,
    *,
    state: str,
    submitted: datetime,
    due: datetime,
    decided: datetime | None = None,
) -> DataRequest:
    assert resource.current is not None
    request = DataRequest.objects.create(
        number=f"T{next(_numbers)}",
        resource=resource,
        version=resource.current,
        organisation=consumer,
        provider=resource.provider,
        mode="snapshot",
        purpose="核验",
        legal_basis="试验",
        valid_until=date(2030, 1, 1),
        state=state,
        due_at=due,
        submitted_at=submitted,
        decided_at=decided,
    )
    return request


def make_run(request: DataRequest, *, state: str, ended: datetime, read: int = 0, held: int = 0) -> Run:
    number = next(_numbers)
    source, _made = Source.objects.get_or_create(
        code="sharing-test", defaults={"name": "库", "organisation": request.provider, "kind": "postgresql"}
    )
    contract, _made = Contract.objects.get_or_create(
        request=request,
        defaults={
            "number": f"C{number}",
            "resource": request.resource,
            "version": request.version,
            "provider": request.provider,
            "consumer": request.organisation,
            "mode": "snapshot",
            "content": {},
            "digest": "0" * 64,
            "source": source,
            "valid_from": date(2020, 1, 1),
            "valid_until": date(2030, 1, 1),
        },
    )
    return Run.objects.create(
        contract=contract,
        window=str(number),
        trigger="test",
        state=state,
        rows_read=read,
        rows_held=held,
        rows_staged=read - held,
        bytes_moved=read * 100,
        ended_at=ended,
    )


def make_rectification(organisation: Organisation, number: int) -> Rectification:
    now = timezone.now()
    return Rectification.objects.create(
        number=f"GXZG20250{number:04d}",
        organisation=organisation,
        measure="timely_rate",
        month=date(2000, 1, 1) + timedelta(days=31 * number),
        found="两项资源超过更新周期",
        required="更新数据",
        days=5,
        due_at=now + timedelta(days=7),
        issued_at=now,
    )


def make_target(organisation: Organisation, number: int) -> SharingTarget:
    return SharingTarget.objects.create(
        measure="sharing_rate",
        percent=80,
        weight=40,
        source="本级规定",
        effective_from=date(1990, 1, 1) + timedelta(days=number),
        effective_to=date(1990, 1, 1) + timedelta(days=number),
    )


def make_allowance(organisation: Organisation, number: int) -> CycleAllowance:
    return CycleAllowance.objects.create(cycle=f"c{number}", days=number + 1)


def _answered(row: Rectification) -> None:
    Rectification.objects.filter(pk=row.pk).update(state="answered", answer="已更新")


def _a_rectification(organisation: Organisation) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "measure": "quality",
        "month": "2026-10-01",
        "found": "不合格的行过多",
        "required": "在源头更正",
        "days": "5",
    }


SAMPLES = {
    "sharing.rectifications": Sample(
        make_rectification,
        create=_a_rectification,
        acts={
            "answer-rectification": lambda _row: {"answer": "已全部更新"},
            "accept-rectification": lambda _row: {"opinion": ""},
            "return-rectification": lambda _row: {"opinion": "还有一项没有更新", "days": "3"},
            "withdraw-rectification": lambda _row: {"opinion": "统计口径有误"},
        },
        before={"accept-rectification": _answered, "return-rectification": _answered},
    ),
    "sharing.targets": Sample(
        make_target,
        create=lambda _organisation: {
            "measure": "sharing_rate",
            "percent": "85",
            "weight": "40",
            "source": "本市工作方案",
            "article": "一",
            "effective_from": "2027-01-01",
        },
        acts={"verify-target": lambda _row: {}},
    ),
    "sharing.allowances": Sample(make_allowance, amend=lambda _row: {"days": "9"}),
}

"""Departments with resources, requests and runs, made directly: what is counted, not how it came about."""

import itertools
from datetime import date, datetime

from zhengtong.capabilities.catalogue.public import Classification, Resource, ResourceVersion
from zhengtong.capabilities.contracts.public import Contract, DataRequest
from zhengtong.capabilities.exchange.public import Run
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

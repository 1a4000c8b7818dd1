"""Contracts, runs and held rows made directly, for the tests of the exchange and its desk."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.catalogue.public import Classification, Resource, ResourceVersion
from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractField, DataRequest, Mode
from zhengtong.capabilities.exchange.models import HeldRow, Run, RunState, TicketLimit
from zhengtong.capabilities.sources.public import Column, ColumnKind, Condition, Source, SourceKind
from zhengtong.core.identity.public import Organisation

_numbers = count(1)
COLUMNS = (
    Column("id", ColumnKind.INTEGER, is_nullable=False, is_key=True),
    Column("name", ColumnKind.TEXT, length=100),
    Column("born", ColumnKind.DATE),
    Column("story", ColumnKind.TEXT),
)


def make_source(organisation: Organisation, **values: Any) -> Source:
    n = next(_numbers)
    defaults: dict[str, Any] = {
        "code": f"src-{n}",
        "name": f"业务库{n}",
        "kind": SourceKind.POSTGRESQL,
        "settings": {"host": "/nowhere", "database": "none"},
        "secrets": {},
        "is_writable": True,
    }
    return Source.objects.create(organisation=organisation, **{**defaults, **values})


def make_contract(provider: Organisation, consumer: Organisation, **values: Any) -> Contract:
    """Make an effective contract; ``schedule``, ``conditions``, ``columns`` and their ``rules``, ``place`` go into
    its content, in which ``content`` replaces what it names."""
    n, today = next(_numbers), timezone.localdate()
    other: dict[str, Any] = values.pop("content", {})
    schedule = values.pop("schedule", "")
    working_days_only = values.pop("working_days_only", False)
    conditions: tuple[Condition, ...] = values.pop("conditions", ())
    columns: tuple[Column, ...] = values.pop("columns", COLUMNS)
    rules: dict[str, Any] = values.pop("rules", {})
    place, mode = values.pop("place", "people"), values.pop("mode", Mode.SNAPSHOT)
    source, target = values.pop("source", None) or make_source(provider), values.pop("target", None)
    target = target or make_source(consumer)
    dates = {"valid_from": today - timedelta(days=30), "valid_until": today + timedelta(days=300)} | values
    group, _made = Classification.objects.get_or_create(code="0", defaults={"name": "基础"})
    resource = Resource.objects.create(
        code=f"0/{n}",
        name=f"人口信息{n}",
        provider=provider,
        classification=group,
        share_type="conditional",
        update_cycle="daily",
    )
    version = ResourceVersion.objects.create(
        resource=resource,
        number=1,
        name=resource.name,
        abstract="基本信息",
        classification=group,
        share_type="conditional",
        update_cycle="daily",
    )
    request = DataRequest.objects.create(
        number=f"SQ{n:08d}",
        resource=resource,
        version=version,
        organisation=consumer,
        provider=provider,
        mode=mode,
        purpose="核对",
        legal_basis="条例",
        valid_until=dates["valid_until"],
    )
    content = ContractContent(
        number=f"HY-2026-{n:06d}",
        resource=resource.code,
        version=1,
        provider=provider.name,
        consumer=consumer.name,
        purpose="核对",
        matter="",
        legal_basis="条例",
        mode=mode,
        fields=tuple(ContractField(each.name, each, rule=rules.get(each.name)) for each in columns),
        key=tuple(column.name for column in columns if column.is_key),
        conditions=conditions,
        source=source.code,
        place=place,
        watermark="",
        target=target.code,
        target_table="people_landed",
        schedule=schedule,
        working_days_only=working_days_only,
        most_rejected=0.1,
        most_deleted=1.0,
        calls_a_day=0,
        rows_a_call=0,
        valid_from=dates["valid_from"].isoformat(),
        valid_until=dates["valid_until"].isoformat(),
    )
    return Contract.objects.create(
        number=content.number,
        request=request,
        resource=resource,
        version=version,
        provider=provider,
        consumer=consumer,
        mode=mode,
        content=content.to_json() | other,
        digest=f"{n:064x}"[::-1],
        source=source,
        target=target,
        **dates,
    )


def make_run(contract: Contract, **values: Any) -> Run:
    n = next(_numbers)
    given: dict[str, Any] = {"window": f"w{n}", "trigger": "hand", "state": RunState.DONE, **values}
    if given["state"] not in ("waiting", "running", "paused"):
        given.setdefault("ended_at", timezone.now())
    return Run.objects.create(contract=contract, **given)


def make_held(run: Run, n: int = 1, **values: Any) -> HeldRow:
    given: dict[str, Any] = {
        "key_text": f"{n:03d}***",
        "key_digest": f"{n:064d}",
        "column": "born",
        "rule": "date",
        "original": {"id": n, "name": "王晓岚", "born": "1990-02-31"},
        **values,
    }
    return HeldRow.objects.create(run=run, contract=run.contract, **given)


def _held_of(organisation: Organisation, n: int) -> HeldRow:
    other = Organisation.objects.exclude(pk=organisation.pk).order_by("id")[0]
    return make_held(make_run(make_contract(organisation, other)), n)


SAMPLES = {
    "exchange.held": Sample(make=_held_of),
    "exchange.ticket-limits": Sample(
        make=lambda _organisation, n: TicketLimit.objects.create(
            days=5, source="管理办法", effective_from=date(2030, 1, 1) + timedelta(days=n)
        ),
        create=lambda _organisation: {
            "days": "8",
            "source": "管理办法",
            "article": "第三条",
            "effective_from": "2029-01-01",
        },
    ),
}

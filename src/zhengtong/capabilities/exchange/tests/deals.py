"""A contract for the tests, made directly: two organisations, their sources, the request, and what was agreed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from zhengtong.capabilities.catalogue.public import Classification, Resource, ResourceVersion
from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractField, DataRequest
from zhengtong.capabilities.exchange.tests.places import GIVER, TAKER, settings_of
from zhengtong.capabilities.sources.public import Column, ColumnKind, Source
from zhengtong.core.audit.public import canonical, sm3
from zhengtong.core.identity.public import Organisation, Region

TABLE = """
CREATE TABLE giver.people (
    id bigint PRIMARY KEY, number varchar(18), name varchar(50) NOT NULL, note text, born date,
    capital numeric(18,2), is_active boolean, changed_at timestamptz NOT NULL
)
"""
FIELDS = (
    ContractField("id", Column("id", ColumnKind.INTEGER, is_nullable=False, is_key=True)),
    ContractField("number", Column("number", ColumnKind.TEXT, 18), rule={"check": "GB11643"}),
    ContractField("name", Column("full_name", ColumnKind.TEXT, 50, is_nullable=False)),
    ContractField("note", Column("note", ColumnKind.TEXT, 100)),
    ContractField("born", Column("born", ColumnKind.DATE)),
    ContractField("capital", Column("capital", ColumnKind.DECIMAL, precision=18, scale=2)),
    ContractField("is_active", Column("is_active", ColumnKind.BOOLEAN)),
    ContractField("changed_at", Column("changed_at", ColumnKind.DATETIME, has_zone=True)),
)
GOOD_NUMBER = "11010519491231002X"


def make_sources(database: str) -> tuple[Source, Source]:
    region, _made = Region.objects.get_or_create(
        code="990100", defaults={"name": "安澜市", "level": "city", "path": "9901"}
    )
    organisation, _made = Organisation.objects.get_or_create(
        name="安澜市公安局", defaults={"short_name": "公安局", "kind": "department", "region": region, "path": "9901"}
    )
    made = []
    for side in (GIVER, TAKER):
        settings, secrets = settings_of(database, side)
        made.append(
            Source.objects.create(
                code=side,
                name=side,
                organisation=organisation,
                kind="postgresql",
                settings=settings,
                secrets=secrets,
                is_writable=side == TAKER,
            )
        )
    return made[0], made[1]


def make_contract(giver: Source, taker: Source, number: str = "HY2026000001", **changes: Any) -> Contract:
    """Return an effective contract; ``changes`` are of its content."""
    today, provider = timezone.localdate(), giver.organisation
    kind, _made = Classification.objects.get_or_create(code="3", defaults={"name": "部门资源"})
    resource, _made = Resource.objects.get_or_create(
        code="3/0001",
        defaults={
            "name": "人员信息",
            "provider": provider,
            "classification": kind,
            "share_type": "conditional",
            "update_cycle": "daily",
        },
    )
    version, _made = ResourceVersion.objects.get_or_create(
        resource=resource,
        number=1,
        defaults={
            "name": "人员信息",
            "abstract": "测试",
            "classification": kind,
            "share_type": "conditional",
            "update_cycle": "daily",
        },
    )
    content = replace(
        ContractContent(
            number=number,
            resource=resource.code,
            version=1,
            provider=provider.name,
            consumer=provider.name,
            purpose="核验身份",
            matter="办理证照",
            legal_basis="政务数据共享条例",
            mode="snapshot",
            fields=FIELDS,
            key=("id",),
            conditions=(),
            source=giver.code,
            place="people",
            watermark="changed_at",
            target=taker.code,
            target_table="people",
            schedule="",
            working_days_only=False,
            most_rejected=0.5,
            most_deleted=0.5,
            calls_a_day=0,
            rows_a_call=0,
            valid_from=(today - timedelta(days=1)).isoformat(),
            valid_until=(today + timedelta(days=300)).isoformat(),
        ),
        **changes,
    )
    request = DataRequest.objects.create(
        number=f"SQ{number[2:]}",
        resource=resource,
        version=version,
        organisation=provider,
        provider=provider,
        mode=content.mode,
        purpose=content.purpose,
        legal_basis=content.legal_basis,
        target=taker,
        target_table=content.target_table,
        valid_until=date.fromisoformat(content.valid_until),
        state="granted",
    )
    return Contract.objects.create(
        number=number,
        request=request,
        resource=resource,
        version=version,
        provider=provider,
        consumer=provider,
        mode=content.mode,
        content=content.to_json(),
        digest=sm3(canonical(content.to_json())),
        source=giver,
        target=taker,
        valid_from=date.fromisoformat(content.valid_from),
        valid_until=date.fromisoformat(content.valid_until),
    )

"""A service with all that it takes: a resource, a source, a contract, a member with its key; and how it is called."""

import json
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from zhengtong.capabilities.catalogue.public import Classification, Resource, ResourceVersion
from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractField, DataRequest, Mode
from zhengtong.capabilities.interfaces.models import Member, MemberKey, Service
from zhengtong.capabilities.sources.public import Column, ColumnKind, Source
from zhengtong.core.audit.public import sm3
from zhengtong.core.identity.public import Organisation
from zhengtong_client import envelope as envelopes
from zhengtong_client.keys import PrivateKey

# Rows of a benchmark stay from run to run, so numbers go on from the clock.
_numbers = count(time.time_ns() // 1_000_000 % 10**11)
FIELDS = (
    ContractField("idno", Column("number", ColumnKind.TEXT, length=18, is_key=True, is_nullable=False), "number"),
    ContractField("xm", Column("name", ColumnKind.TEXT, length=40), "name"),
    ContractField("dh", Column("phone", ColumnKind.TEXT, length=20), "phone"),
    ContractField("nl", Column("age", ColumnKind.INTEGER), "none", {"least": 0, "most": 130}),
    ContractField("je", Column("amount", ColumnKind.DECIMAL, precision=12, scale=2)),
)


def make_resource(organisation: Organisation, n: int | None = None) -> Resource:
    number = n or next(_numbers)
    classification, _made = Classification.objects.get_or_create(code="301", defaults={"name": "社会保障"})
    shared: dict[str, Any] = {
        "name": f"参保人员信息{number}",
        "abstract": "参保人员的基本信息",
        "classification": classification,
        "share_type": "conditional",
        "update_cycle": "daily",
    }
    resource = Resource.objects.create(
        code=f"301/{organisation.pk}-{number}", provider=organisation, state="published", **shared
    )
    version = ResourceVersion.objects.create(
        resource=resource, number=1, status="published", published_at=timezone.now(), **shared
    )
    Resource.objects.filter(pk=resource.pk).update(current=version)
    resource.refresh_from_db()
    return resource


def make_source(organisation: Organisation, kind: str, settings: dict[str, Any], secrets: dict[str, Any]) -> Source:
    number = next(_numbers)
    return Source.objects.create(
        code=f"source-{organisation.pk}-{number}",
        name=f"社保库{organisation.pk}-{number}",
        organisation=organisation,
        kind=kind,
        settings=settings,
        secrets=secrets,
    )


def make_contract(resource: Resource, consumer: Organisation, source: Source, **changes: Any) -> Contract:
    number = f"HT-{next(_numbers)}"
    assert resource.current is not None
    today = date.today()
    terms: dict[str, Any] = {
        "number": number,
        "resource": resource.code,
        "version": 1,
        "provider": str(resource.provider_id),
        "consumer": str(consumer.pk),
        "purpose": "核验参保状态",
        "matter": "食品经营许可",
        "legal_basis": "社会保险法",
        "mode": "interface",
        "fields": FIELDS,
        "key": ("number",),
        "conditions": (),
        "source": source.code,
        "place": "people",
        "watermark": "",
        "target": "",
        "target_table": "",
        "schedule": "",
        "working_days_only": False,
        "most_rejected": 1.0,
        "most_deleted": 1.0,
        "calls_a_day": 0,
        "rows_a_call": 100,
        "valid_from": str(today - timedelta(days=1)),
        "valid_until": str(today + timedelta(days=30)),
    }
    content = ContractContent(**terms | changes)
    stored = content.to_json()
    request = DataRequest.objects.create(
        number=f"SQ-{number}",
        resource=resource,
        version=resource.current,
        organisation=consumer,
        provider=resource.provider,
        mode=Mode.INTERFACE,
        purpose="核验参保状态",
        legal_basis="社会保险法",
        valid_until=today + timedelta(days=30),
        state="granted",
    )
    return Contract.objects.create(
        number=number,
        request=request,
        resource=resource,
        version=resource.current,
        provider=resource.provider,
        consumer=consumer,
        mode=Mode.INTERFACE,
        content=stored,
        digest=sm3(json.dumps(stored, sort_keys=True).encode()),
        source=source,
        valid_from=content.valid_from,
        valid_until=content.valid_until,
    )


def make_member(organisation: Organisation, key: PrivateKey | None = None) -> tuple[Member, PrivateKey]:
    number, own = next(_numbers), key or PrivateKey.generate()
    member = Member.objects.create(
        code=f"system-{organisation.pk}-{number}", name=f"审批系统{number}", organisation=organisation
    )
    MemberKey.objects.create(member=member, key_id=own.key_id, algorithm="ed25519", spki=own.spki)
    return member, own


@dataclass
class Office:
    """``call`` asks as the member would; ``change`` rewrites a part of the envelope before it is signed."""

    service: Service
    contract: Contract
    member: Member
    key: PrivateKey
    browser: Browser = field(default_factory=lambda: Browser(raise_request_exception=False))

    @property
    def path(self) -> str:
        return f"/exchange/v1/services/{self.service.code}/call"

    def seal(self, body: bytes, *, at: Any = None, **change: Any) -> tuple[dict[str, str], envelopes.Envelope]:
        envelope = envelopes.build(
            sender=self.member.code,
            recipient=self.service.code,
            contract=self.contract.number,
            purpose="核验参保状态",
            body=body,
            key=self.key.key_id,
            at=at,
        )
        envelope = replace(envelope, **change)
        return envelopes.to_headers(envelope, self.key.sign(envelope.canonical())), envelope

    def send(self, body: bytes, headers: dict[str, str]) -> Any:
        return self.browser.post(self.path, body, content_type="application/json", headers=headers)

    def call(self, asked: Any = None, *, at: Any = None, **change: Any) -> Any:
        body = json.dumps({"parameters": {}} if asked is None else asked).encode()
        return self.send(body, self.seal(body, at=at, **change)[0])


def open_office(provider: Organisation, consumer: Organisation, address: str, **changes: Any) -> Office:
    """Publish a service that passes calls on to ``address``, with a contract for ``consumer``."""
    resource = make_resource(provider)
    source = make_source(provider, "http", {"address": address}, {"token": "t0ken"})
    service = Service.objects.create(
        code=f"insured-{next(_numbers)}",
        name="参保状态核验",
        resource=resource,
        provider=provider,
        kind="passed_on",
        source=source,
        place="people",
        parameters=["idno", "page"],
        rows_at="data.items",
        timeout_ms=2000,
    )
    member, key = make_member(consumer)
    return Office(service, make_contract(resource, consumer, source, **changes), member, key)


def open_table_office(provider: Organisation, consumer: Organisation, table: str, **changes: Any) -> Office:
    """Publish a service that the platform answers from ``table`` of this very database."""
    parameters = connection.get_connection_params()
    settings = {
        name: parameters[own]
        for name, own in (("host", "host"), ("port", "port"), ("database", "dbname"), ("user", "user"))
        if parameters.get(own)
    }
    secrets = {"password": parameters["password"]} if parameters.get("password") else {}
    resource = make_resource(provider)
    source = make_source(provider, "postgresql", settings, secrets)
    service = Service.objects.create(
        code=f"insured-{next(_numbers)}",
        name="参保人员查询",
        resource=resource,
        provider=provider,
        kind="table",
        source=source,
        place=table,
    )
    member, key = make_member(consumer)
    return Office(service, make_contract(resource, consumer, source, **changes), member, key)


def problem_of(answer: Any) -> tuple[int, str]:
    """Return status and code of a refusal, having looked at what every refusal says."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    told = json.loads(answer.content)
    assert told["status"] == answer.status_code
    assert told["type"] == f"/problems/{told['code']}"
    assert told["title"]
    assert told["next_step"]
    return answer.status_code, told["code"]

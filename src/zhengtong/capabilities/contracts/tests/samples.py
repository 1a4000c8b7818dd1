"""What contracts lend to the conformance tests: a request, a contract, a rule and a reason of any organisation."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.contracts.compiling import compile_contract, digest_of, find_mount
from zhengtong.capabilities.contracts.models import Contract, DataRequest, Mode, RefusalReason, RuleKey, ShareRule
from zhengtong.capabilities.contracts.starting_rows import load
from zhengtong.capabilities.contracts.tests.offices import ASKED, make_organisation, make_resource, make_source
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM

SINCE = date(2026, 1, 1)


def make_request(organisation: Organisation, n: int) -> DataRequest:
    """Return a submitted request of an organisation to a provider of its own."""
    provider = make_organisation(f"提供单位{n}", organisation.region)
    resource = make_resource(provider, make_source(provider), name=f"企业登记信息{n}")
    assert resource.current is not None  # it is published
    return DataRequest.objects.create(
        number=f"GXSQ2026{organisation.pk:04d}{n:06d}",
        resource=resource,
        version=resource.current,
        organisation=organisation,
        provider=provider,
        mode=Mode.SNAPSHOT,
        purpose="核对登记信息",
        legal_basis="食品安全法第三十五条",
        terms=ASKED.to_json(),
        target=make_source(organisation, writable=True),
        target_table="shared.enterprise",
        valid_until=timezone.localdate() + timedelta(days=100),
        state="compliance",
        days_left={"compliance": 2},
        submitted_at=timezone.now(),
    )


def make_contract(organisation: Organisation, n: int) -> Contract:
    """Return a contract that an organisation receives by."""
    load(actor=SYSTEM)
    request, today = make_request(organisation, n), timezone.localdate()
    number = f"GXHY2026{organisation.pk:04d}{n:06d}"
    content = compile_contract(request, number=number, masks={}, today=today)
    DataRequest.objects.filter(pk=request.pk).update(state="granted")
    return Contract.objects.create(
        number=number,
        request=request,
        resource=request.resource,
        version=request.version,
        provider=request.provider,
        consumer=organisation,
        mode=request.mode,
        content=content.to_json(),
        digest=digest_of(content),
        source=find_mount(request.resource, Mode.SNAPSHOT).source,
        target=request.target,
        valid_from=today,
        valid_until=request.valid_until,
    )


def _forget_contract(row: Contract) -> None:
    """Remove what the database doesn't let anybody remove: for a test that asks whether it is then gone."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contracts_contract DISABLE TRIGGER contracts_frozen")
        cursor.execute("DELETE FROM contracts_contract WHERE id = %s", [row.pk])
        cursor.execute("ALTER TABLE contracts_contract ENABLE TRIGGER contracts_frozen")


def make_rule(_organisation: Organisation, n: int) -> ShareRule:
    return ShareRule.objects.create(
        key=RuleKey.PROVIDER_DAYS, value=10, source="政务数据共享条例", effective_from=SINCE + timedelta(days=n)
    )


def make_reason(_organisation: Organisation, n: int) -> RefusalReason:
    return RefusalReason.objects.create(
        code=f"reason-{n}", title=f"理由{n}", source="政务数据共享条例", effective_from=SINCE
    )


def _typed_rule(_organisation: Organisation) -> dict[str, Any]:
    return {
        "key": RuleKey.COMPLIANCE_DAYS.value,
        "value": 3,
        "source": "市政府令",
        "article": "第十条",
        "effective_from": "2030-01-01",
    }


def _typed_reason(_organisation: Organisation) -> dict[str, Any]:
    return {
        "code": "other-law",
        "title": "其他法律规定",
        "source": "保守国家秘密法",
        "article": "第一条",
        "effective_from": "2030-01-01",
    }


def _end(_row: RefusalReason) -> dict[str, Any]:
    return {"effective_to": (timezone.localdate() + timedelta(days=1)).isoformat()}


SAMPLES = {
    "contracts.requests": Sample(make_request),
    "contracts.contracts": Sample(make_contract, forget=_forget_contract),
    "contracts.rules": Sample(make_rule, create=_typed_rule, acts={"verify-rule": lambda row: {}}),
    "contracts.refusal-reasons": Sample(
        make_reason, create=_typed_reason, acts={"end-reason": _end, "verify-reason": lambda row: {}}
    ),
}

"""What the interface path lends to the conformance tests: a row of each register."""

from datetime import date
from typing import Any

from tests.conformance.samples import Sample
from zhengtong.capabilities.interfaces.models import (
    Change,
    InterfaceRule,
    Member,
    MemberKey,
    RuleKey,
    Service,
    Subscription,
)
from zhengtong.capabilities.interfaces.tests.office import make_contract, make_resource, make_source
from zhengtong.core.identity.public import Organisation
from zhengtong_client.keys import PrivateKey


def make_member(organisation: Organisation, n: int) -> Member:
    return Member.objects.create(code=f"system-{organisation.pk}-{n}", name=f"第{n}号系统", organisation=organisation)


def make_key(organisation: Organisation, n: int) -> MemberKey:
    key = PrivateKey.generate()
    member = make_member(organisation, n + 50_000)
    return MemberKey.objects.create(member=member, key_id=key.key_id, algorithm="ed25519", spki=key.spki)


def make_service(organisation: Organisation, n: int) -> Service:
    return Service.objects.create(
        code=f"service-{organisation.pk}-{n}",
        name=f"第{n}号服务",
        resource=make_resource(organisation),
        provider=organisation,
        kind="passed_on",
        source=make_source(organisation, "http", {"address": "https://example.com"}, {}),
        place="people",
    )


def make_subscription(organisation: Organisation, n: int) -> Subscription:
    return Subscription.objects.create(
        code=f"dy{organisation.pk}-{n}",
        member=make_member(organisation, n + 60_000),
        resource=make_resource(organisation),
        way="pull",
        last=1,
    )


def make_change(organisation: Organisation, n: int) -> Change:
    subscription = make_subscription(organisation, n + 10_000)
    return Change.objects.create(subscription=subscription, sequence=1, kind="data.arrived", content={})


def make_rule(organisation: Organisation, n: int) -> InterfaceRule:
    # A rule is the whole platform's: its days tell rows of the sample apart.
    day = date.fromordinal(date(1900, 1, 1).toordinal() + n + 5000 * (organisation.pk % 5))
    return InterfaceRule.objects.create(key=RuleKey.KEEP_DAYS, value=200, valid_from=day, basis="平台规定")


def _subscribable(organisation: Organisation) -> dict[str, Any]:
    resource = make_resource(organisation)
    make_contract(resource, organisation, make_source(organisation, "http", {"address": "https://example.com"}, {}))
    return {"member": make_member(organisation, 70_000), "resource": resource.code, "way": "pull", "address": ""}


def _publishable(organisation: Organisation) -> dict[str, Any]:
    source = make_source(organisation, "http", {"address": "https://example.com"}, {})
    return {
        "code": "new-service",
        "name": "新服务",
        "resource": make_resource(organisation).code,
        "kind": "passed_on",
        "source": source.code,
        "place": "people",
        "method": "GET",
        "parameters": "idno",
        "rows_at": "",
        "timeout_ms": "1000",
        "calls_a_minute": "100",
        "note": "",
    }


SAMPLES = {
    "interfaces.members": Sample(
        make=make_member,
        create=lambda organisation: {
            "organisation": organisation,
            "code": "new-system",
            "name": "新系统",
            "contact": "张三 0571-1234",
            "public_key": PrivateKey.generate().public_pem,
        },
        acts={
            "add-key": lambda row: {"public_key": PrivateKey.generate().public_pem},
            "suspend-member": lambda row: {"reason": "系统下线"},
            "resume-member": lambda row: {},
        },
        before={"resume-member": lambda row: Member.objects.filter(pk=row.pk).update(state="suspended")},
    ),
    "interfaces.keys": Sample(make=make_key, acts={"end-key": lambda row: {"reason": "私钥丢失"}}),
    "interfaces.services": Sample(
        make=make_service,
        create=_publishable,
        amend=lambda row: {"name": "改名的服务"},
        acts={"stop-service": lambda row: {"reason": "系统升级"}, "resume-service": lambda row: {}},
        before={"resume-service": lambda row: Service.objects.filter(pk=row.pk).update(state="stopped")},
    ),
    "interfaces.subscriptions": Sample(
        make=make_subscription, create=_subscribable, acts={"unsubscribe": lambda row: {"reason": "不再需要"}}
    ),
    "interfaces.changes": Sample(
        make=make_change,
        acts={"replay-change": lambda row: {}},
        before={"replay-change": lambda row: Change.objects.filter(pk=row.pk).update(state="dead")},
    ),
    "interfaces.rules": Sample(
        make=make_rule,
        create=lambda organisation: {
            "key": "skew_seconds",
            "value": "200",
            "valid_from": "2027-01-01",
            "basis": "平台规定",
        },
    ),
}

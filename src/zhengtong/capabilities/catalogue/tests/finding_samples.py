"""Published entries, sources and demands for the tests of finding."""

from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.catalogue.models import (
    Classification,
    Demand,
    Field,
    Mount,
    Resource,
    ResourceState,
    ResourceVersion,
    Responsibility,
    Synonym,
    VersionStatus,
)
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation, make_credit_code
from zhengtong.kernel.policy import Actor, ActorKind, Grant

TABLE = "shared_licences"


def actor_in(organisation: Organisation, *permissions: str, clearance: int = 10) -> Actor:
    """Return somebody of the staff who may do these here, and nothing elsewhere."""
    grant = Grant("sample", frozenset(permissions), frozenset({organisation.pk}))
    return Actor(kind=ActorKind.STAFF, name="王晓", organisation=organisation.pk, grants=(grant,), clearance=clearance)


def classify(code: str = "101001", name: str = "户籍和身份", parent: Classification | None = None) -> Classification:
    return Classification.objects.get_or_create(code=code, defaults={"name": name, "parent": parent})[0]


def enter(
    provider: Organisation,
    number: int,
    name: str,
    *,
    fields: tuple[str, ...] = ("统一社会信用代码", "企业名称"),
    state: str = ResourceState.PUBLISHED,
    **said: Any,
) -> Resource:
    """Make an entry with one published version."""
    node = said.pop("classification", None) or classify()
    head = {
        "name": name,
        "abstract": f"{name}的摘要。",
        "classification": node,
        "share_type": "conditional",
        "open_type": "closed",
        "update_cycle": "daily",
        **said,
    }
    resource = Resource.objects.create(
        code=f"{node.code}/{number:06d}",
        provider=provider,
        state=state,
        published_on=date(2026, 1, 1 + number % 28),
        **{key: value for key, value in head.items() if key not in ("data_format", "withheld_basis")},
    )
    version = ResourceVersion.objects.create(
        resource=resource, number=1, status=VersionStatus.DRAFT, published_at=timezone.now(), **head
    )
    Field.objects.bulk_create(
        Field(version=version, position=at, code=f"f{at}", name=each, column=f"f{at}", kind="text")
        for at, each in enumerate(fields, 1)
    )
    publish_now(resource, version)
    return resource


def publish_now(resource: Resource, version: ResourceVersion) -> None:
    ResourceVersion.objects.filter(pk=version.pk).update(status=VersionStatus.PUBLISHED)
    resource.current = version
    resource.save(update_fields=["current"])


def own_source(organisation: Organisation, **changes: Any) -> Source:
    """Return the test's own database as a source."""
    own = connection.settings_dict
    options = own.get("OPTIONS") or {}
    return Source.objects.create(
        code=changes.pop("code", f"own-{organisation.pk}"),
        name=changes.pop("name", "本单位业务库"),
        organisation=organisation,
        kind="postgresql",
        settings={
            "host": own.get("HOST") or options.get("host", ""),
            "port": int(own.get("PORT") or 5432),
            "database": own["NAME"],
            "user": own.get("USER") or "",
            **changes,
        },
        secrets={"password": own.get("PASSWORD") or ""},
    )


def make_mount(organisation: Organisation, number: int) -> Mount:
    resource = enter(organisation, number, f"第{number}项数据")
    source = Source.objects.filter(code=f"own-{organisation.pk}").first() or own_source(organisation)
    return Mount.objects.create(resource=resource, source=source, kind="table", place=TABLE)


def give_code(organisation: Organisation) -> None:
    """A sheet names an office by its code."""
    Organisation.objects.filter(pk=organisation.pk, credit_code=None).update(
        credit_code=make_credit_code("11", organisation.region.code, f"{organisation.pk:08d}")
    )


def make_demand(organisation: Organisation, number: int) -> Demand:
    give_code(organisation)
    return Demand.objects.create(
        number=f"XQ-T-{number:04d}",
        organisation=organisation,
        name=f"第{number}种数据",
        matter="食品经营许可",
        basis="食品安全法第三十五条",
        update_cycle="daily",
    )


def make_responsibility(organisation: Organisation, number: int) -> Responsibility:
    now = timezone.now()
    give_code(organisation)
    return Responsibility.objects.create(
        number=f"ZR-T-{number:04d}",
        organisation=organisation,
        name=f"第{number}种数据",
        basis="政务数据共享条例第十二条",
        days=10,
        due_on=timezone.localdate(now),
        due_at=now,
    )


def make_synonym(_organisation: Organisation, number: int) -> Synonym:
    return Synonym.objects.create(words=f"甲{number}、乙{number}")


def make_published(organisation: Organisation, number: int) -> Resource:
    """Return a published entry of this office, one a number."""
    code = f"{classify().code}/{number:06d}"
    found = Resource.objects.filter(code=code).first()
    return found or enter(organisation, number, f"第{number}项资源")


SAMPLES_FINDING = {
    "catalogue.demands": Sample(
        make=make_demand,
        create=lambda organisation: {
            "name": "流动人口登记信息",
            "matter": "食品经营许可",
            "basis": "食品安全法第三十五条",
            "update_cycle": "daily",
        },
        amend=lambda demand: {"name": "流动人口登记信息（含居住地）"},
        acts={
            "match-demand": lambda demand: {"resource_code": make_published(demand.organisation, 77).code},
            "assign-demand": lambda demand: {
                "organisation": Organisation.objects.get(name="澄波区市场监督管理局"),
                "days": 10,
            },
            "decline-demand": lambda demand: {"opinion": "重复提出"},
            "withdraw-demand": lambda demand: {"reason": "不再需要"},
        },
    ),
    "catalogue.responsibilities": Sample(
        make=make_responsibility,
        create=lambda organisation: {
            "organisation": organisation,
            "name": "驾驶证信息",
            "basis": "政务数据共享条例第十二条",
            "days": 10,
        },
        acts={
            "answer-responsibility": lambda owed: {"resource_code": make_published(owed.organisation, 78).code},
            "release-responsibility": lambda owed: {"opinion": "职责已划转"},
        },
    ),
    "catalogue.synonyms": Sample(
        make=make_synonym,
        create=lambda organisation: {"words": "身份证、公民身份号码"},
        amend=lambda synonym: {"note": "常用"},
        acts={"remove-synonym": lambda synonym: {}},
    ),
    "catalogue.mounts": Sample(make=make_mount, acts={"probe-mount": lambda mount: {}}),
}

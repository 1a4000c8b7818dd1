"""Two offices and the authority over them, a published resource with its source, a request brought to any stage."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from zhengtong.capabilities.catalogue.public import (
    Classification,
    Field,
    Mount,
    MountKind,
    Resource,
    ResourceState,
    ResourceVersion,
    ShareType,
    UpdateCycle,
    VersionStatus,
)
from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.models import Contract, DataRequest
from zhengtong.capabilities.contracts.starting_rows import load
from zhengtong.capabilities.contracts.terms import Frequency, Terms, Timing
from zhengtong.capabilities.sources.public import Condition, Operator, Source
from zhengtong.core.identity.public import (
    Account,
    AccountKind,
    Appointment,
    Organisation,
    OrganisationKind,
    Post,
    PostRole,
    Reach,
    Region,
    RegionLevel,
    StaffMember,
    get_account_actor,
)
from zhengtong.kernel.policy import SYSTEM, Actor

FIELDS: tuple[dict[str, Any], ...] = (
    {"code": "credit_code", "name": "统一社会信用代码", "kind": "text", "length": 18, "is_key": True},
    {"code": "name", "name": "名称", "kind": "text", "length": 200},
    {"code": "region_code", "name": "行政区划", "kind": "text", "length": 12},
    {"code": "capital", "name": "注册资本", "kind": "decimal", "precision": 16, "scale": 2},
    {"code": "opened_on", "name": "成立日期", "kind": "date"},
    {
        "code": "legal_person",
        "name": "法定代表人",
        "kind": "text",
        "length": 50,
        "personal": "personal",
        "mask": "name",
        "grade": 2,
    },
    {
        "code": "id_number",
        "name": "法定代表人证件号",
        "kind": "text",
        "length": 18,
        "personal": "sensitive",
        "mask": "number",
        "grade": 3,
    },
    {"code": "internal_note", "name": "内部备注", "kind": "text", "length": 200, "mask": "hidden"},
    {"code": "case_file", "name": "案卷", "kind": "text", "length": 200, "grade": 4},
)
_numbers = count(1)


def make_organisation(name: str, region: Region) -> Organisation:
    made = Organisation.objects.create(
        name=name, short_name=name[-4:], kind=OrganisationKind.DEPARTMENT, region=region, credit_code=None
    )
    Organisation.objects.filter(pk=made.pk).update(path=str(made.pk))
    made.refresh_from_db()
    return made


def make_person(organisation: Organisation, name: str, *roles: str, reach: str = Reach.SUBTREE) -> Actor:
    account = Account.objects.create(username=f"{name}-{organisation.pk}", kind=AccountKind.STAFF, password="!")
    staff = StaffMember.objects.create(account=account, name=name)
    post = Post.objects.create(organisation=organisation, title=name)
    PostRole.objects.bulk_create(PostRole(post=post, role=role, reach=reach) for role in roles)
    Appointment.objects.create(staff=staff, post=post, start_date=date(2020, 1, 1))
    return get_account_actor(account)


def make_source(organisation: Organisation, *, writable: bool = False) -> Source:
    number = next(_numbers)
    return Source.objects.create(
        code=f"source-{organisation.pk}-{number}",
        name=f"{organisation.short_name}库{number}",
        organisation=organisation,
        kind="postgresql",
        settings={},
        is_writable=writable,
    )


def make_version(
    resource: Resource, *, fields: tuple[dict[str, Any], ...] = FIELDS, verdict: str = "", share: str = ""
) -> ResourceVersion:
    """Publish the next version of a resource."""
    number = resource.versions.count() + 1
    version = ResourceVersion.objects.create(
        resource=resource,
        number=number,
        name=resource.name,
        abstract=resource.abstract,
        classification=resource.classification,
        share_type=share or resource.share_type,
        update_cycle=resource.update_cycle,
        verdict=verdict,
    )
    Field.objects.bulk_create(
        Field(version=version, position=at, column=each["code"].upper(), **each) for at, each in enumerate(fields)
    )
    version.status, version.published_at, version.digest = VersionStatus.PUBLISHED, timezone.now(), f"{number:064d}"
    version.save()
    resource.current, resource.state = version, ResourceState.PUBLISHED
    resource.share_type = version.share_type
    resource.save()
    return version


def make_resource(
    provider: Organisation, source: Source, *, share: str = ShareType.CONDITIONAL, name: str = "企业登记信息"
) -> Resource:
    """Return a published resource with a table, a file and an interface behind it."""
    node, _made = Classification.objects.get_or_create(code="3070001", defaults={"name": "市场监管"})
    resource = Resource.objects.create(
        code=f"3070001/{next(_numbers):06d}",
        name=name,
        abstract="登记机关登记的企业基本信息",
        provider=provider,
        classification=node,
        share_type=share,
        update_cycle=UpdateCycle.DAILY,
        published_on=timezone.localdate(),
    )
    make_version(resource)
    for kind, place, watermark in (
        (MountKind.TABLE, "public.enterprise", "updated_at"),
        (MountKind.FILE, "enterprise.csv", ""),
        (MountKind.INTERFACE, "/v1/enterprise", ""),
    ):
        Mount.objects.create(resource=resource, source=source, kind=kind, place=place, watermark=watermark)
    return resource


ASKED = Terms(
    columns=("credit_code", "name", "region_code", "legal_person"),
    reasons={"legal_person": "核对申请人与登记的法定代表人是否一致"},
    conditions=(Condition("region_code", Operator.BEGINS_WITH, ("990102",)),),
    timing=Timing(Frequency.DAILY, at="02:30", working_days_only=True),
)


@dataclass
class Offices:
    """The applicant's office and the provider's, and the data bureau of their region; people by role."""

    consumer: Organisation
    provider: Organisation
    bureau: Organisation
    source: Source
    target: Source
    resource: Resource
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def drafted(self, terms: Terms = ASKED, *, resource: Resource | None = None, **changes: Any) -> DataRequest:
        """Return a draft whose parts are all filled in."""
        request = contracts.start_request(actor=self.applicant, resource=resource or self.resource)
        contracts.save_columns(actor=self.applicant, request=request, terms=terms)
        contracts.save_purpose(
            actor=self.applicant,
            request=request,
            purpose="办理食品经营许可时核对登记信息",
            matter="食品经营许可",
            legal_basis="食品安全法第三十五条",
        )
        given: dict[str, Any] = {
            "mode": "snapshot",
            "terms": terms,
            "target": self.target,
            "target_table": "shared.enterprise",
            "valid_until": timezone.localdate() + timedelta(days=180),
            **changes,
        }
        return contracts.save_delivery(actor=self.applicant, request=request, **given)

    def submitted(self, terms: Terms = ASKED, **changes: Any) -> DataRequest:
        return contracts.submit_request(actor=self.applicant, request=self.drafted(terms, **changes))

    def passed(self, terms: Terms = ASKED, **changes: Any) -> DataRequest:
        return contracts.pass_compliance(actor=self.reviewer, request=self.submitted(terms, **changes), opinion="合规")

    def refused(self) -> DataRequest:
        return contracts.refuse_request(
            actor=self.approver, request=self.passed(), refusal="no-duty", opinion="看不出与许可有关"
        )

    def granted(self, terms: Terms = ASKED, **changes: Any) -> Contract:
        request = contracts.approve_request(actor=self.approver, request=self.passed(terms, **changes), opinion="同意")
        return Contract.objects.get(request=request)

    def disputed(self) -> DataRequest:
        request = contracts.open_dispute(actor=self.applicant, request=self.refused(), grounds="许可法定要核对登记")
        who = Appointment.objects.get(pk=self.coordinator.held_appointment)
        return contracts.assign_coordinator(actor=self.reviewer, request=request, coordinator=who)


def make_offices() -> Offices:
    load(actor=SYSTEM)
    code = f"98{next(_numbers):04d}000000"
    region = Region.objects.create(code=code, name="澄波区", level=RegionLevel.COUNTY, path=f"r{code}")
    consumer, provider = make_organisation("澄波区食品局", region), make_organisation("澄波区登记局", region)
    bureau = make_organisation("澄波区数据局", region)
    source, target = make_source(provider), make_source(consumer, writable=True)
    offices = Offices(consumer, provider, bureau, source, target, make_resource(provider, source))
    people = offices.people
    people["applicant"] = make_person(consumer, "申请", "data_applicant")
    people["approver"] = make_person(provider, "审批", "data_provider")
    people["second_approver"] = make_person(provider, "再审批", "data_provider")
    people["reviewer"] = make_person(bureau, "审查", "data_authority", reach=Reach.REGION)
    people["coordinator"] = make_person(bureau, "协调", "data_authority", reach=Reach.REGION)
    elsewhere = Region.objects.create(code=f"{int(code) + 500:012d}", name="别处", level="county", path=f"r{code}x")
    people["outsider"] = make_person(
        make_organisation("别处的局", elsewhere), "外人", "data_applicant", "data_provider", "data_authority"
    )
    return offices

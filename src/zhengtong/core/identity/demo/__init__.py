"""The people and organs of the demo city 安澜市, and the accounts by which one tries the platform."""

from datetime import datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.demo.organs import Organ, list_organs
from zhengtong.core.identity.demo.people import (
    CITIZEN_CAST,
    STAFF_CAST,
    CitizenRow,
    StaffRow,
    list_citizens,
    list_city_staff,
    list_staff,
)
from zhengtong.core.identity.demo.places import Place, list_places, path_of
from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Appointment,
    AppointmentKind,
    Citizen,
    LegalEntity,
    Mandate,
    MandateKind,
    Organisation,
    Post,
    PostRole,
    Region,
    StaffMember,
)
from zhengtong.core.identity.services.tree import begin_history
from zhengtong.kernel.demo import DemoAccount, DemoContext, DemoRefused, stable_uuid
from zhengtong.kernel.policy import SYSTEM

title = "行政区划、机构、人员与账号"
PASSWORD = "anlan-demo-2026"

_ROLES = {
    "applicant": "办事群众",
    "owner": "企业法定代表人",
    "counter": "窗口受理员",
    "reviewer": "审查员",
    "inspector1": "现场核查员",
    "inspector2": "第二名核查员",
    "approver": "审批员",
    "head": "首席代表（批准延期）",
    "fire1": "消防核查员",
    "fire2": "第二名消防核查员",
    "fire_approver": "消防审批员",
    "urban1": "城管核查员",
    "urban2": "第二名城管核查员",
    "urban_approver": "城管审批员",
    "plan_reviewer": "规划审查员",
    "plan_approver": "规划审批（主要负责人）",
    "build_reviewer": "住建审查员",
    "build_approver": "住建审批（主要负责人）",
    "civil_reviewer": "民政审查员",
    "civil_approver": "民政审批（主要负责人）",
    "labour_reviewer": "人社审查员",
    "labour_approver": "人社审批（主要负责人）",
    "health_reviewer": "卫健审查员",
    "health_approver": "卫健审批（主要负责人）",
    "compiler": "权力和事项编制",
    "publisher": "事项审核",
    "city_compiler": "市级事项编制",
    "city_publisher": "市级事项审核",
    "leader": "分管副市长（看全市办件）",
    "supervisor": "监察员",
    "administrator": "系统管理员（机构、人员）",
    "security": "安全保密管理员（角色、密级）",
    "auditor": "安全审计员（日志）",
    "operator": "平台运维员（任务、日历、期限、流程）",
    "registrar": "登记员（经营主体）",
    "police": "户籍民警（人口）",
    "legal": "法制审核员（司法局）",
    "seal_applicant": "印章申请和用印人",
    "seal_keeper": "印章保管人（批准用印）",
    "seal_reviewer": "印章审核人",
    "seal_approver": "印章批准人",
    "seal_maker": "印章制作人",
    "keeper1": "密钥保管员（第一位）",
    "keeper2": "密钥保管员（第二位）",
    "keeper3": "密钥保管员（第三位）",
    "ca_officer": "证书录入员",
    "ca_approver": "证书审批员",
    "outsider": "外区人员（禾溪县审批员）",
    "cipher_operator": "密码操作员（数据密钥、可信时间）",
}


def _accounts() -> tuple[DemoAccount, ...]:
    organs = {organ.key: organ.name for organ in list_organs(list_places())}
    citizens = [(row.username, row.name, row.entity_name or "安澜市澄波区望江街道") for row in CITIZEN_CAST]
    staff = [(username, name, organs[organ]) for username, name, organ, _post in STAFF_CAST]
    return tuple(
        DemoAccount(username, PASSWORD, name, _ROLES[username], place) for username, name, place in [*citizens, *staff]
    )


ACCOUNTS = _accounts()


def load(context: DemoContext) -> None:
    """Fill an empty identity. Raises DemoRefused where organisations or accounts exist already."""
    if Organisation.objects.exists() or Account.objects.exists():
        raise DemoRefused(_("数据库里已有机构或账号，演示数据只能装入空数据库"))
    places = list_places()
    organs = list_organs(places)
    regions = _load_regions(context, places)
    organisations = _load_organisations(context, organs, regions)
    # Argon2 is slow on purpose; all demo accounts share one password and so one hash.
    password = make_password(PASSWORD)
    staff = list_staff(organs, today=context.today, rng=context.rng("identity.staff"))
    if context.is_city:
        staff += list_city_staff(organs, today=context.today, rng=context.rng("identity.city_staff"))
    _load_staff(context, staff, organisations, password)
    citizens = list_citizens(places, rng=context.rng("identity.citizens"))
    _load_citizens(context, citizens, password)
    loaded = {"regions": len(places), "organisations": len(organs), "staff": len(staff), "citizens": len(citizens)}
    record(SYSTEM, "demo.load", ("identity", context.seed), after=loaded)


def _load_regions(context: DemoContext, places: list[Place]) -> dict[str, Region]:
    by_code = {place.code: place for place in places}
    regions: dict[str, Region] = {}
    for level in ("city", "county", "town", "village"):
        rows = [
            Region(
                code=place.code,
                name=place.name,
                level=place.level,
                parent=regions.get(place.parent),
                path=path_of(place, by_code),
            )
            for place in places
            if place.level == level
        ]
        regions |= {region.code: region for region in Region.objects.bulk_create(rows)}
    return regions


def _load_organisations(
    context: DemoContext, organs: list[Organ], regions: dict[str, Region]
) -> dict[str, Organisation]:
    rng = context.rng("identity.organisations")
    found: dict[str, Organisation] = {}
    left = organs
    while left:  # one round a storey of the tree: children need their parent's key
        storey = [organ for organ in left if not organ.parent or organ.parent in found]
        rows = [
            Organisation(
                public_id=stable_uuid(rng),
                credit_code=organ.credit_code,
                name=organ.name,
                short_name=organ.short_name,
                kind=organ.kind,
                region=regions[organ.region],
                parent=found.get(organ.parent),
                address=organ.address,
                phone=f"0990-12345{number:03d}",
            )
            for number, organ in enumerate(storey, len(found))
        ]
        for organ, organisation in zip(storey, Organisation.objects.bulk_create(rows), strict=True):
            above = f"{organisation.parent.path}." if organisation.parent else ""
            organisation.path = f"{above}{organisation.pk}"
            found[organ.key] = organisation
        left = [organ for organ in left if organ.key not in found]
    Organisation.objects.bulk_update(found.values(), ["path"], batch_size=500)
    for organisation in found.values():
        begin_history(organisation)
    return found


def _load_staff(
    context: DemoContext, staff: list[StaffRow], organisations: dict[str, Organisation], password: str
) -> None:
    accounts = _load_accounts(context, [row.username for row in staff], AccountKind.STAFF, password)
    members = StaffMember.objects.bulk_create(
        StaffMember(
            account=accounts[row.username],
            name=row.name,
            phone=row.phone,
            enforcement_number=row.enforcement_number,
            clearance=row.clearance,
            organisation=organisations[row.holdings[0].organ],
        )
        for row in staff
    )
    held = [(member, holding) for member, row in zip(members, staff, strict=True) for holding in row.holdings]
    kinds = {(holding.organ, holding.post.title): holding.post for _member, holding in held}
    posts = dict(
        zip(
            kinds,
            Post.objects.bulk_create(
                Post(organisation=organisations[organ], title=post_title) for organ, post_title in kinds
            ),
            strict=True,
        )
    )
    PostRole.objects.bulk_create(
        PostRole(post=posts[key], role=role.value, reach=kind.reach)
        for key, kind in kinds.items()
        for role in kind.roles
    )
    appointments = [
        Appointment(
            staff=member,
            post=posts[holding.organ, holding.post.title],
            kind=AppointmentKind.MAIN if holding is row.holdings[0] else AppointmentKind.CONCURRENT,
            start_date=holding.start_date,
        )
        for member, row in zip(members, staff, strict=True)
        for holding in row.holdings
    ]
    context.insert(appointments, _("任职"))


def _load_citizens(context: DemoContext, rows: list[CitizenRow], password: str) -> None:
    accounts = _load_accounts(context, [row.username for row in rows], AccountKind.CITIZEN, password)
    verified_at = timezone.make_aware(datetime.combine(context.today - timedelta(days=30), time(9, 30)))
    citizens = context.insert(
        [
            Citizen(
                account=accounts[row.username],
                phone=row.phone,
                phone_digest=digest(row.phone),
                phone_verified_at=verified_at,
                name=row.name,
                id_number=row.id_number,
                id_digest=digest(row.id_number),
                address=row.address,
                verified_at=verified_at,
            )
            for row in rows
        ],
        _("群众账号"),
    )
    owners = [(citizen, row) for citizen, row in zip(citizens, rows, strict=True) if row.entity_code]
    entities = LegalEntity.objects.bulk_create(
        LegalEntity(credit_code=row.entity_code, name=row.entity_name) for _citizen, row in owners
    )
    Mandate.objects.bulk_create(
        Mandate(
            citizen=citizen,
            legal_entity=entity,
            kind=MandateKind.LEGAL_REPRESENTATIVE,
            verified_at=verified_at,
        )
        for (citizen, _row), entity in zip(owners, entities, strict=True)
    )


def _load_accounts(context: DemoContext, usernames: list[str], kind: AccountKind, password: str) -> dict[str, Account]:
    rng = context.rng(f"identity.accounts.{kind.value}")
    accounts = context.insert(
        [Account(public_id=stable_uuid(rng), kind=kind, username=name, password=password) for name in usernames],
        str(kind.label),
    )
    # The column takes the moment of insertion; the demo has its own day.
    joined_at = timezone.make_aware(datetime.combine(context.today - timedelta(days=60), time(9)))
    Account.objects.filter(kind=kind).update(date_joined=joined_at)
    return {account.username: account for account in accounts}

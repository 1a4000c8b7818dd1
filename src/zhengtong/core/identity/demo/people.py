"""Posts, staff and citizens of 安澜市: the fixed cast, and as many others as the city needs."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from zhengtong.core.identity.demo.organs import (
    CIVIL_BUREAU,
    DATA_BUREAU,
    FIRE_BUREAU,
    GOVERNMENT,
    HEALTH_BUREAU,
    HOUSING_BUREAU,
    JUSTICE,
    LABOUR_BUREAU,
    MARKET_BUREAU,
    PLANNING_BUREAU,
    POLICE,
    SERVICE_CENTRE,
    URBAN_BUREAU,
    Organ,
)
from zhengtong.core.identity.demo.places import CITY_CODE, Place
from zhengtong.core.identity.domain import make_citizen_number, make_credit_code
from zhengtong.kernel.demo_names import family_name, given_name
from zhengtong.kernel.marks import Mark

STAFF_COUNT = 420
CITIZEN_COUNT = 60
OWNER_COUNT = 24
# Segment 169 isn't issued to subscribers: no demo message can reach a real phone.
PHONE_SEGMENT = "169"


class DemoRole(StrEnum):
    """The roles that demo posts hold; their permissions are declared by the modules that work on cases."""

    WINDOW_CLERK = "window_clerk"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ORGAN_HEAD = "organ_head"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"
    ENTERPRISE_REGISTRAR = "enterprise_registrar"
    RESIDENT_READER = "resident_reader"
    PLATFORM_OPERATOR = "platform_operator"
    ITEM_COMPILER = "item_compiler"
    POWER_COMPILER = "power_compiler"
    LEGAL_REVIEWER = "legal_reviewer"
    ITEM_CLERK = "item_clerk"
    ITEM_PUBLISHER = "item_publisher"
    PROCESS_COMPILER = "process_compiler"
    TEMPLATE_COMPILER = "template_compiler"
    TEMPLATE_PUBLISHER = "template_publisher"
    KEY_CUSTODIAN = "key_custodian"
    CIPHER_OPERATOR = "cipher_operator"
    SEAL_APPLICANT = "seal_applicant"
    SEAL_KEEPER = "seal_keeper"
    SEAL_REVIEWER = "seal_reviewer"
    SEAL_APPROVER = "seal_approver"
    SEAL_MAKER = "seal_maker"
    CA_OFFICER = "ca_officer"
    CA_APPROVER = "ca_approver"


_CLEARED = {DemoRole.APPROVER, DemoRole.ORGAN_HEAD, DemoRole.SUPERVISOR, DemoRole.SECURITY_ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class PostKind:
    """A post that organs have: its title, its roles and how far these reach (as in Reach)."""

    title: str
    roles: tuple[DemoRole, ...] = ()
    reach: str = "own"


LEADER = PostKind("主要负责人", (DemoRole.ORGAN_HEAD,))
REPRESENTATIVE = PostKind("首席代表", (DemoRole.ORGAN_HEAD,))
APPROVER = PostKind("审批科科长", (DemoRole.APPROVER,))
REVIEWER = PostKind("审查员", (DemoRole.REVIEWER,))
INSPECTOR = PostKind("现场核查员", (DemoRole.REVIEWER,))
COUNTER = PostKind("综合窗口受理员", (DemoRole.WINDOW_CLERK,), "region")
VICE_MAYOR = PostKind("分管副市长", (DemoRole.SUPERVISOR,), "region")
SUPERVISOR = PostKind("效能监察员", (DemoRole.SUPERVISOR,), "region")
ADMINISTRATOR = PostKind("系统管理员", (DemoRole.SYSTEM_ADMINISTRATOR,), "region")
SECURITY = PostKind("安全保密管理员", (DemoRole.SECURITY_ADMINISTRATOR,), "region")
AUDITOR = PostKind("安全审计员", (DemoRole.AUDIT_ADMINISTRATOR,), "region")
OPERATOR = PostKind(
    "平台运维员",
    (
        DemoRole.PLATFORM_OPERATOR,
        DemoRole.ITEM_COMPILER,
        DemoRole.PROCESS_COMPILER,
        DemoRole.TEMPLATE_COMPILER,
    ),
    "region",
)
REGISTRAR = PostKind("登记注册科科员", (DemoRole.ENTERPRISE_REGISTRAR,))
# What these titles add to the staff of an organ takes the place of ordinary clerks.
ITEM_CLERK = PostKind("政策法规科科员", (DemoRole.ITEM_CLERK, DemoRole.POWER_COMPILER, DemoRole.PROCESS_COMPILER))
ITEM_PUBLISHER = PostKind("政策法规科科长", (DemoRole.ITEM_PUBLISHER,))
CITY_ITEM_CLERK = PostKind("政策法规处科员", (DemoRole.ITEM_CLERK,), "region")
CITY_ITEM_PUBLISHER = PostKind("政策法规处处长", (DemoRole.ITEM_PUBLISHER,), "region")
HOUSEHOLD_OFFICER = PostKind("户政大队民警", (DemoRole.RESIDENT_READER,))
LEGAL_OFFICER = PostKind("合法性审核科科员", (DemoRole.LEGAL_REVIEWER, DemoRole.TEMPLATE_PUBLISHER), "region")
KEY_CUSTODIAN = PostKind("密钥保管员", (DemoRole.KEY_CUSTODIAN,), "region")
CIPHER_OPERATOR = PostKind("密码操作员", (DemoRole.CIPHER_OPERATOR,), "region")
CA_OFFICER = PostKind("证书录入员", (DemoRole.CA_OFFICER,), "region")
CA_APPROVER = PostKind("证书审批员", (DemoRole.CA_APPROVER,), "region")
SEAL_APPLICANT = PostKind("办公室文书", (DemoRole.SEAL_APPLICANT,))
SEAL_KEEPER = PostKind("办公室主任", (DemoRole.SEAL_KEEPER,))
SEAL_REVIEWER = PostKind("印章管理员", (DemoRole.SEAL_REVIEWER,), "region")
SEAL_APPROVER = PostKind("印章管理处处长", (DemoRole.SEAL_APPROVER,), "region")
SEAL_MAKER = PostKind("印章制作员", (DemoRole.SEAL_MAKER,), "region")
DIRECTOR = PostKind("主任")
# Whoever heads a town calls on households, too.
TOWN_LEADER = PostKind("主要负责人", (DemoRole.REVIEWER,))
CLERK = PostKind("科员")

_BUSY = ((REVIEWER, 12), (INSPECTOR, 4), (APPROVER, 4))
_CITY_STAFF: dict[str, tuple[tuple[PostKind, int], ...]] = {
    SERVICE_CENTRE: ((COUNTER, 16),),
    MARKET_BUREAU: _BUSY,
    "城市管理局": _BUSY,
    "消防救援局": _BUSY,
}

# Departments without matters that people apply for.
_WITHOUT_MATTERS = frozenset(
    (
        "审计局",
        "统计局",
        "信访局",
        "机关事务管理局",
        "档案局",
        "外事办公室",
        "国有资产监督管理委员会",
        "乡村振兴局",
        "体育局",
    )
)


@dataclass(frozen=True, slots=True)
class Holding:
    """One appointment of a member of staff; the first is the main one."""

    organ: str
    post: PostKind
    start_date: date


@dataclass(slots=True)
class StaffRow:
    """A member of staff with her account's name."""

    username: str
    name: str
    phone: str
    enforcement_number: str
    holdings: list[Holding] = field(default_factory=list)

    @property
    def clearance(self) -> Mark:
        """Whoever decides, and whoever looks after secrecy, may see work secrets; the others what is internal."""
        roles = {role for holding in self.holdings for role in holding.post.roles}
        return Mark.WORK_SECRET if roles & _CLEARED else Mark.INTERNAL


@dataclass(frozen=True, slots=True)
class CitizenRow:
    """A citizen with an account, and the enterprise she represents, if any."""

    username: str
    name: str
    phone: str
    id_number: str
    address: str
    entity_code: str = ""
    entity_name: str = ""


# username, name, organ, post
_DISTRICT, _OTHER_COUNTY = "990102", "990122"
STAFF_CAST: tuple[tuple[str, str, str, PostKind], ...] = (
    ("counter", "周敏", f"{_DISTRICT}/{SERVICE_CENTRE}", COUNTER),
    ("reviewer", "林国栋", f"{_DISTRICT}/{MARKET_BUREAU}", REVIEWER),
    ("inspector1", "何志刚", f"{_DISTRICT}/{MARKET_BUREAU}", INSPECTOR),
    ("inspector2", "宋雪梅", f"{_DISTRICT}/{MARKET_BUREAU}", INSPECTOR),
    ("approver", "沈立新", f"{_DISTRICT}/{MARKET_BUREAU}", APPROVER),
    ("head", "高婉清", f"{_DISTRICT}/{MARKET_BUREAU}", REPRESENTATIVE),
    ("fire1", "秦海涛", f"{_DISTRICT}/{FIRE_BUREAU}", INSPECTOR),
    ("fire2", "陶丽娟", f"{_DISTRICT}/{FIRE_BUREAU}", INSPECTOR),
    ("fire_approver", "贺永刚", f"{_DISTRICT}/{FIRE_BUREAU}", APPROVER),
    ("urban1", "龚伟民", f"{_DISTRICT}/{URBAN_BUREAU}", INSPECTOR),
    ("urban2", "丁晓芸", f"{_DISTRICT}/{URBAN_BUREAU}", INSPECTOR),
    ("urban_approver", "潘建平", f"{_DISTRICT}/{URBAN_BUREAU}", APPROVER),
    ("plan_reviewer", "蒋文涛", f"{_DISTRICT}/{PLANNING_BUREAU}", REVIEWER),
    ("plan_approver", "魏建华", f"{_DISTRICT}/{PLANNING_BUREAU}", LEADER),
    ("build_reviewer", "吕志远", f"{_DISTRICT}/{HOUSING_BUREAU}", REVIEWER),
    ("build_approver", "孟庆林", f"{_DISTRICT}/{HOUSING_BUREAU}", LEADER),
    ("civil_reviewer", "白秀兰", f"{_DISTRICT}/{CIVIL_BUREAU}", REVIEWER),
    ("civil_approver", "康玉梅", f"{_DISTRICT}/{CIVIL_BUREAU}", LEADER),
    ("labour_reviewer", "邹海燕", f"{_DISTRICT}/{LABOUR_BUREAU}", REVIEWER),
    ("labour_approver", "段世杰", f"{_DISTRICT}/{LABOUR_BUREAU}", LEADER),
    ("health_reviewer", "雷晓东", f"{_DISTRICT}/{HEALTH_BUREAU}", REVIEWER),
    ("health_approver", "江若梅", f"{_DISTRICT}/{HEALTH_BUREAU}", LEADER),
    ("compiler", "苗春燕", f"{_DISTRICT}/{MARKET_BUREAU}", ITEM_CLERK),
    ("publisher", "葛长青", f"{_DISTRICT}/{MARKET_BUREAU}", ITEM_PUBLISHER),
    ("city_compiler", "毕书航", f"{CITY_CODE}/{MARKET_BUREAU}", CITY_ITEM_CLERK),
    ("city_publisher", "车玉梅", f"{CITY_CODE}/{MARKET_BUREAU}", CITY_ITEM_PUBLISHER),
    ("leader", "顾明远", f"{CITY_CODE}/{GOVERNMENT}", VICE_MAYOR),
    ("supervisor", "方明辉", f"{CITY_CODE}/{DATA_BUREAU}", SUPERVISOR),
    ("administrator", "许文斌", f"{CITY_CODE}/{DATA_BUREAU}", ADMINISTRATOR),
    ("security", "邓静怡", f"{CITY_CODE}/{DATA_BUREAU}", SECURITY),
    ("auditor", "曹宏远", f"{CITY_CODE}/{DATA_BUREAU}", AUDITOR),
    ("operator", "姚思远", f"{CITY_CODE}/{DATA_BUREAU}", OPERATOR),
    ("registrar", "范晓彤", f"{_DISTRICT}/{MARKET_BUREAU}", REGISTRAR),
    ("police", "石立军", f"{_DISTRICT}/{POLICE}", HOUSEHOLD_OFFICER),
    ("legal", "韩正平", f"{_DISTRICT}/{JUSTICE}", LEGAL_OFFICER),
    ("keeper1", "卢静安", f"{CITY_CODE}/{DATA_BUREAU}", KEY_CUSTODIAN),
    ("keeper2", "项海波", f"{CITY_CODE}/{DATA_BUREAU}", KEY_CUSTODIAN),
    ("keeper3", "祝玉兰", f"{CITY_CODE}/{DATA_BUREAU}", KEY_CUSTODIAN),
    ("ca_officer", "钟书敏", f"{CITY_CODE}/{DATA_BUREAU}", CA_OFFICER),
    ("ca_approver", "严立群", f"{CITY_CODE}/{DATA_BUREAU}", CA_APPROVER),
    ("outsider", "罗建军", f"{_OTHER_COUNTY}/{MARKET_BUREAU}", APPROVER),
    ("cipher_operator", "卢思齐", f"{CITY_CODE}/{DATA_BUREAU}", CIPHER_OPERATOR),
    ("seal_applicant", "贾若云", f"{_DISTRICT}/{MARKET_BUREAU}", SEAL_APPLICANT),
    ("seal_keeper", "阎秋实", f"{_DISTRICT}/{MARKET_BUREAU}", SEAL_KEEPER),
    ("seal_reviewer", "尹书明", f"{CITY_CODE}/{DATA_BUREAU}", SEAL_REVIEWER),
    ("seal_approver", "史振华", f"{CITY_CODE}/{DATA_BUREAU}", SEAL_APPROVER),
    ("seal_maker", "龙海波", f"{CITY_CODE}/{DATA_BUREAU}", SEAL_MAKER),
)
CITIZEN_CAST = (
    CitizenRow(
        username="applicant",
        name="王晓岚",
        phone=f"{PHONE_SEGMENT}00000001",
        id_number=make_citizen_number(_DISTRICT, date(1991, 4, 18), 24),
        address="安澜市澄波区望江街道听潮社区文澜路18号3幢2单元501室",
    ),
    CitizenRow(
        username="owner",
        name="陈立诚",
        phone=f"{PHONE_SEGMENT}00000002",
        id_number=make_citizen_number(_DISTRICT, date(1984, 11, 2), 33),
        address="安澜市澄波区长桥街道花巷社区书院街6号1幢1单元302室",
        entity_code=make_credit_code("91", _DISTRICT, "MAD00001"),
        entity_name="安澜市立诚餐饮管理有限公司",
    ),
)


def _establishment(organ: Organ) -> Iterator[tuple[PostKind, ...]]:
    """Yield one tuple for each member of staff of ``organ``: her main post, then concurrent ones."""
    if organ.kind == "town":
        yield (TOWN_LEADER,)
    elif organ.title == SERVICE_CENTRE:
        yield (DIRECTOR,)
        yield from [(COUNTER,)] * 3
    elif organ.title in _WITHOUT_MATTERS:
        yield (LEADER,)
    elif organ.title == GOVERNMENT:
        yield from [(VICE_MAYOR,)] if organ.region == CITY_CODE else []
    else:
        is_city = organ.region == CITY_CODE
        is_market = organ.title == MARKET_BUREAU
        visits_sites = is_market or (organ.title in (FIRE_BUREAU, URBAN_BUREAU) and not is_city)
        # Small organs have one person on two posts.
        if is_city or visits_sites:
            yield (LEADER,)
            yield (APPROVER,)
        else:
            yield (LEADER, APPROVER)
        yield (REVIEWER, SUPERVISOR) if organ.title == DATA_BUREAU and not is_city else (REVIEWER,)
        if is_market:
            yield (REPRESENTATIVE,)
        if visits_sites:
            yield from [(INSPECTOR,)] * 2
        if is_market:
            yield (REGISTRAR,)
            yield from ((CITY_ITEM_CLERK,), (CITY_ITEM_PUBLISHER,)) if is_city else ((ITEM_CLERK,), (ITEM_PUBLISHER,))
        if organ.title == POLICE and not is_city:
            yield (HOUSEHOLD_OFFICER,)
        if organ.title == DATA_BUREAU and is_city:
            yield (SUPERVISOR,)
            yield from ((ADMINISTRATOR,), (SECURITY,), (AUDITOR,), (OPERATOR,))
            yield from [(KEY_CUSTODIAN,)] * 3
            yield from ((CA_OFFICER,), (CA_APPROVER,), (CIPHER_OPERATOR,))


# Who keeps seals in the organ whose matters the demo shows, and who gives seals to the city's organs.
_SEALS = {
    f"{_DISTRICT}/{MARKET_BUREAU}": (SEAL_APPLICANT, SEAL_KEEPER),
    f"{CITY_CODE}/{DATA_BUREAU}": (SEAL_REVIEWER, SEAL_APPROVER, SEAL_MAKER),
}
# Who reviews the lists of power of the district's organs.
_LAW = {JUSTICE: LEGAL_OFFICER}


def _has_law(organ: Organ) -> bool:
    return organ.title in _LAW and organ.region == _DISTRICT


def list_staff(organs: Iterable[Organ], *, today: date, rng: random.Random) -> list[StaffRow]:
    """Return exactly STAFF_COUNT members of staff, the cast in its places."""
    organs = list(organs)
    cast: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for username, name, organ_key, post in STAFF_CAST:
        cast[organ_key, post.title].append((username, name))
    places = [(organ.key, posts) for organ in organs for posts in _establishment(organ)]
    places += [(organ.key, (_LAW[organ.title],)) for organ in organs if _has_law(organ)]
    places += [(organ.key, (post,)) for organ in organs for post in _SEALS.get(organ.key, ())]
    ordinary = [o.key for o in organs if o.kind == "department"]
    places += [(rng.choice(ordinary), (CLERK,)) for _ in range(STAFF_COUNT - len(places))]
    rows: list[StaffRow] = []
    for number, (organ_key, posts) in enumerate(places, 1):
        waiting = cast.get((organ_key, posts[0].title))
        drawn = family_name(rng) + given_name(rng, rng.random() < 0.55, rng.randint(1966, 2000))
        username, name = waiting.pop(0) if waiting else (f"staff{number:03d}", drawn)
        row = StaffRow(
            username=username,
            name=name,
            phone=f"{PHONE_SEGMENT}1{number:07d}",
            enforcement_number=f"9901{number:08d}" if posts[0] in (REVIEWER, INSPECTOR) else "",
        )
        start = today - timedelta(days=rng.randint(90, 3650))
        for post in posts:
            row.holdings.append(Holding(organ_key, post, start))
            start += timedelta(days=rng.randint(0, 60))
        rows.append(row)
    return rows


def list_city_staff(organs: Iterable[Organ], *, today: date, rng: random.Random) -> list[StaffRow]:
    """Return those whom a real city has beside the small one's: enough to handle a million cases in three years.

    They have been there all the while.
    """
    rows: list[StaffRow] = []
    for organ in organs:
        if organ.region == CITY_CODE or organ.title not in _CITY_STAFF:
            continue
        for post, count in _CITY_STAFF[organ.title]:
            for _ in range(count):
                number = STAFF_COUNT + len(rows) + 1
                rows.append(
                    StaffRow(
                        username=f"staff{number:03d}",
                        name=family_name(rng) + given_name(rng, rng.random() < 0.55, rng.randint(1966, 2000)),
                        phone=f"{PHONE_SEGMENT}1{number:07d}",
                        enforcement_number=f"9901{number:08d}" if post in (REVIEWER, INSPECTOR) else "",
                        holdings=[Holding(organ.key, post, today - timedelta(days=rng.randint(1200, 5000)))],
                    )
                )
    return rows


def list_citizens(places: Iterable[Place], *, rng: random.Random) -> list[CitizenRow]:
    """Return the cast and CITIZEN_COUNT other citizens with accounts; the first OWNER_COUNT own a business."""
    by_code = {place.code: place for place in places}
    villages = [place for place in by_code.values() if place.level == "village"]
    rows = list(CITIZEN_CAST)
    for number in range(1, CITIZEN_COUNT + 1):
        village = rng.choice(villages)
        town, county = by_code[village.parent], by_code[village.parent[:6]]
        is_male = rng.random() < 0.5
        birth_date = date(rng.randint(1962, 2003), rng.randint(1, 12), rng.randint(1, 28))
        name = family_name(rng) + given_name(rng, is_male, birth_date.year)
        is_company = rng.random() < 0.3
        trade = rng.choice(("面馆", "小吃店", "烘焙坊", "便利店", "茶餐厅", "农家乐"))
        word = rng.choice("福顺和兴安悦清香满永") + rng.choice("源来味园盛记丰和居月")
        entity_name = f"安澜市{word}{number}号餐饮有限公司" if is_company else f"{county.name}{word}{trade}"
        is_owner = number <= OWNER_COUNT
        rows.append(
            CitizenRow(
                username=f"citizen{number:03d}",
                name=name,
                phone=f"{PHONE_SEGMENT}2{number:07d}",
                # An odd sequence is a man's; each has her own, so no two numbers meet.
                id_number=make_citizen_number(county.code, birth_date, number * 2 + is_male + 100),
                address=f"安澜市{county.name}{town.name}{village.name}{rng.randint(1, 160)}号",
                entity_code=make_credit_code("91" if is_company else "92", county.code, f"MAD1{number:04d}")
                if is_owner
                else "",
                entity_name=entity_name if is_owner else "",
            )
        )
    return rows

"""Market entities of the demo city: names, kinds, owners and scopes that fit together. No database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from zhengtong.capabilities.registers.models import EnterpriseKind as Kind
from zhengtong.capabilities.registers.models import EnterpriseStatus as Status
from zhengtong.core.identity.public import age_on, make_credit_code

_KINDS = {
    Kind.SELF_EMPLOYED: 60,
    Kind.LIMITED: 30,
    Kind.COOPERATIVE: 4,
    Kind.SOLE_PROPRIETORSHIP: 3,
    Kind.PARTNERSHIP: 2,
    Kind.JOINT_STOCK: 1,
}
_STATUSES = {Status.ACTIVE: 90, Status.SUSPENDED: 2, Status.REVOKED: 2, Status.CANCELLED: 6}
# GB 32100 positions 1–2: 91 enterprises, 92 self-employed, 93 farmers' cooperatives.
REGISTRARS = {Kind.SELF_EMPLOYED: "92", Kind.COOPERATIVE: "93"}
_ENDINGS = {
    Kind.LIMITED: "有限公司",
    Kind.JOINT_STOCK: "股份有限公司",
    Kind.PARTNERSHIP: "中心（有限合伙）",
    Kind.SOLE_PROPRIETORSHIP: "中心",
}


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: how a shop and a company in it are called, and its scope as registered."""

    shop: str
    company: str
    scope: str
    weight: int


TRADES = (
    Trade("小吃店", "餐饮管理", "许可项目：餐饮服务。一般项目：外卖递送服务；餐饮管理。", 16),
    Trade("面馆", "餐饮服务", "许可项目：餐饮服务；食品销售。", 10),
    Trade("超市", "商贸", "许可项目：食品销售；烟草制品零售。一般项目：日用百货销售；农副产品销售。", 14),
    Trade("烘焙坊", "食品", "许可项目：食品生产；食品销售。一般项目：食品互联网销售（仅销售预包装食品）。", 6),
    Trade("药店", "医药", "许可项目：药品零售；第三类医疗器械经营。一般项目：保健食品（预包装）销售。", 4),
    Trade("理发店", "美容美发", "许可项目：生活美容服务；理发服务。", 7),
    Trade("服装店", "服饰", "一般项目：服装服饰零售；鞋帽零售；针纺织品销售。", 8),
    Trade("五金店", "建材", "一般项目：五金产品零售；建筑材料销售；门窗销售。", 7),
    Trade("汽修店", "汽车服务", "一般项目：机动车修理和维护；汽车零配件零售；洗车服务。", 5),
    Trade("文具店", "文化传播", "一般项目：文具用品零售；组织文化艺术交流活动；广告制作。", 4),
    Trade("旅馆", "酒店管理", "许可项目：住宿服务；餐饮服务。一般项目：酒店管理。", 3),
    Trade("维修部", "科技", "一般项目：软件开发；信息系统集成服务；计算机及办公设备维修。", 6),
    Trade("苗木场", "农业发展", "一般项目：蔬菜种植；水果种植；花卉种植；初级农产品收购。", 5),
    Trade("装饰店", "建筑工程", "许可项目：建设工程施工；住宅室内装饰装修。一般项目：土石方工程施工。", 5),
)
_COOPERATIVES = ("茶叶", "蔬菜", "水稻", "水产养殖", "莲藕", "板栗", "生猪养殖", "柑橘")
_FIRST = "福顺和兴安悦清香满永瑞祥宏盛嘉恒锦德诚信万隆泰康乐佳美惠吉云"
_SECOND = "源来味园居月达丰通汇鑫和泰昌华成茂远缘记阁轩坊里舍间庭景春生"
_CAPITALS = (5, 10, 30, 50, 50, 100, 100, 100, 200, 300, 500, 500, 1000, 2000, 5000)
_STREETS = ("安澜大道", "文澜路", "人民路", "解放路", "澄江路", "书院街", "长桥路", "迎宾路", "花巷", "新港路")
OLDEST = date(1998, 1, 1)
# A large city uses up the names of two characters: after so many that are taken, one of three is tried.
_PATIENCE = 12


@dataclass(frozen=True, slots=True)
class Town:
    """Where enterprises sit."""

    code: str
    county: str
    county_name: str
    name: str


@dataclass(frozen=True, slots=True)
class Owner:
    """An adult who may represent an enterprise."""

    name: str
    id_number: str
    birth_date: date
    county: str


@dataclass(frozen=True, slots=True)
class EnterpriseRow:
    """One enterprise; ``town`` is the code of its region."""

    credit_code: str
    name: str
    kind: Kind
    owner: Owner
    address: str
    town: str
    status: Status
    capital: Decimal | None
    established_date: date
    scope: str


def list_enterprises(
    towns: Sequence[Town], owners: Sequence[Owner], total: int, *, city: str, today: date, rng: random.Random
) -> list[EnterpriseRow]:
    """Return ``total`` enterprises of different names and codes, most of their owners from the same county."""
    near = {town.county: [owner for owner in owners if owner.county == town.county] for town in towns}
    names: set[str] = set()
    rows = []
    for number in range(1, total + 1):
        town = rng.choice(towns)
        kind = rng.choices(tuple(_KINDS), tuple(_KINDS.values()))[0]
        owner = rng.choice((near[town.county] if rng.random() < 0.85 else owners) or owners)
        trade = rng.choices(TRADES, [trade.weight for trade in TRADES])[0]
        name, scope = _name(town, kind, trade, city, rng)
        for attempt in count():
            if name not in names:
                break
            name, scope = _name(town, kind, trade, city, rng, words=2 if attempt < _PATIENCE else 3)
        names.add(name)
        rows.append(
            make_enterprise(f"MAE{number:05d}", name, kind, owner, town, scope, city=city, today=today, rng=rng)
        )
    return rows


def make_enterprise(
    body: str,
    name: str,
    kind: Kind,
    owner: Owner,
    town: Town,
    scope: str,
    *,
    city: str,
    today: date,
    rng: random.Random,
    status: Status | None = None,
) -> EnterpriseRow:
    """Return one enterprise whose GB 11714 code begins with ``body``, founded when its owner was of age."""
    adult = _birthday(owner.birth_date, 18)
    earliest, latest = max(OLDEST, adult), today - timedelta(days=40)
    established = earliest + timedelta(days=int((latest - earliest).days * rng.random() ** 0.5))
    street = f"{rng.choice(_STREETS)}{rng.randint(1, 300)}号"
    return EnterpriseRow(
        credit_code=make_credit_code(REGISTRARS.get(kind, "91"), town.county, body),
        name=name,
        kind=kind,
        owner=owner,
        address=f"{city}{town.county_name}{town.name}{street}",
        town=town.code,
        status=status or rng.choices(tuple(_STATUSES), tuple(_STATUSES.values()))[0],
        capital=None if kind is Kind.SELF_EMPLOYED else Decimal(rng.choice(_CAPITALS)),
        established_date=established,
        scope=scope,
    )


def may_own(birth_date: date, today: date) -> bool:
    """Return whether somebody of this age is likely to run a business."""
    return 20 <= age_on(birth_date, today) <= 70


def _birthday(birth_date: date, years: int) -> date:
    return date(birth_date.year + years, birth_date.month, min(birth_date.day, 28))


def _name(town: Town, kind: Kind, trade: Trade, city: str, rng: random.Random, *, words: int = 2) -> tuple[str, str]:
    word = rng.choice(_FIRST) + "".join(rng.choice(_SECOND) for _ in range(words - 1))
    if kind is Kind.COOPERATIVE:
        crop = rng.choice(_COOPERATIVES)
        return f"{town.county_name}{word}{crop}专业合作社", f"一般项目：{crop}及初加工；农产品销售；农业技术推广服务。"
    if kind is Kind.SELF_EMPLOYED:
        return f"{town.county_name}{town.name}{word}{trade.shop}", trade.scope
    return f"{city}{word}{trade.company}{_ENDINGS[kind]}", trade.scope

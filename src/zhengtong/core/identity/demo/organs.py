"""The organs of 安澜市: government, 45 city departments, their county peers, town governments."""

from collections.abc import Iterable
from dataclasses import dataclass

from zhengtong.core.identity.demo.places import CITY_CODE, Place
from zhengtong.core.identity.domain import make_credit_code

# Title and short title; those after the bar have no peer in the counties.
_DEPARTMENTS = """
发展和改革委员会/发改委 教育局 科学技术局/科技局 工业和信息化局/工信局 民族宗教事务局/民宗局
公安局 民政局 司法局 财政局 人力资源和社会保障局/人社局 自然资源和规划局/自规局 生态环境局/环境局
住房和城乡建设局/住建局 城市管理局/城管局 交通运输局/交通局 水务局 农业农村局 商务局
文化广电和旅游局/文旅局 卫生健康委员会/卫健委 退役军人事务局 应急管理局/应急局 审计局
市场监督管理局/市监局 体育局 统计局 医疗保障局/医保局 林业局 乡村振兴局 信访局
政务服务数据管理局/数据局 机关事务管理局/机关事务局 消防救援局/消防局 气象局 税务局
烟草专卖局/烟草局 档案局 残疾人联合会/残联 政务服务中心 |
国有资产监督管理委员会/国资委 地方金融管理局/金融局 外事办公室/外办 邮政管理局/邮政局
园林绿化局/园林局 住房公积金管理中心/公积金中心
"""
SERVICE_CENTRE = "政务服务中心"
MARKET_BUREAU = "市场监督管理局"
FIRE_BUREAU = "消防救援局"
URBAN_BUREAU = "城市管理局"
DATA_BUREAU = "政务服务数据管理局"
POLICE = "公安局"
JUSTICE = "司法局"
CIVIL_BUREAU = "民政局"
HEALTH_BUREAU = "卫生健康委员会"
HOUSING_BUREAU = "住房和城乡建设局"
LABOUR_BUREAU = "人力资源和社会保障局"
PLANNING_BUREAU = "自然资源和规划局"
GOVERNMENT = "人民政府"


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ. ``key`` and ``parent`` tie the tree together; ``kind`` as in OrganisationKind."""

    key: str
    parent: str
    region: str
    title: str
    name: str
    short_name: str
    kind: str
    credit_code: str
    address: str


def department_titles(*, of_county: bool = False) -> dict[str, str]:
    """Return the titles of the departments and their short titles, optionally only those a county has."""
    everywhere, city_only = _DEPARTMENTS.split("|")
    words = (everywhere if of_county else everywhere + city_only).split()
    return {title: short or title for title, _, short in (word.partition("/") for word in words)}


def list_organs(places: Iterable[Place]) -> list[Organ]:
    """Return every organ, those above before those below. Credit codes are numbered in this order."""
    organs: list[Organ] = []
    number = 0

    def add(place: Place, title: str, short: str, kind: str, parent: str) -> None:
        nonlocal number
        number += 1
        keeps_whole_name = kind in ("government", "town")
        # 11 is an organ registered by the staffing office, 12 a public institution.
        registrar = "12" if title.endswith("中心") else "11"
        organs.append(
            Organ(
                key=f"{place.code}/{title}",
                parent=parent,
                region=place.code,
                title=title,
                name=place.name + title,
                short_name=place.name + short if keeps_whole_name else place.name[:-1] + short,
                kind=kind,
                credit_code=make_credit_code(registrar, place.code[:6], f"99{number:06d}"),
                address=_address(place, number),
            )
        )

    for place in places:
        if place.level == "city" or place.level == "county":
            above = f"{CITY_CODE}/{GOVERNMENT}" if place.level == "county" else ""
            add(place, GOVERNMENT, "政府", "government", above)
            for title, short in department_titles(of_county=place.level == "county").items():
                kind = "service_centre" if title == SERVICE_CENTRE else "department"
                add(place, title, short, kind, f"{place.code}/{GOVERNMENT}")
        elif place.level == "town":
            title, short = ("办事处", "办") if place.name.endswith("街道") else (GOVERNMENT, "政府")
            add(place, title, short, "town", f"{place.parent}/{GOVERNMENT}")
    return organs


_STREETS = ("安澜大道", "文澜路", "人民路", "解放路", "澄江路", "书院街", "长桥路", "迎宾路")


def _address(place: Place, number: int) -> str:
    return f"{place.name}{_STREETS[number % len(_STREETS)]}{number % 97 * 2 + 1}号"

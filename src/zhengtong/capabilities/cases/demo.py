"""The offices of the demo city: in every county the organ that an item's text names handles it, for its residents."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from zhengtong.capabilities.cases import starting_rows
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.models import CaseKind, ItemVersion, ServiceItem
from zhengtong.capabilities.cases.selectors import get_live_version
from zhengtong.capabilities.cases.services.items import open_office
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, RegionLevel
from zhengtong.kernel.calendars import load_seed
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM

title = "事项与办理窗口"
BUREAU = "市场监督管理局"
CENTRE = "政务服务中心"
HOURS = "工作日 9:00—12:00，13:30—17:00（法定节假日除外）"
# Older than the oldest demo case, which is a year before the demo's day.
PUBLISHED_DAYS_AGO = 420
_CENTRES = {
    "990102": "安澜市澄波区安澜大道188号澄波区政务服务中心一楼",
    "990121": "安澜市云岫县岫城街道迎宾路26号云岫县政务服务中心二楼",
    "990122": "安澜市禾溪县禾城街道人民路61号禾溪县政务服务中心一楼",
}
# Title of the organ → its counters there, in the order of the counties, and the ends of its two phone numbers.
_COUNTERS = {
    BUREAU: (("市场监管综合窗口（A06—A09）", "市场监管窗口（12、13号）", "市场监管窗口（B03、B04）"), "315", "345"),
    "消防救援局": (("消防救援窗口（A15）", "综合窗口（18号）", "综合窗口（B09）"), "119", "149"),
    "城市管理局": (("城市管理窗口（A16）", "综合窗口（18号）", "综合窗口（B09）"), "319", "349"),
    "住房和城乡建设局": (
        ("工程建设综合窗口（B01—B03）", "工程建设窗口（6、7号）", "工程建设窗口（A05）"),
        "209",
        "249",
    ),
    "自然资源和规划局": (
        ("规划和不动产窗口（B04—B08）", "自然资源窗口（8—10号）", "自然资源窗口（A06—A08）"),
        "208",
        "248",
    ),
    "发展和改革委员会": (
        ("工程建设综合窗口（B01—B03）", "工程建设窗口（6、7号）", "工程建设窗口（A05）"),
        "206",
        "246",
    ),
    "生态环境局": (("工程建设综合窗口（B01—B03）", "工程建设窗口（6、7号）", "工程建设窗口（A05）"), "213", "253"),
    "水务局": (("工程建设综合窗口（B01—B03）", "工程建设窗口（6、7号）", "工程建设窗口（A05）"), "212", "252"),
    "农业农村局": (("涉农综合窗口（B09）", "涉农窗口（11号）", "涉农窗口（A09）"), "211", "251"),
    "民政局": (("社会救助窗口（C01、C02）", "民政窗口（1、2号）", "民政窗口（C01）"), "210", "250"),
    "残疾人联合会": (("社会救助窗口（C01、C02）", "民政窗口（1、2号）", "民政窗口（C01）"), "214", "254"),
    "人力资源和社会保障局": (("人社综合窗口（C03—C08）", "人社窗口（3—5号）", "人社窗口（C02—C04）"), "333", "343"),
    "医疗保障局": (("医保窗口（C09—C12）", "医保窗口（19、20号）", "医保窗口（C05）"), "216", "256"),
    "公安局": (("公安综合窗口（C13—C16）", "公安窗口（21、22号）", "公安窗口（C06、C07）"), "110", "140"),
    "卫生健康委员会": (("卫生健康窗口（A17）", "综合窗口（18号）", "综合窗口（B09）"), "215", "255"),
    "文化广电和旅游局": (("文旅窗口（A18）", "综合窗口（18号）", "综合窗口（B09）"), "217", "257"),
    "交通运输局": (("交通运输窗口（A19）", "综合窗口（18号）", "综合窗口（B09）"), "218", "258"),
    "教育局": (("教育窗口（A20）", "综合窗口（18号）", "综合窗口（B09）"), "220", "260"),
    "烟草专卖局": (("烟草窗口（A21）", "综合窗口（18号）", "综合窗口（B09）"), "219", "259"),
    CENTRE: (("“一件事”综合窗口（A01—A03）", "“一件事”窗口（1号）", "“一件事”窗口（B01）"), "100", "140"),
}


def load(context: DemoContext) -> None:
    """Open an office in every county for every item, received at the county's service centre."""
    # Both are there already unless nobody has run ``seed``; repeating them does nothing.
    load_seed(actor=SYSTEM)
    starting_rows.load(actor=SYSTEM)
    opened = open_offices(ServiceItem.objects.order_by("code"))
    _name_keepers(ServiceItem.objects.order_by("code"))
    day = context.today - timedelta(days=PUBLISHED_DAYS_AGO)
    ItemVersion.objects.update(published_at=timezone.make_aware(datetime.combine(day, time(9))))
    record(SYSTEM, "demo.load", ("cases", context.seed), after={"offices": opened})


def open_offices(items: Iterable[ServiceItem]) -> int:
    """Open the offices of ``items`` in every county that has their organ; return how many."""
    in_counties = Organisation.objects.filter(region__level=RegionLevel.COUNTY).select_related("region")
    organs = {(organ.region.code, organ.name.removeprefix(organ.region.name)): organ for organ in in_counties}
    counties = sorted({code for code, _title in organs})
    opened = 0
    for item in items:
        organ_title = _organ_of(item)
        for county in counties:
            organ, centre = organs.get((county, organ_title)), organs[county, CENTRE]
            if organ is None:
                continue
            counters, phone, supervision_phone = _COUNTERS.get(organ_title, ((), "100", "140"))
            counter = dict(zip(_CENTRES, counters, strict=False)).get(county, "")
            open_office(
                actor=SYSTEM,
                item=item,
                organisation=organ,
                window=centre,
                address=f"{_CENTRES.get(county, centre.address)}{counter}",
                hours=HOURS,
                phone=f"0990-88{county[-2:]}{phone}",
                supervision_phone=f"0990-88{county[-2:]}{supervision_phone}",
            )
            opened += 1
    return opened


def _name_keepers(items: Iterable[ServiceItem]) -> None:
    """Let the city's organ of the same title keep an item's text; its counties handle it."""
    in_city = Organisation.objects.filter(region__level=RegionLevel.CITY).select_related("region")
    organs = {organ.name.removeprefix(organ.region.name): organ for organ in in_city}
    for item in items:
        if (organ := organs.get(_organ_of(item))) is not None:
            ServiceItem.objects.filter(pk=item.pk, organisation=None).update(organisation=organ)


def _organ_of(item: ServiceItem) -> str:
    """Return the title of the organ that handles ``item``; a bundle is the service centre's."""
    if item.kind == CaseKind.BUNDLE:
        return CENTRE
    return str(get_definition(get_live_version(item).pk).text.get("authority", BUREAU))

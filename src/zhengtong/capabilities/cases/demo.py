"""The offices of the demo city: every county's market regulation authority handles the items that sectors bring."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from zhengtong.capabilities.cases import starting_rows
from zhengtong.capabilities.cases.models import ItemVersion, ServiceItem
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
_ADDRESSES = {
    "990102": "安澜市澄波区安澜大道188号澄波区政务服务中心一楼市场监管综合窗口（A06—A09）",
    "990121": "安澜市云岫县岫城街道迎宾路26号云岫县政务服务中心二楼市场监管窗口（12、13号）",
    "990122": "安澜市禾溪县禾城街道人民路61号禾溪县政务服务中心一楼市场监管窗口（B03、B04）",
}


def load(context: DemoContext) -> None:
    """Open an office in every county for every item, received at the county's service centre."""
    # Both are there already unless nobody has run ``seed``; repeating them does nothing.
    load_seed(actor=SYSTEM)
    starting_rows.load(actor=SYSTEM)
    day = context.today - timedelta(days=PUBLISHED_DAYS_AGO)
    ItemVersion.objects.update(published_at=timezone.make_aware(datetime.combine(day, time(9))))
    in_counties = Organisation.objects.filter(region__level=RegionLevel.COUNTY).select_related("region")
    bureaus = in_counties.filter(name__endswith=BUREAU).order_by("region__code")
    centres = {centre.region_id: centre for centre in in_counties.filter(name__endswith=CENTRE)}
    opened = 0
    for item in ServiceItem.objects.order_by("code"):
        for bureau in bureaus:
            tail = bureau.region.code[-2:]
            open_office(
                actor=SYSTEM,
                item=item,
                organisation=bureau,
                window=centres[bureau.region_id],
                address=_ADDRESSES.get(bureau.region.code, centres[bureau.region_id].address),
                hours=HOURS,
                phone=f"0990-88{tail}315",
                supervision_phone=f"0990-88{tail}345",
            )
            opened += 1
    record(SYSTEM, "demo.load", ("cases", context.seed), after={"offices": opened})

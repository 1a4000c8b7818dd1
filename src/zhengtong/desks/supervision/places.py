"""Where organs lie: the county of each, for figures by county."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from zhengtong.capabilities.cases.public import ServiceItem
from zhengtong.core.identity.public import Organisation, Region

COUNTY = "county"


@dataclass(frozen=True)
class Places:
    """The organs that figures name, by id, and of each the county, or the region itself of a city's own."""

    organs: dict[int, Organisation]
    counties: dict[int, Region]

    def county_of(self, organisation: int) -> int | None:
        """Return the id of the county in which the organ lies."""
        region = self.counties.get(organisation)
        return region.pk if region else None

    def list_counties(self) -> list[Region]:
        found = {region.pk: region for region in self.counties.values()}
        return sorted(found.values(), key=lambda region: region.code)

    def list_organs(self, county: int | None = None) -> list[Organisation]:
        organs = [each for pk, each in self.organs.items() if county is None or self.county_of(pk) == county]
        return sorted(organs, key=lambda organ: (organ.region.code, organ.pk))


def read_places(ids: Iterable[int]) -> Places:
    """Return where the organs with ``ids`` lie; two queries."""
    organs = {each.pk: each for each in Organisation.objects.filter(pk__in=set(ids)).select_related("region")}
    # A path is made of codes from the root: a town's names its county.
    codes = {code for organ in organs.values() for code in str(organ.region.path).split(".")}
    counties = {region.code: region for region in Region.objects.filter(code__in=codes, level=COUNTY)}
    return Places(
        organs,
        {
            pk: next((counties[code] for code in str(organ.region.path).split(".") if code in counties), organ.region)
            for pk, organ in organs.items()
        },
    )


def list_items(ids: Iterable[int]) -> QuerySet[ServiceItem]:
    return ServiceItem.objects.filter(pk__in=set(ids)).order_by("name")

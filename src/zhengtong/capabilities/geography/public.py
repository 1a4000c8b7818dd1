"""Geography's door."""

from zhengtong.capabilities.geography.models import SRID, RegionBoundary
from zhengtong.capabilities.geography.selectors import get_boundaries, get_extent

__all__ = ["SRID", "RegionBoundary", "get_boundaries", "get_extent"]

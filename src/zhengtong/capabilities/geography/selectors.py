"""Reading boundaries: as tiles for the base map, and by region."""

from collections.abc import Iterable
from functools import lru_cache

from django.contrib.gis.geos import MultiPolygon
from django.db import connection

from zhengtong.capabilities.geography.models import RegionBoundary
from zhengtong.core.identity.public import Region, RegionLevel

# From this zoom on a level's boundaries are drawn: about where one of its regions is a few centimetres wide.
SHOWN_FROM = {
    RegionLevel.PROVINCE: 0,
    RegionLevel.CITY: 0,
    RegionLevel.COUNTY: 6,
    RegionLevel.TOWN: 9,
    RegionLevel.VILLAGE: 12,
}

COUNTRY = (73.0, 18.0, 136.0, 54.0)
_TILE = f"""
WITH tile AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS envelope),
found AS (
    SELECT r.code, r.name, r.level, ST_Transform(b.geometry, 3857) AS geometry
    FROM {RegionBoundary._meta.db_table} b
    JOIN {Region._meta.db_table} r ON r.id = b.region_id, tile
    WHERE b.geometry && ST_Transform(tile.envelope, 4490) AND r.level = ANY(%(levels)s)
),
shapes AS (
    SELECT code, level, ST_AsMVTGeom(geometry, envelope) AS geom FROM found, tile
),
names AS (
    SELECT code, name, level, ST_AsMVTGeom(ST_PointOnSurface(geometry), envelope, buffer => 0) AS geom FROM found, tile
)
SELECT (SELECT ST_AsMVT(shapes, 'regions') FROM shapes WHERE geom IS NOT NULL)
    || (SELECT ST_AsMVT(names, 'names') FROM names WHERE geom IS NOT NULL)
"""


def get_region_tile(z: int, x: int, y: int) -> bytes:
    """Return the Mapbox Vector Tile of the base map (EPSG:3857): layers ``regions`` (shapes) and ``names`` (points)."""
    levels = [level.value for level, zoom in SHOWN_FROM.items() if z >= zoom]
    with connection.cursor() as cursor:
        cursor.execute(_TILE, {"z": z, "x": x, "y": y, "levels": levels})
        return bytes(cursor.fetchone()[0])


@lru_cache(maxsize=1)
def get_extent() -> tuple[float, float, float, float]:
    """Return west, south, east and north of all regions; of the whole country while no boundary is known."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ST_Extent(geometry) FROM {RegionBoundary._meta.db_table}")  # our own table
        found = cursor.fetchone()[0]
    if not found:
        return COUNTRY
    corners = [float(each) for corner in found[4:-1].split(",") for each in corner.split(" ")]
    return corners[0], corners[1], corners[2], corners[3]


def get_boundaries(codes: Iterable[str]) -> dict[str, MultiPolygon]:
    """Return the boundaries of the regions with these codes, as far as they are known."""
    found = RegionBoundary.objects.filter(region__code__in=list(codes)).values_list("region__code", "geometry")
    return dict(found)

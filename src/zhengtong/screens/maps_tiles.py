"""Vector tiles of declared screens: the database makes them from the same rows that the list shows.

Where many rows lie close together a tile holds their number instead of them, so that a million rows stay quick to
draw and every row is counted exactly once. Tiles are Mapbox Vector Tiles 2.1 in EPSG:3857; rows are stored in
EPSG:4490, whose degrees serve as WGS 84's (they differ by decimetres).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Extent, PointField
from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connection
from django.db.models import Count, F, FloatField, Func, Max, Min, Model, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Floor

from zhengtong.screens.declaration import MapLayer

TILE_TYPE = "application/vnd.mapbox-vector-tile"
DEEPEST = 22
# From this zoom on every row is drawn by itself; the browser enlarges these tiles when one goes deeper.
ROWS_FROM = 16
MOST_ROWS = 5000
# A tile of 512 pixels in cells of 64: as wide as the circle that says how many.
CELLS = 8
# Fewer rows than this in a cell are drawn themselves.
FEWEST_COUNTED = 3


@dataclass(frozen=True)
class Bounds:
    """West, south, east, north in degrees. A tile holds its western and southern edge, not the others."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Cell:
    """The rows of one cell: how many, their mean place, and the first and last of their keys."""

    rows: int
    x: float
    y: float
    first: Any
    last: Any


def is_tile(z: int, x: int, y: int) -> bool:
    """Return whether there is such a tile."""
    return 0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z


def bounds_of(z: int, x: int, y: int) -> Bounds:
    """Return the bounds of a tile. Neighbours share their edge to the last bit."""
    return Bounds(_longitude(z, x), _latitude(z, y + 1), _longitude(z, x + 1), _latitude(z, y))


def check_layer(model: type[Model], layer: MapLayer) -> None:
    """Raise ImproperlyConfigured unless ``layer`` draws points in EPSG:4490."""
    field = model._meta.get_field(layer.location)
    if not isinstance(field, PointField) or field.srid != 4490:
        raise ImproperlyConfigured(f"{model._meta.label}.{layer.location} is no PointField(srid=4490)")


def draw_tile(found: QuerySet[Any], layer: MapLayer, z: int, x: int, y: int, *, key: str = "pk") -> bytes:
    """Return the tile of ``found`` with two layers of points.

    ``rows``: ``key`` (the value of that field), ``label`` and ``kind`` (the value of ``layer.colour``) as text, ""
    for none. ``cells``: ``count``. Each row of ``found`` with a place is in exactly one tile of a zoom, either as
    itself or in one count.
    """
    bounds = bounds_of(z, x, y)
    box = Polygon.from_bbox((bounds.west, bounds.south, bounds.east, bounds.north))
    box.srid = 4490
    # The box finds by index and takes all its edges; the northern and eastern ones are the neighbours'.
    inside = _place(found.filter(**{f"{layer.location}__bboverlaps": box}), layer)
    inside = inside.filter(x__lt=bounds.east, y__lt=bounds.north)
    if z >= ROWS_FROM and len(inside[: MOST_ROWS + 1].values_list("pk")) <= MOST_ROWS:
        return _encode(inside, layer, key, (), (z, x, y))
    cells = _count(inside, bounds)
    single = [pk for cell in cells if cell.rows < FEWEST_COUNTED for pk in {cell.first, cell.last}]
    counted = [cell for cell in cells if cell.rows >= FEWEST_COUNTED]
    return _encode(_place(found.filter(pk__in=single), layer), layer, key, counted, (z, x, y))


def get_extent(found: QuerySet[Any], layer: MapLayer) -> Bounds | None:
    """Return the bounds of all places in ``found``, None when there is none."""
    extent = found.order_by().aggregate(extent=Extent(layer.location))["extent"]
    return Bounds(*extent) if extent else None


def _place(found: QuerySet[Any], layer: MapLayer) -> QuerySet[Any]:
    x, y = (Func(F(layer.location), function=name, output_field=FloatField()) for name in ("ST_X", "ST_Y"))
    placed: QuerySet[Any] = found.order_by().annotate(x=x, y=y)
    return placed


def _count(inside: QuerySet[Any], bounds: Bounds) -> list[Cell]:
    """Count per cell. Cells of equal degrees are not quite of equal height; where a number stands is exact."""
    column = Floor((F("x") - bounds.west) * (CELLS / (bounds.east - bounds.west)))
    row = Floor((F("y") - bounds.south) * (CELLS / (bounds.north - bounds.south)))
    counted = (
        inside.values(column=column, row=row)
        .annotate(rows=Count("pk"), sum_x=Sum("x"), sum_y=Sum("y"), first=Min("pk"), last=Max("pk"))
        .values_list("rows", "sum_x", "sum_y", "first", "last")
    )
    return [Cell(rows, sum_x / rows, sum_y / rows, first, last) for rows, sum_x, sum_y, first, last in counted]


def _encode(rows: QuerySet[Any], layer: MapLayer, key: str, cells: Sequence[Cell], tile: tuple[int, int, int]) -> bytes:
    named = {"key": key, "label": layer.label, "kind": layer.colour}
    texts = {
        f"{name}_text": Cast(F(field), TextField()) if field else Value("", TextField())
        for name, field in named.items()
    }
    try:
        inner, parameters = rows.values_list("x", "y", *texts.values()).query.sql_with_params()
    except EmptyResultSet:
        inner, parameters = _NO_ROWS, ()
    statement = f"""
    WITH tile AS (SELECT ST_TileEnvelope(%s, %s, %s) AS envelope),
    found (x, y, key, label, kind) AS ({inner}),
    rows AS (
        SELECT key, coalesce(label, '') AS label, coalesce(kind, '') AS kind, {_POINT} FROM found, tile
    ),
    counted (count, x, y) AS (SELECT * FROM unnest(%s::int[], %s::float8[], %s::float8[])),
    cells AS (SELECT count, {_POINT} FROM counted, tile)
    SELECT (SELECT ST_AsMVT(rows, 'rows') FROM rows WHERE geom IS NOT NULL)
        || (SELECT ST_AsMVT(cells, 'cells') FROM cells WHERE geom IS NOT NULL)
    """
    columns: list[list[Any]] = [[cell.rows for cell in cells], [cell.x for cell in cells], [cell.y for cell in cells]]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*tile, *parameters, *columns])
        return bytes(cursor.fetchone()[0])


_NO_ROWS = "SELECT 0::float8, 0::float8, '', '', '' WHERE false"
_POINT = "ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(x, y), 4490), 3857), tile.envelope, buffer => 1) AS geom"


def _longitude(z: int, x: int) -> float:
    return x / (1 << z) * 360 - 180


def _latitude(z: int, y: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / (1 << z)))))

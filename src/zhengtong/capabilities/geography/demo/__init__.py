"""The boundaries of the demo city: drawn once, from the seed alone."""

from collections import defaultdict

from django.db import connection
from django.utils.translation import gettext as _

from zhengtong.capabilities.geography.demo.city import OUTSIDE, list_cells, place_seats
from zhengtong.capabilities.geography.models import RegionBoundary
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Region
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM

title = "行政区域界线"

# Cells meet in the same vertices, so unions of them do too. The outermost ones reach to the edge and go.
_UNITE = f"""
WITH cells AS (
    SELECT (ST_Dump(ST_VoronoiPolygons(ST_Collect(place)))).geom AS cell FROM demo_cells
),
villages AS (
    SELECT r.path, ST_Union(c.cell) AS shape
    FROM cells c
    JOIN demo_cells d ON ST_Contains(c.cell, d.place)
    JOIN {Region._meta.db_table} r ON r.code = d.code
    GROUP BY r.path
)
INSERT INTO {RegionBoundary._meta.db_table} (region_id, geometry)
SELECT r.id, ST_Multi(ST_Union(v.shape))
FROM {Region._meta.db_table} r JOIN villages v ON v.path <@ r.path
GROUP BY r.id
"""


def load(context: DemoContext) -> None:
    """Give every region of the demo city a boundary."""
    children: dict[str, list[str]] = defaultdict(list)
    for region in Region.objects.select_related("parent").order_by("code"):
        children[region.parent.code if region.parent else ""].append(region.code)
    rng = context.rng("geography.boundaries")
    cells = list_cells(place_seats(children, children[""][0], rng), rng)
    with context.progress(len(cells), _("行政区域界线")) as advance, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE demo_cells (place geometry(Point, 4490), code text) ON COMMIT DROP")
        xs, ys, codes = zip(*cells, strict=True)
        cursor.execute(
            "INSERT INTO demo_cells SELECT ST_SetSRID(ST_MakePoint(x, y), 4490), code"
            " FROM unnest(%s::float8[], %s::float8[], %s::text[]) AS cell(x, y, code)",
            [list(xs), list(ys), list(codes)],
        )
        cursor.execute("CREATE INDEX ON demo_cells USING gist (place)")
        cursor.execute("ANALYZE demo_cells")
        cursor.execute(_UNITE)
        advance(len(cells))
    drawn = RegionBoundary.objects.count()
    inside = sum(code != OUTSIDE for code in codes)
    record(SYSTEM, "demo.load", ("geography", context.seed), after={"boundaries": drawn, "cells": inside})

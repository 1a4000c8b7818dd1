"""The base map is ours: the demo city's boundaries fit together, and everyone gets them as tiles."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import DataSource
from django.db import connection
from django.test import Client

from zhengtong.capabilities.geography.demo import load
from zhengtong.capabilities.geography.models import RegionBoundary
from zhengtong.capabilities.geography.selectors import get_boundaries, get_region_tile
from zhengtong.core.identity.public import Region
from zhengtong.kernel.demo import DemoContext

pytestmark = pytest.mark.django_db

CONTEXT = DemoContext(date(2026, 3, 2), 7)
# The city's middle at the zoom where it fills a screen.
TILE = (9, 426, 212)


@pytest.fixture
def city() -> list[Region]:
    """A city of two counties with two towns each, and three villages in each town."""
    made = []

    def below(parent: Region | None, code: str, name: str, level: str) -> Region:
        path = f"{parent.path}.{code}" if parent else code
        made.append(Region.objects.create(code=code, name=name, level=level, parent=parent, path=path))
        return made[-1]

    root = below(None, "990100", "安澜市", "city")
    for county in ("990102", "990122"):
        in_county = below(root, county, f"{county}县", "county")
        for town in ("001", "100"):
            in_town = below(in_county, county + town, f"{town}镇", "town")
            for village in ("001", "002", "200"):
                below(in_town, county + town + village, f"{village}村", "village")
    load(CONTEXT)
    return made


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_every_region_has_a_boundary(city: list[Region]) -> None:
    assert set(get_boundaries(region.code for region in city)) == {region.code for region in city}
    assert ask("SELECT bool_and(ST_IsValid(geometry)) FROM geography_regionboundary")


def test_a_region_is_what_lies_in_it_and_neighbours_do_not_overlap(city: list[Region]) -> None:
    for parent in (region for region in city if region.level != "village"):
        whole = get_boundaries([parent.code])[parent.code]
        parts = get_boundaries(region.code for region in city if region.parent_id == parent.pk)
        assert sum(part.area for part in parts.values()) == pytest.approx(whole.area, rel=1e-9)
        assert all(whole.buffer(1e-9).contains(part) for part in parts.values())


def test_the_same_seed_draws_the_same_city(city: list[Region]) -> None:
    first = {code: shape.wkt for code, shape in get_boundaries(region.code for region in city).items()}
    RegionBoundary.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE demo_cells")
    load(CONTEXT)
    assert {code: shape.wkt for code, shape in get_boundaries(region.code for region in city).items()} == first


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], dict[str, set[str]]]:
    """Read a tile with GDAL: the levels of the regions in each layer."""

    def read_tile(tile: bytes) -> dict[str, set[str]]:
        path = tmp_path / "tile.mvt"
        path.write_bytes(tile)
        source = DataSource(path)
        layers = [source[number] for number in range(source.layer_count)]
        return {str(layer): {each.get("level") for each in layer} for layer in layers}

    return read_tile


def test_small_regions_wait_until_one_is_near(city: list[Region], read: Callable[[bytes], dict[str, set[str]]]) -> None:
    far, near = read(get_region_tile(5, 26, 13)), read(get_region_tile(*TILE))
    assert far == {"regions": {"city"}, "names": {"city"}}
    assert near["regions"] == {"city", "county", "town"}


def test_everyone_may_have_the_base_map_and_keep_it(city: list[Region]) -> None:
    z, x, y = TILE
    response = Client().get(f"/geography/regions/{z}/{x}/{y}.mvt")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "安澜市".encode() in response.content or "990102县".encode() in response.content


def test_a_tile_that_does_not_exist_is_not_found() -> None:
    assert Client().get("/geography/regions/2/4/0.mvt").status_code == 404


def test_a_tile_without_regions_is_empty() -> None:
    assert get_region_tile(3, 0, 0) == b""

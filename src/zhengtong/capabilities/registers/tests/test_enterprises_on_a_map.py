"""A clerk looks where enterprises lie: each once, as itself or in a number, and none that isn't hers to see."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import DataSource
from django.contrib.gis.geos import Point
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.cast import Cast
from tests.cast import _staff as staff_account
from zhengtong.capabilities.registers.models import Enterprise, EnterpriseKind, EnterpriseStatus
from zhengtong.capabilities.registers.screens import EnterpriseScreens
from zhengtong.core.identity.public import Organisation, Reach, make_credit_code
from zhengtong.screens import maps_tiles
from zhengtong.screens.declaration import MapLayer
from zhengtong.screens.maps_tiles import Bounds, bounds_of, check_layer, draw_tile, get_extent, is_tile

pytestmark = pytest.mark.django_db

LAYER = MapLayer("location", colour="status", label="name")
MAP = "/desk/registers/enterprises/map/"
SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
Rows = list[dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], dict[str, Rows]]:
    """Read tiles as other programs do, with GDAL: the features' fields by layer."""

    def read_tile(tile: bytes) -> dict[str, Rows]:
        if not tile:
            return {"rows": [], "cells": []}
        path = tmp_path / "tile.mvt"
        path.write_bytes(tile)
        source = DataSource(path)
        layers = [source[number] for number in range(source.layer_count)]
        found = {str(layer): [{f: each.get(f) for f in layer.fields} for each in layer] for layer in layers}
        return {"rows": [], "cells": []} | found

    return read_tile


def register(places: Sequence[Point | None], office: str = "澄波区人民政府", **fields: Any) -> list[Enterprise]:
    organ = Organisation.objects.get(name=office)
    first = Enterprise.objects.count()
    return Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=make_credit_code("91", "990102", f"MAT{number:05d}"),
            name=f"第{number}号面馆",
            kind=EnterpriseKind.LIMITED,
            representative_name="王晓岚",
            representative_digest="",
            address="滨江路",
            region=organ.region,
            location=place,
            established_date=date(2020, 1, 1),
            business_scope="餐饮服务",
            registrar=organ,
            **fields,
        )
        for number, place in enumerate(places, first)
    )


def tile_at(z: int, x: float, y: float) -> tuple[int, int, int]:
    """Return the tile that holds the place, found by its bounds."""
    column = int((x + 180) / 360 * 2**z)
    row = next(row for row in range(2**z) if bounds_of(z, column, row).south <= y < bounds_of(z, column, row).north)
    return z, column, row


@pytest.mark.parametrize("z", [5, 9, 12])
def test_every_enterprise_is_on_the_map_exactly_once(
    z: int, cast: Cast, read: Callable[[bytes], dict[str, Rows]]
) -> None:
    rng = random.Random(4)
    edge = bounds_of(*tile_at(z, 119.6, 28.9))
    corners = [Point(x, y, srid=4490) for x in (edge.west, edge.east) for y in (edge.south, edge.north)]
    heap = [Point(119.6, 28.9, srid=4490)] * 40
    near = [Point(rng.gauss(119.6, 0.02), rng.gauss(28.9, 0.02), srid=4490) for _ in range(60)]
    register([*corners, *heap, *near])
    _z, column, row = tile_at(z, 119.6, 28.9)

    alone, counted = [], 0
    for x in range(column - 2, column + 4):
        for y in range(row - 3, row + 4):
            tile = read(draw_tile(Enterprise.objects.all(), LAYER, z, x, y))
            alone += [each["key"] for each in tile["rows"]]
            counted += sum(each["count"] for each in tile["cells"])

    assert len(alone) == len(set(alone))
    assert counted >= 40
    assert len(alone) + counted == 104


def test_at_a_street_everyone_stands_for_itself(cast: Cast, read: Callable[[bytes], dict[str, Rows]]) -> None:
    made = register([Point(119.6, 28.9, srid=4490)] * 12, status=EnterpriseStatus.REVOKED)
    tile = read(draw_tile(Enterprise.objects.all(), LAYER, *tile_at(16, 119.6, 28.9)))
    assert tile["cells"] == []
    assert {each["key"] for each in tile["rows"]} == {str(row.pk) for row in made}
    assert {(each["label"], each["kind"]) for each in tile["rows"]} == {(row.name, "revoked") for row in made}


def test_a_street_with_too_many_says_how_many(
    cast: Cast, read: Callable[[bytes], dict[str, Rows]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps_tiles, "MOST_ROWS", 10)
    register([Point(119.6, 28.9, srid=4490)] * 12)
    tile = read(draw_tile(Enterprise.objects.all(), LAYER, *tile_at(16, 119.6, 28.9)))
    assert (tile["rows"], [each["count"] for each in tile["cells"]]) == ([], [12])


def test_who_has_no_place_is_on_no_tile(cast: Cast) -> None:
    register([None])
    assert draw_tile(Enterprise.objects.all(), LAYER, 0, 0, 0) == b""
    assert draw_tile(Enterprise.objects.none(), LAYER, 0, 0, 0) == b""
    assert get_extent(Enterprise.objects.all(), LAYER) is None


def test_a_map_begins_with_all_that_it_shows(cast: Cast) -> None:
    register([Point(119.5, 28.8, srid=4490), Point(119.7, 29.1, srid=4490), None])
    assert get_extent(Enterprise.objects.all(), LAYER) == Bounds(119.5, 28.8, 119.7, 29.1)


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (0, 1, 0), (3, 0, 8), (23, 0, 0), (2, -1, 0)])
def test_what_is_no_tile(z: int, x: int, y: int) -> None:
    assert not is_tile(z, x, y)
    assert is_tile(22, 2**22 - 1, 0)


def test_neighbouring_tiles_share_their_edge() -> None:
    assert bounds_of(11, 1700, 850).east == bounds_of(11, 1701, 850).west
    assert bounds_of(11, 1700, 850).south == bounds_of(11, 1700, 851).north
    whole = bounds_of(0, 0, 0)
    assert (whole.west, whole.east) == (-180, 180)
    assert whole.north == pytest.approx(85.0511287798066)


def test_only_places_in_the_national_system_are_drawn() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"address is no PointField\(srid=4490\)"):
        check_layer(Enterprise, MapLayer("address"))


# In the browser --------------------------------------------------------------------------------------------


def browser_of(cast: Cast, role: str | None, office: str = "澄波区人民政府") -> Client:
    organ = Organisation.objects.get(name=office)
    account = staff_account(f"looker-{role}", "看图人", organ, {role: Reach.SUBTREE} if role else {})
    client = Client()
    client.force_login(account, SIGNS_IN)
    return client


def test_the_page_names_its_tiles_and_explains_its_marks(cast: Cast) -> None:
    register([Point(119.6, 28.9, srid=4490), None, None])
    response = browser_of(cast, "enterprise_registrar").get(MAP + "?status=active")
    page = response.content.decode()
    assert 'data-tiles="/desk/registers/enterprises/map/{z}/{x}/{y}.mvt?status=active"' in page
    assert 'data-base="/geography/regions/{z}/{x}/{y}.mvt"' in page
    assert re.findall(r'data-kind="(\w+)" data-title="(\w+)"', page) == [
        ("active", "存续"),
        ("suspended", "歇业"),
        ("revoked", "吊销"),
        ("cancelled", "注销"),
    ]
    assert "另有 2 条没有登记位置，不在图上。" in page
    assert 'href="/desk/registers/enterprises/?status=active">看列表' in page


def test_without_any_place_the_page_says_so_and_loads_no_map(cast: Cast) -> None:
    register([None, None])
    page = browser_of(cast, "enterprise_registrar").get(MAP).content.decode()
    assert "符合条件的 2 条都没有登记位置。" in page
    assert "map.js" not in page
    assert "data-map" not in page


def test_tiles_hold_what_the_list_shows_and_are_kept_nowhere(
    cast: Cast, read: Callable[[bytes], dict[str, Rows]]
) -> None:
    mine, _closed = register([Point(119.6, 28.9, srid=4490)]) + register(
        [Point(119.6, 28.9, srid=4490)], status=EnterpriseStatus.CANCELLED
    )
    register([Point(119.6, 28.9, srid=4490)], office="禾溪县人民政府")
    z, x, y = tile_at(16, 119.6, 28.9)
    response = browser_of(cast, "enterprise_registrar").get(f"{MAP}{z}/{x}/{y}.mvt?status=active")
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert [each["key"] for each in read(response.content)["rows"]] == [str(mine.pk)]


@pytest.mark.parametrize("path", [MAP, f"{MAP}16/54544/27260.mvt"])
def test_the_map_is_closed_to_whom_the_list_is_closed(path: str, cast: Cast) -> None:
    assert Client().get(path).status_code == 302
    assert browser_of(cast, None).get(path).status_code == 403


def test_a_tile_that_does_not_exist_is_not_found(cast: Cast) -> None:
    assert browser_of(cast, "enterprise_registrar").get(f"{MAP}1/2/0.mvt").status_code == 404


def test_a_masked_name_is_not_in_the_tiles(
    cast: Cast, read: Callable[[bytes], dict[str, Rows]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EnterpriseScreens, "map", replace(LAYER, label="representative_name"))
    register([Point(119.6, 28.9, srid=4490)])
    z, x, y = tile_at(16, 119.6, 28.9)
    tile = browser_of(cast, "enterprise_registrar").get(f"{MAP}{z}/{x}/{y}.mvt").content
    assert [each["label"] for each in read(tile)["rows"]] == [""]
    assert "王晓岚".encode() not in tile

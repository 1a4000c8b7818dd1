"""The map of a declared model, and the tiles that it is drawn from."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.declaration import PUBLIC, ModelScreens
from zhengtong.screens.linking import describe_filters
from zhengtong.screens.listing import Listing
from zhengtong.screens.maps import BaseMap, has_map, layer_of, list_kinds
from zhengtong.screens.maps_tiles import TILE_TYPE, draw_tile, get_extent, is_tile
from zhengtong.screens.paging import count_capped
from zhengtong.screens.routing import Route, url_of

_PUBLIC_SECONDS = 300


def show_map(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    listing = Listing(screens, actor, request.GET)
    layer = layer_of(listing)
    found = listing.matching
    extent = get_extent(found, layer)
    unplaced, is_capped = count_capped(found.filter(**{layer.location: None}))
    context = presenting.shell(
        request,
        screens,
        actor,
        listing=listing,
        kinds=list_kinds(listing, layer),
        extent=extent,
        unplaced=f"{unplaced}+" if is_capped else unplaced,
        tiles=_tile_template(url_of(screens, "map_tile", z=0, x=0, y=0)) + _query_of(request),
        base=_base_tiles(),
        row_pages=url_of(screens) if screens.detail else "",
        words=_words(),
        **describe_filters(listing, "map"),
    )
    return render(request, "screens/model/map.html", context)


def show_tile(request: HttpRequest, screens: ModelScreens, actor: Actor, z: int, x: int, y: int) -> HttpResponse:
    if not is_tile(z, x, y):
        raise Http404
    listing = Listing(screens, actor, request.GET)
    tile = draw_tile(listing.matching, layer_of(listing), z, x, y, key=screens.lookup)
    response = HttpResponse(tile, content_type=TILE_TYPE)
    if screens.audience == PUBLIC:
        response.headers["Cache-Control"] = f"public, max-age={_PUBLIC_SECONDS}"
    return response


def _base_tiles() -> str:
    base = next(registry.of(BaseMap), None)
    return _tile_template(reverse(base.url_name, kwargs={"z": 0, "x": 0, "y": 0})) if base else ""


def _tile_template(url: str) -> str:
    return url.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")


def _query_of(request: HttpRequest) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _words() -> dict[str, str]:
    """What the script says."""
    return {
        "map": _("地图。方向键移动，加减号缩放，回车查看中心处的记录"),
        "zoomIn": _("放大"),
        "zoomOut": _("缩小"),
        "close": _("关闭"),
        "kilometres": _("公里"),
        "metres": _("米"),
        "ctrlScroll": _("按住 Ctrl 并滚动滚轮来缩放地图"),
        "cmdScroll": _("按住 ⌘ 并滚动来缩放地图"),
        "twoFingers": _("用两个手指移动地图"),
        "more": _("此处还有 {n} 条，放大后再看"),
        "noDrawing": _("这台设备不能显示地图，请看列表。"),
        "missingTiles": _("地图有一部分没有取到，请检查网络后刷新页面。"),
    }


ROUTES = (
    Route("map", "map/", show_map, when=has_map),
    Route("map_tile", "map/<int:z>/<int:x>/<int:y>.mvt", show_tile, when=has_map),
)

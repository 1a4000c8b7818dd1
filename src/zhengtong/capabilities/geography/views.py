"""The base map's tiles: boundaries are public, so everyone may have them and may keep them for a while."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhengtong.capabilities.geography.selectors import get_region_tile
from zhengtong.screens.maps_tiles import TILE_TYPE, is_tile

_KEPT_SECONDS = 3600


@require_safe
def region_tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The region boundaries within one tile."""
    if not is_tile(z, x, y):
        raise Http404
    headers = {"Cache-Control": f"public, max-age={_KEPT_SECONDS}"}
    return HttpResponse(get_region_tile(z, x, y), content_type=TILE_TYPE, headers=headers)

"""Maps from a declaration: the rows of the list where they lie, over our own base map.

What a map shows and to whom is the list's (:class:`~zhengtong.screens.listing.Listing`): the same scope, the same
filters in the address. A column that is masked or hidden from the actor names and colours nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Field
from django.http import Http404

from zhengtong.kernel.modules import Declaration, Text
from zhengtong.screens.columns import find_declared, find_path
from zhengtong.screens.declaration import MapLayer, ModelScreens
from zhengtong.screens.linking import url_with
from zhengtong.screens.listing import Listing
from zhengtong.screens.maps_tiles import check_layer

# In a box of 20 units, the first for the first kind and so on: told apart without their colours.
SHAPES = (
    "M16 10a6 6 0 1 1-12 0a6 6 0 1 1 12 0z",
    "M10 3l7 12.5H3z",
    "M4.5 4.5h11v11h-11z",
    "M10 2.5l7 7.5-7 7.5-7-7.5z",
    "M8 4h4v4h4v4h-4v4H8v-4H4V8h4z",
    "M10 17L3 4.5h14z",
    "M6.2 3.5h7.6l3.7 6.5-3.7 6.5H6.2L2.5 10z",
    "M5.8 3L10 7.2 14.2 3 17 5.8 12.8 10l4.2 4.2-2.8 2.8L10 12.8 5.8 17 3 14.2 7.2 10 3 5.8z",
)


@dataclass(frozen=True)
class BaseMap(Declaration):
    """Tiles under every map: ``url_name`` takes ``z``, ``x``, ``y`` and gives layers ``regions`` and ``names``."""

    code: str
    url_name: str

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class Kind:
    """An entry of the legend: a value of the colouring field, its shape, its colour (a tone or a number of series)."""

    value: str
    title: Text
    shape: str
    colour: str
    url: str = ""


def has_map(screens: ModelScreens) -> bool:
    """Return whether these screens have a map. Raises ImproperlyConfigured for one that can't be drawn."""
    if screens.map is None:
        return False
    check_layer(screens.model, screens.map)
    if screens.map.colour and not _choices(find_path(screens.model, screens.map.colour)[-1]):
        raise ImproperlyConfigured(f"{screens.key}: a map is coloured by a field with choices")
    if len(_choices_of(screens)) > len(SHAPES):
        raise ImproperlyConfigured(f"{screens.key}: more than {len(SHAPES)} kinds can't be told apart on a map")
    return True


def layer_of(listing: Listing) -> MapLayer:
    """Return the layer as this actor may see it. Raises Http404 when she may not see where rows lie."""
    layer = listing.screens.map
    if layer is None or not _is_open(listing, layer.location):
        raise Http404
    return replace(
        layer,
        label=layer.label if _is_open(listing, layer.label) else "",
        colour=layer.colour if _is_open(listing, layer.colour) else "",
    )


def list_kinds(listing: Listing, layer: MapLayer) -> list[Kind]:
    """Return the legend; an entry leads to the map of its rows alone where the list has that filter."""
    if not layer.colour:
        return []
    screens = listing.screens
    is_filter = any(bound.name == layer.colour and bound.kind == "choice" for bound in listing.filters)
    kinds = []
    for number, (value, title) in enumerate(_choices_of(screens)):
        url = url_with(listing, "map", {layer.colour: value}) if is_filter else ""
        kinds.append(Kind(value, title, SHAPES[number], _tone(screens, layer, value) or str(number + 1), url))
    return kinds


def _is_open(listing: Listing, name: str) -> bool:
    """Return whether the column is whole to this actor; so is a field that no column hides."""
    declared = find_declared(listing.screens, name)
    return listing.may_ask(name) and (declared is None or declared.mask is None)


def _choices(field: "Field[Any, Any]") -> Sequence[tuple[str, Text]]:
    flat = field.flatchoices
    return [(str(value), title) for value, title in flat if value not in (None, "")]


def _choices_of(screens: ModelScreens) -> Sequence[tuple[str, Text]]:
    colour = screens.map.colour if screens.map else ""
    return _choices(find_path(screens.model, colour)[-1]) if colour else ()


def _tone(screens: ModelScreens, layer: MapLayer, value: str) -> str:
    """The tone that the list gives to the value, so that a colour means the same in both; "" for none."""
    declared = find_declared(screens, layer.colour)
    if declared is None or declared.tone is None or "__" in layer.colour:
        return ""
    return declared.tone(screens.model(**{layer.colour: value}))

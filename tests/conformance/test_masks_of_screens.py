"""What is masked is on no page of its screens, nor in the files and the interface that follow from them."""

import io
import zipfile
from typing import Any

from tests.conformance.rooms import SCREENS, Room, body_of, over
from zhengtong.screens.columns import BoundColumn, bind_of
from zhengtong.screens.declaration import Fields, ModelScreens


def masked(screens: ModelScreens) -> list[BoundColumn]:
    """Return the personal columns of the list and of the detail page."""
    named = [*screens.columns, *(name for panel in screens.detail if isinstance(panel, Fields) for name in panel.names)]
    found = {column.name: column for column in (bind_of(screens, each) for each in named) if column.is_personal}
    return list(found.values())


def read(answer: Any) -> str:
    """Return an answer's text, that of a spreadsheet's parts too."""
    content = body_of(answer)
    if content[:2] != b"PK":
        return str(content.decode())
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


@over(screens for screens in SCREENS if masked(screens))
def test_what_is_masked_is_on_no_page(room: Room) -> None:
    hidden = {column.name: str(column.raw(room.row)) for column in masked(room.screens)}
    assert all(hidden.values()), "the sample leaves a personal field empty"
    addresses = [*room.pages(), *((verb, address) for verb, address in room.addresses() if verb.startswith("export"))]
    if room.screens.api:
        addresses += [("api", room.api), ("api", room.api_of(room.row))]
    for verb, address in addresses:
        text = read(room.holder.get(address))
        for name, value in hidden.items():
            assert value not in text, (verb, name)

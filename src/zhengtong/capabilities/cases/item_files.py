"""Items as files: the text of one item, with what items have in common written once.

An item says ``use = "<name>"`` where a whole text (``defaults``), a section, a field, a material or a step stands in
``shared.toml``; its own words win. A sector's ``seed/shared.toml`` comes before the platform's. What is published is
the item written out in full: nobody needs the shared file afterwards.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

Table = dict[str, Any]
_PARTS = ("defaults", "sections", "fields", "materials", "steps")


class UnknownPart(ValueError):
    """An item uses a part that no shared file holds."""


@cache
def _read(path: str) -> Table:
    return tomllib.loads(Path(path).read_text("utf-8"))


def _shared(path: Path) -> dict[str, Table]:
    general = _read(str(files("zhengtong.capabilities.cases").joinpath("seed", "shared.toml")))
    beside = path.parent.parent / "shared.toml"
    own = _read(str(beside)) if beside.exists() else {}
    return {part: {**general.get(part, {}), **own.get(part, {})} for part in _PARTS}


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Table:
    both = {**base, **own}
    for key in base.keys() & own.keys():
        if isinstance(base[key], dict) and isinstance(own[key], dict):
            both[key] = _merged(base[key], own[key])
    return both


def _taken(raw: Mapping[str, Any], parts: Mapping[str, Table], where: str) -> Table:
    own = dict(raw)
    name = own.pop("use", None)
    if name is None:
        return own
    if name not in parts:
        raise UnknownPart(f"{where}: there is no shared part {name!r}")
    return _merged(_taken(parts[name], parts, where), own)


def read_item(path: Path) -> Table:
    """Return the text of the item in ``path``, written out in full. Raises UnknownPart, and what TOML raises."""
    with path.open("rb") as file:
        raw = tomllib.load(file)
    shared, place = _shared(path), path.stem
    text = _taken(raw, shared["defaults"], place)
    text["form"] = [
        {**section, "fields": [_taken(each, shared["fields"], place) for each in section["fields"]]}
        for section in (_taken(each, shared["sections"], place) for each in text["form"])
    ]
    text["materials"] = [
        {"kinds": ["pdf", "jpg", "png"], "source": "申请人自备", **_taken(each, shared["materials"], place)}
        for each in text["materials"]
    ]
    if "steps" in text:
        text["steps"] = [_taken(each, shared["steps"], place) for each in text["steps"]]
    where = text.get("guide", {}).get("where", "")
    if "{authority}" in where:
        text["guide"] = {**text["guide"], "where": where.replace("{authority}", text["authority"])}
    return text

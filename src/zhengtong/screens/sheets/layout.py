"""Which column of a file is which: the head is found, merged cells included, or refused with what to do."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhengtong.screens.sheets.problems import FileRefused
from zhengtong.screens.sheets.table import Range

# A title and some lines of remarks may stand above the head.
LOOKED_AT = 12
# Our own files add it to rows that were refused.
PROBLEM_TITLE = "问题"


@dataclass(frozen=True)
class Layout:
    """Where things are, counted from 0: the first row of content, and each column's place by field name."""

    first: int
    places: Mapping[str, int]
    unnamed: tuple[int, ...] = ()


def plain_title(text: str) -> str:
    """Return a title without blanks, width and the star that marks what must be filled in."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("*").lower()


def letter(column: int) -> str:
    """Return the letters of a column counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_layout(
    rows: Sequence[Sequence[str]], known: Mapping[str, str], expected: Mapping[str, str], merges: Sequence[Range] = ()
) -> Layout:
    """Return the layout of a file whose first rows are ``rows``.

    ``known`` maps plain titles to field names, ``expected`` names every column that must be there with its title.
    A head of two rows is understood when each column then has one meaning. Raises :class:`FileRefused`.
    """
    if not any(any(row) for row in rows):
        raise FileRefused("empty_sheet")
    grid = _Grid(rows, merges)
    best = max(range(len(rows)), key=lambda n: (grid.count_known(n, known), -n))
    if not grid.count_known(best, known):
        raise FileRefused("no_head", {"titles": "、".join(expected.values())})
    top, bottom = grid.extent(best, known)
    places: dict[str, list[int]] = {}
    unknown: list[str] = []
    unclear: list[str] = []
    unnamed: list[int] = []
    for column in range(grid.width):
        stack = grid.stack(column, top, bottom)
        if not stack:
            unnamed.append(column)
            continue
        if plain_title(stack[-1]) == PROBLEM_TITLE:
            continue
        name = _meaning(stack, known)
        if name is None:
            (unclear if grid.is_merged(column, top, bottom) else unknown).append(stack[-1])
        else:
            places.setdefault(name, []).append(column)
    doubled = [name for name, columns in places.items() if len(columns) > 1]
    if unclear or (doubled and bottom > top):
        raise FileRefused("merged_heads", {"titles": "、".join([*unclear, *(expected.get(n, n) for n in doubled)])})
    if doubled:
        raise FileRefused("doubled_heads", {"titles": "、".join(expected.get(name, name) for name in doubled)})
    if unknown:
        raise FileRefused("unknown_heads", {"titles": "、".join(unknown)})
    if missing := [title for name, title in expected.items() if name not in places]:
        raise FileRefused("missing_heads", {"titles": "、".join(missing)})
    return Layout(bottom + 1, {name: columns[0] for name, columns in places.items()}, tuple(unnamed))


def _meaning(stack: Sequence[str], known: Mapping[str, str]) -> str | None:
    """What a column means: by all the titles above each other if that is known, else by the lowest one."""
    return known.get(plain_title("".join(stack))) or known.get(plain_title(stack[-1]))


class _Grid:
    def __init__(self, rows: Sequence[Sequence[str]], merges: Sequence[Range]) -> None:
        self.rows = rows
        self.width = max(len(row) for row in rows)
        self.merges = [each for each in merges if each[0][0] < len(rows)]

    def text(self, row: int, column: int) -> str:
        cells = self.rows[row] if row < len(self.rows) else ()
        return cells[column] if column < len(cells) else ""

    def region(self, row: int, column: int) -> Range:
        for (top, left), (bottom, right) in self.merges:
            if top <= row <= bottom and left <= column <= right:
                return (top, left), (bottom, right)
        return (row, column), (row, column)

    def count_known(self, row: int, known: Mapping[str, str]) -> int:
        return sum(plain_title(text) in known for text in self.rows[row] if text)

    def extent(self, row: int, known: Mapping[str, str]) -> tuple[int, int]:
        """The head's first and last row, of which ``row`` is one: merged cells that reach over its edge widen it."""
        top = bottom = row
        for column in range(self.width):
            (first, left), (last, right) = self.region(row, column)
            top, bottom = min(top, first), max(bottom, last)
            if right > left and first == row and self._has_titles_below(row, left, right, known):
                bottom = max(bottom, row + 1)
            if row and first == row:
                (_f, left), (last, right) = self.region(row - 1, column)
                # What spans several titles groups them; what spans nearly all of them is the table's own title.
                if right > left and last == row - 1 and right - left + 1 < self.width - 1:
                    top = min(top, row - 1)
        return top, bottom

    def _has_titles_below(self, row: int, left: int, right: int, known: Mapping[str, str]) -> bool:
        return any(self.text(row + 1, column) for column in range(left, right + 1)) and any(
            plain_title(self.text(row + 1, column)) in known
            or plain_title(self.text(row, left) + self.text(row + 1, column)) in known
            for column in range(left, right + 1)
        )

    def stack(self, column: int, top: int, bottom: int) -> list[str]:
        """The titles of a column from above, a merged one once."""
        found: dict[tuple[int, int], str] = {}
        for row in range(top, bottom + 1):
            (first, left), _end = self.region(row, column)
            if text := self.text(first, left):
                found[first, left] = text
        return list(found.values())

    def is_merged(self, column: int, top: int, bottom: int) -> bool:
        return any(self.region(row, column) != ((row, column), (row, column)) for row in range(top, bottom + 1))

"""Whether a decision table answers every possible input, and no input twice: interval arithmetic, column by column.

Every column's values are cut at the ends that its cells name into pieces on which no cell changes its answer. A row is
then a product of sets of pieces, and gaps and overlaps are found by going down the columns with the rows still alive.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.domain.findings import Finding, Level
from zhengtong.capabilities.workflow.domain.tables import Input, InputType, Policy, Row, Table

MOST_FINDINGS: Final = 20
MOST_VISITS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column's values on which every cell gives one answer: ``sample`` is one of them."""

    sample: Any
    words: str


def cut(column: Input, cells: Sequence[Any]) -> list[Piece]:
    """Return the column's pieces in order. ``cells`` are those of all rows."""
    match column.type:
        case InputType.BOOLEAN:
            return [Piece(True, _("是")), Piece(False, _("否"))]
        case InputType.CHOICE:
            named = sorted({value for cell in cells for value in cell.values})
            pieces = [Piece(each, each) for each in dict.fromkeys((*column.options, *named))]
            return pieces if column.options else [*pieces, Piece("\uffff", _("其他值"))]
    return list(_cut_line(column, cells))


def _cut_line(column: Input, cells: Sequence[Any]) -> Iterator[Piece]:
    ends = {
        bound.value
        for cell in cells
        for interval in cell.intervals
        for bound in (interval.low, interval.high)
        if bound.value is not None
    }
    low, high = column.low, column.high
    points = sorted(each for each in ends | {low, high} - {None} if _between(each, low, high))
    if not points:
        yield Piece(date.today() if column.type is InputType.DATE else Decimal(0), _("任意值"))
        return
    if low is None:
        yield Piece(_beyond(points[0], -1), f"< {points[0]}")
    for place, point in enumerate(points):
        yield Piece(point, str(point))
        if place + 1 < len(points):
            after = points[place + 1]
            middle = _middle(point, after)
            if middle is not None:
                yield Piece(middle, _("%(low)s 和 %(high)s 之间") % {"low": point, "high": after})
    if high is None:
        yield Piece(_beyond(points[-1], 1), f"> {points[-1]}")


def _between(value: Any, low: Any, high: Any) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _beyond(value: Any, way: int) -> Any:
    return value + (timedelta(days=way) if isinstance(value, date) else way)


def _middle(low: Any, high: Any) -> Any:
    if isinstance(low, date):
        return low + timedelta(days=1) if (high - low).days > 1 else None
    return (low + high) / 2


def check_table(table: Table) -> list[Finding]:
    """Return the gaps of a table (UNIQUE, FIRST), the overlaps of a UNIQUE one, and the rows that never answer."""
    columns = [cut(each, [row.cells[place] for row in table.rows]) for place, each in enumerate(table.inputs)]
    found: list[Finding] = []
    search = _Search(table, columns)
    if table.policy is not Policy.COLLECT:
        for path in search.gaps():
            found.append(
                _finding(
                    table,
                    Level.ERROR,
                    _("决策表“%(name)s”有空档：%(where)s 时没有一行符合，请补一行。"),
                    where=_words(table, path),
                )
            )
    if table.policy is Policy.UNIQUE:
        for first, second, shared in search.overlaps():
            found.append(
                _finding(
                    table,
                    Level.ERROR,
                    _("决策表“%(name)s”的第 %(first)d 行和第 %(second)d 行重叠：%(where)s 时两行都符合。"),
                    first=first,
                    second=second,
                    where=_words(table, shared),
                )
            )
    if table.policy is Policy.FIRST:
        for number in search.unreached():
            sentence = _("决策表“%(name)s”的第 %(row)d 行永远轮不到，前面的行已经都包括了。")
            found.append(_finding(table, Level.WARNING, sentence, row=number))
    if search.is_exhausted:
        found.append(_finding(table, Level.ERROR, _("决策表“%(name)s”太复杂，不能检查有没有空档和重叠，请拆成几个。")))
    return found


def _finding(table: Table, level: Level, sentence: str, **given: Any) -> Finding:
    return Finding(table.code, table.name, level, sentence % {"name": table.name, **given})


def _words(table: Table, path: Sequence[Piece | None]) -> str:
    said = [f"{each.name} {piece.words}" for each, piece in zip(table.inputs, path, strict=False) if piece is not None]
    return "，".join(said) or _("任何情况")


class _Search:
    """Goes down the columns piece by piece with the rows that still hold."""

    def __init__(self, table: Table, columns: Sequence[Sequence[Piece]]) -> None:
        self.table, self.columns = table, columns
        self.visits = 0

    @property
    def is_exhausted(self) -> bool:
        return self.visits > MOST_VISITS

    def gaps(self) -> Iterator[tuple[Piece, ...]]:
        yield from islice(self._gaps((), list(self.table.rows)), MOST_FINDINGS)

    def _gaps(self, path: tuple[Piece, ...], rows: list[Row]) -> Iterator[tuple[Piece, ...]]:
        self.visits += 1
        if self.is_exhausted:
            return
        depth = len(path)
        if not rows:
            yield path
            return
        # A row that takes anything from here on leaves no gap below.
        if depth == len(self.columns) or any(all(cell.is_any for cell in row.cells[depth:]) for row in rows):
            return
        for piece in self.columns[depth]:
            alive = [row for row in rows if row.cells[depth].holds(piece.sample)]
            yield from self._gaps((*path, piece), alive)

    def overlaps(self) -> Iterator[tuple[int, int, tuple[Piece | None, ...]]]:
        yield from islice(self._overlaps(self.table.rows), MOST_FINDINGS)

    def _overlaps(self, rows: Sequence[Row]) -> Iterator[tuple[int, int, tuple[Piece | None, ...]]]:
        for first in range(len(rows)):
            for second in range(first + 1, len(rows)):
                path = self._shared(rows[first], rows[second])
                if path is not None:
                    yield first + 1, second + 1, path

    def _shared(self, one: Row, other: Row) -> tuple[Piece | None, ...] | None:
        path: list[Piece | None] = []
        for place, pieces in enumerate(self.columns):
            if one.cells[place].is_any and other.cells[place].is_any:
                path.append(None)
                continue
            for piece in pieces:
                if one.cells[place].holds(piece.sample) and other.cells[place].holds(piece.sample):
                    path.append(piece)
                    break
            else:
                return None
        return tuple(path)

    def unreached(self) -> Iterator[int]:
        reached: set[int] = set()
        self._reach((), list(enumerate(self.table.rows, 1)), reached)
        if not self.is_exhausted:
            yield from (number for number in range(1, len(self.table.rows) + 1) if number not in reached)

    def _reach(self, path: tuple[Piece, ...], rows: list[tuple[int, Row]], reached: set[int]) -> None:
        self.visits += 1
        if self.is_exhausted or not rows or all(number in reached for number, _row in rows):
            return
        depth = len(path)
        if depth == len(self.columns) or all(cell.is_any for cell in rows[0][1].cells[depth:]):
            reached.add(rows[0][0])
            return
        for piece in self.columns[depth]:
            self._reach((*path, piece), [each for each in rows if each[1].cells[depth].holds(piece.sample)], reached)

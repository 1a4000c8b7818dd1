"""The monthly report: its figures once, for the screen, the spreadsheet and the paper alike. From tallies only."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.supervision.public import read_sums
from zhengtong.desks.supervision.figures import Figures, add_up, month_after, month_before, pick, total_of
from zhengtong.desks.supervision.places import list_items, read_places
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor
from zhengtong.screens.sheets.workbook_stream import GENERAL, TEXT, Head, stream_workbook, text_cell

WORST: Final = 10
Value = int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the report: what it is called, how it is written, how it is made."""

    key: str
    title: Text
    read: Callable[[Figures], Value]
    made: Text
    unit: str = ""

    def show(self, figures: Figures) -> str:
        value = self.read(figures)
        return "—" if value is None else f"{value}{self.unit}"

    def show_change(self, now: Figures, before: Figures) -> str:
        """Return how it changed on the month before: +3, -0.5, 0; — where one of the two has no such figure."""
        new, old = self.read(now), self.read(before)
        if new is None or old is None:
            return "—"
        change = new - old
        return f"+{change}" if change > 0 else f"{change}"


COLUMNS: Final = (
    Column("received", gettext_lazy("收件"), lambda f: f.received, gettext_lazy("本月提交的申请件数")),
    Column(
        "accepted", gettext_lazy("受理"), lambda f: f.accepted, gettext_lazy("本月受理的件数，含逾期未答复视为受理")
    ),
    Column("decided", gettext_lazy("办结"), lambda f: f.decided, gettext_lazy("本月作出准予或者不予许可决定的件数")),
    Column(
        "on_time_rate",
        gettext_lazy("按期率"),
        lambda f: f.on_time_rate,
        gettext_lazy("承诺期限内作出决定的件数占本月办结件数的百分比"),
        "%",
    ),
    Column("late", gettext_lazy("超期办结"), lambda f: f.late, gettext_lazy("超过承诺期限才作出决定的件数")),
    Column(
        "average_days",
        gettext_lazy("平均用时"),
        lambda f: f.average_days,
        gettext_lazy("本月办结件从受理到决定的平均工作日数，中止的时间不计入"),
    ),
    Column("yellow", gettext_lazy("黄牌"), lambda f: f.became_yellow, gettext_lazy("期限用去九成而亮黄牌的次数")),
    Column("red", gettext_lazy("红牌"), lambda f: f.became_red, gettext_lazy("超过期限而亮红牌的次数")),
    Column("urged", gettext_lazy("催办"), lambda f: f.urged, gettext_lazy("监察人员发出催办的次数")),
    Column(
        "satisfaction",
        gettext_lazy("满意度"),
        lambda f: f.satisfaction,
        gettext_lazy("申请人好差评的平均得分，满分5分"),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: of a county, an organ, an item, or one organ's item."""

    title: str
    figures: Figures

    @property
    def cells(self) -> list[str]:
        return [column.show(self.figures) for column in COLUMNS]

    @property
    def values(self) -> list[Value]:
        return [column.read(self.figures) for column in COLUMNS]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the report."""

    code: str
    title: str
    head: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Report:
    """A month within one reach."""

    month: date
    total: Figures
    before: Figures
    parts: list[Part]

    @property
    def last_day(self) -> date:
        return month_after(self.month) - timedelta(days=1)

    @property
    def period(self) -> str:
        return f"{self.month.year}年{self.month.month}月"

    @property
    def summary(self) -> list[tuple[str, str, str, str]]:
        """Title, this month, the month before, change; a row a figure."""
        return [
            (
                str(column.title),
                column.show(self.total),
                column.show(self.before),
                column.show_change(self.total, self.before),
            )
            for column in COLUMNS
        ]

    @property
    def notes(self) -> list[tuple[str, str]]:
        return [(str(column.title), str(column.made)) for column in COLUMNS]


def make_report(actor: Actor, permission: str, month: date) -> Report:
    """Return the report of ``month`` for the organs that ``actor`` may watch."""
    reach = actor.reach(permission)
    last, before = month_after(month) - timedelta(days=1), month_before(month)
    sums = read_sums(reach, month, last)
    earlier = total_of(read_sums(reach, before, month - timedelta(days=1)), {})
    places = read_places({organisation for organisation, _item, _measure in sums})
    items = {item.pk: item.name for item in list_items({item for _organisation, item, _measure in sums})}
    counties = {region.pk: region.name for region in places.list_counties()}
    organs = {organ.pk: organ.name for organ in places.list_organs()}
    pairs = add_up(sums, {}, lambda organisation, item: (organisation, item))
    worst = sorted(
        (pair for pair, figures in pairs.items() if figures.late or figures.became_red),
        key=lambda pair: (-pairs[pair].late, -pairs[pair].became_red, -pairs[pair].became_yellow, pair),
    )[:WORST]
    return Report(
        month,
        total_of(sums, {}),
        earlier,
        [
            Part(
                "counties",
                _("按地区"),
                _("地区"),
                _lines(counties, add_up(sums, {}, lambda organisation, _item: places.county_of(organisation))),
            ),
            Part("organs", _("按机关"), _("办理机关"), _lines(organs, add_up(sums, {}, lambda organ, _item: organ))),
            Part("items", _("按事项"), _("事项"), _lines(items, add_up(sums, {}, lambda _organ, item: item))),
            Part(
                "worst",
                _("超期最多的十项"),
                _("机关和事项"),
                [Line(f"{organs.get(o, '')} · {items.get(i, '')}", pairs[o, i]) for o, i in worst],
            ),
        ],
    )


def _lines(titles: dict[int, str], known: dict[int, Figures]) -> list[Line]:
    return [Line(titles[pk], figures) for pk, figures in pick(titles, known)]


# As a spreadsheet


def write_workbook(report: Report, title: str) -> Iterator[bytes]:
    """Yield the report as xlsx: a worksheet a table, numbers as numbers."""
    titles = [f"{column.title}（%）" if column.unit == "%" else str(column.title) for column in COLUMNS]
    heads = [_("指标"), _("本月"), _("上月"), _("增减")]
    # As text: a rate beside a count, and what doesn't exist as a dash, as the other forms print them.
    overview: list[list[object]] = [list(row) for row in report.summary]
    sheets: list[tuple[str, Head, Iterable[tuple[int, bytes]]]] = [
        (_("总体情况"), Head(heads, [TEXT] * len(heads)), _rows([[title, report.period, "", ""], *overview]))
    ]
    for part in report.parts:
        head = Head([part.head, *titles], [TEXT] + [GENERAL] * len(titles))
        sheets.append((part.title, head, _rows([[line.title, *line.values] for line in part.lines])))
    made = Head([_("指标"), _("怎样得出")], [TEXT, TEXT])
    sheets.append((_("指标说明"), made, _rows([list(note) for note in report.notes])))
    return stream_workbook(sheets)


def _rows(rows: Iterable[Iterable[object]]) -> list[tuple[int, bytes]]:
    written = [f"<row>{''.join(map(_cell, row))}</row>" for row in rows]
    return [(len(written), "".join(written).encode())] if written else []


def _cell(value: object) -> str:
    if isinstance(value, int | Decimal):
        return f"<c><v>{value}</v></c>"
    return text_cell("" if value is None else str(value))


# As the content of a paper


def write_content(report: Report, scope: str) -> dict[str, Any]:
    """Return what the paper prints: texts as the screen shows them."""
    return {
        "scope": scope,
        "period": report.period,
        "summary": [list(row) for row in report.summary],
        "heads": [str(column.title) for column in COLUMNS],
        "parts": [
            {"title": part.title, "head": part.head, "rows": [[line.title, *line.cells] for line in part.lines]}
            for part in report.parts
        ],
        "notes": [list(note) for note in report.notes],
    }

"""Decision tables: rows of conditions over a few inputs, and what they answer, with UNIQUE, FIRST and COLLECT.

A cell is a small text, as in DMN: ``-`` (anything), ``甲类`` (is this), ``甲类, 乙类`` (one of these), ``not(甲类)``,
``>= 60``, ``< 100``, ``[60..100)`` (brackets say whether an end belongs to it), ``2024-01-01``, ``true``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.kernel.expressions import ExpressionError, parse

MOST_ROWS: Final = 500
MOST_COLUMNS: Final = 20


class InputType(StrEnum):
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    BOOLEAN = "boolean"


class Policy(StrEnum):
    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    COLLECT = "COLLECT"


AGGREGATIONS: Final = ("", "list", "sum", "min", "max", "count")


class TableError(ValueError):
    """A table can't be read. ``row`` counts from one (0: about no row); ``column`` is an input's or output's name."""

    def __init__(self, sentence: str, row: int = 0, column: str = "") -> None:
        super().__init__(sentence)
        self.row, self.column = row, column


@dataclass(frozen=True, slots=True)
class Bound:
    """An end of an interval. ``value`` None: there is none."""

    value: Any = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    low: Bound = Bound()
    high: Bound = Bound()

    def holds(self, value: Any) -> bool:
        if self.low.value is not None and not (
            value > self.low.value or (self.low.is_closed and value == self.low.value)
        ):
            return False
        return self.high.value is None or value < self.high.value or (self.high.is_closed and value == self.high.value)


@dataclass(frozen=True, slots=True)
class Cell:
    """What an input may be: anything, in one of the intervals (numbers, dates), or one of the values."""

    is_any: bool = False
    intervals: tuple[Interval, ...] = ()
    values: frozenset[Any] = frozenset()
    is_negated: bool = False

    def holds(self, value: Any) -> bool:
        if self.is_any:
            return True
        if value is None:
            return False
        found = value in self.values or any(each.holds(value) for each in self.intervals)
        return found != self.is_negated


@dataclass(frozen=True, slots=True)
class Input:
    """``expression`` is what is looked at (``form.area``); ``options`` are all that a choice can be; ``low`` and
    ``high`` say between what a number or a date can be at all."""

    name: str
    expression: str
    type: InputType
    options: tuple[str, ...] = ()
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    key: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    answers: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    code: str
    name: str
    policy: Policy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    aggregation: str = ""

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return the answers by output. COLLECT gives lists, or their sum, min, max, count. Raises ExpressionError."""
        given = [self._ask(each, values) for each in self.inputs]
        found = [
            (number, row)
            for number, row in enumerate(self.rows, 1)
            if all(cell.holds(value) for cell, value in zip(row.cells, given, strict=True))
        ]
        if self.policy is Policy.COLLECT:
            return self._collect([row for _number, row in found])
        if not found:
            shown = "，".join(f"{each.name}={_shown(value)}" for each, value in zip(self.inputs, given, strict=True))
            raise ExpressionError(
                _("决策表“%(name)s”里没有符合的行（%(values)s）。") % {"name": self.name, "values": shown}
            )
        if self.policy is Policy.UNIQUE and len(found) > 1:
            rows = "、".join(str(number) for number, _row in found)
            raise ExpressionError(
                _("决策表“%(name)s”的第 %(rows)s 行同时符合，应当只有一行。") % {"name": self.name, "rows": rows}
            )
        row = found[0][1]
        return {each.key: answer for each, answer in zip(self.outputs, row.answers, strict=True)}

    def _ask(self, column: Input, values: Mapping[str, Any]) -> Any:
        return read_value(parse(column.expression).evaluate(values), column)

    def _collect(self, rows: Sequence[Row]) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for place, output in enumerate(self.outputs):
            got = [row.answers[place] for row in rows if row.answers[place] is not None]
            match self.aggregation:
                case "sum":
                    answers[output.key] = sum((_number(each) for each in got), Decimal(0))
                case "min" | "max" as how:
                    numbers = [_number(each) for each in got]
                    choose = min if how == "min" else max
                    answers[output.key] = choose(numbers) if numbers else None
                case "count":
                    answers[output.key] = Decimal(len(got))
                case _:
                    answers[output.key] = got
        return answers


def read_value(value: Any, column: Input) -> Any:
    """Return an answer as the column compares it; None is unanswered. Raises ExpressionError."""
    if value is None or value == "":
        return None
    match column.type:
        case InputType.NUMBER:
            return _number(value)
        case InputType.DATE:
            try:
                return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
            except ValueError:
                raise ExpressionError(_("“%(value)s”不是日期。") % {"value": str(value)[:40]}) from None
        case InputType.BOOLEAN:
            return value in (True, "true", "是", "on", 1)
    return str(value)


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ExpressionError(_("“%(value)s”不是数字。") % {"value": str(value)[:40]}) from None
    if not number.is_finite() or isinstance(value, bool):
        raise ExpressionError(_("“%(value)s”不是数字。") % {"value": str(value)[:40]})
    return number


def _shown(value: Any) -> str:
    return _("空") if value is None else str(value)[:40]


# Reading a table


def read_table(
    code: str,
    name: str,
    policy: str,
    inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    aggregation: str = "",
) -> Table:
    """Return the table that these texts say. ``rows`` have ``when`` and ``then``, lists of texts. Raises TableError."""
    if policy not in list(Policy):
        raise TableError(_("命中规则应是 UNIQUE、FIRST 或 COLLECT。"))
    if aggregation not in AGGREGATIONS or (aggregation and policy != Policy.COLLECT):
        raise TableError(_("汇总方式只用于 COLLECT，应是 list、sum、min、max 或 count。"))
    if not inputs or not outputs or not rows:
        raise TableError(_("决策表至少要有一个输入、一个输出和一行规则。"))
    if len(rows) > MOST_ROWS or len(inputs) > MOST_COLUMNS or len(outputs) > MOST_COLUMNS:
        raise TableError(_("决策表太大，最多 500 行、20 个输入和 20 个输出。"))
    columns = tuple(_read_input(each) for each in inputs)
    results = tuple(_read_output(each) for each in outputs)
    for group in ([each.name for each in columns], [each.key for each in results]):
        if len(set(group)) != len(group):
            raise TableError(_("决策表的列有重名。"))
    if aggregation in ("sum", "min", "max") and any(each.type != "number" for each in results):
        raise TableError(_("求和、最小、最大只能用于数字的输出。"))
    read = []
    for number, row in enumerate(rows, 1):
        when, then = list(row.get("when", ())), list(row.get("then", ()))
        if len(when) != len(columns) or len(then) != len(results):
            raise TableError(_("第 %(row)d 行的格子数和列数不一样。") % {"row": number}, number)
        cells = tuple(_read_at(number, text, column) for text, column in zip(when, columns, strict=True))
        answers = tuple(_answer_at(number, text, output) for text, output in zip(then, results, strict=True))
        read.append(Row(cells, answers))
    return Table(code, name, Policy(policy), columns, results, tuple(read), aggregation)


def _read_input(given: Mapping[str, Any]) -> Input:
    name, expression = str(given.get("name", "")).strip(), str(given.get("expression", "")).strip()
    if not name:
        raise TableError(_("有一个输入没有名称。"))
    try:
        parse(expression)
    except ExpressionError as error:
        raise TableError(
            _("输入“%(name)s”的表达式读不懂：%(why)s") % {"name": name, "why": error}, column=name
        ) from None
    kind = given.get("type", "choice")
    if kind not in list(InputType):
        raise TableError(_("输入“%(name)s”的类型应是数字、选项、日期或者是否。") % {"name": name}, column=name)
    column = Input(name, expression, InputType(kind), tuple(str(each) for each in given.get("options", ())))
    try:
        low, high = (read_value(given.get(end), column) for end in ("low", "high"))
    except ExpressionError as error:
        raise TableError(_("输入“%(name)s”的范围：%(why)s") % {"name": name, "why": error}, column=name) from None
    return Input(name, expression, column.type, column.options, low, high)


def _read_output(given: Mapping[str, Any]) -> Output:
    key, name = str(given.get("key", "")).strip(), str(given.get("name", "")).strip()
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
        raise TableError(
            _("输出“%(name)s”的代码应以小写字母开头，只用小写字母、数字和下划线。") % {"name": name or key}
        )
    return Output(name or key, key, str(given.get("type", "text")))


def _answer_at(number: int, text: Any, output: Output) -> Any:
    words = str(text).strip()
    if words in ("", "-"):
        return None
    try:
        match output.type:
            case "number":
                return _number(words)
            case "boolean":
                return words in ("true", "是")
            case "date":
                return date.fromisoformat(words)
    except (ExpressionError, ValueError):
        sentence = _("第 %(row)d 行的“%(name)s”写得不对：%(text)s") % {
            "row": number,
            "name": output.name,
            "text": words[:40],
        }
        raise TableError(sentence, number, output.name) from None
    return words.strip('"')


def _read_at(number: int, text: Any, column: Input) -> Cell:
    try:
        return read_cell(str(text), column)
    except (ExpressionError, ValueError) as error:
        sentence = _("第 %(row)d 行的“%(name)s”写得不对：%(why)s") % {"row": number, "name": column.name, "why": error}
        raise TableError(sentence, number, column.name) from None


_RANGE: Final = re.compile(r"^([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])$")
_COMPARED: Final = re.compile(r"^(<=|>=|<|>|≤|≥|=|!=)\s*(.+)$")


def read_cell(text: str, column: Input) -> Cell:
    """Return what a cell allows. Raises ValueError or ExpressionError with a sentence."""
    text = text.strip()
    if text in ("", "-", "—", "任意"):
        return Cell(is_any=True)
    is_negated = text.startswith("not(") and text.endswith(")")
    if is_negated:
        text = text[4:-1]
    intervals, values = [], set()
    for part in _parts(text):
        found = _read_part(part, column)
        if isinstance(found, Interval):
            intervals.append(found)
        else:
            values.add(found)
    if not intervals and not values:
        raise ValueError(_("格子是空的。"))
    return Cell(False, tuple(intervals), frozenset(values), is_negated)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,，](?![^\[(]*\.\.)|(?<=[\])])\s*[,，]", text) if part.strip()]


def _read_part(text: str, column: Input) -> Any:
    ordered = column.type in (InputType.NUMBER, InputType.DATE)
    ranged, compared = _RANGE.match(text), _COMPARED.match(text)
    if ranged and ordered:
        low, high = _typed(ranged[2], column), _typed(ranged[3], column)
        if low > high:
            raise ValueError(_("“%(text)s”的左边大于右边。") % {"text": text[:40]})
        return Interval(Bound(low, ranged[1] == "["), Bound(high, ranged[4] == "]"))
    if compared and ordered:
        sign, value = compared[1].replace("≤", "<=").replace("≥", ">="), _typed(compared[2], column)
        match sign:
            case "<" | "<=":
                return Interval(high=Bound(value, sign == "<="))
            case ">" | ">=":
                return Interval(low=Bound(value, sign == ">="))
            case "=":
                return Interval(Bound(value, True), Bound(value, True))
        raise ValueError(_("请用 not(…) 表示不等于。"))
    value = _typed(text, column)
    return Interval(Bound(value, True), Bound(value, True)) if ordered else value


def _typed(text: str, column: Input) -> Any:
    text = text.strip().strip('"“”')
    match column.type:
        case InputType.BOOLEAN:
            if text not in ("true", "false", "是", "否"):
                raise ValueError(_("“%(text)s”应是“是”或“否”。") % {"text": text[:40]})
            return text in ("true", "是")
        case InputType.CHOICE:
            if column.options and text not in column.options:
                raise ValueError(_("“%(text)s”不在可选的值里。") % {"text": text[:40]})
            return text
    value = read_value(text, column)
    if value is None:
        raise ValueError(_("少了一个值。"))
    return value

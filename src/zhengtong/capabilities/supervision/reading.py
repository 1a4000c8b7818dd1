"""Reading a rule: which names it asks for, after which acts it can be true at all, whether it is about clocks."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.supervision.facts import NAMES, SECTIONS, Moment, Name
from zhengtong.capabilities.supervision.histories import OF_NAME, PARTS
from zhengtong.kernel.expressions import Expression, ExpressionError, parse

_ACT: Final = "event.act"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that is understood. ``acts``: what has to have happened for it to be true, None: anything."""

    expression: Expression
    # What is left to ask once the act is one of ``acts``; None: nothing.
    rest: Expression | None
    names: tuple[Name, ...]
    acts: frozenset[str] | None
    parts: frozenset[str]
    is_of_clock: bool

    def holds(self, moment: Moment, known: dict[str, dict[str, Any]]) -> bool:
        """Return whether it is true after one of ``acts``; ``known`` keeps what was read, for others.

        Raises ExpressionError.
        """
        for name in self.names:
            section, _dot, code = name.code.partition(".")
            values = known[section]
            if code not in values:
                values[code] = name.read(moment)
        return self.rest is None or self.rest.holds(known)

    def show(self, known: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Return the values that made it true, by their names, as they are shown."""
        return {name.code: show(known[name.section][name.code.partition(".")[2]]) for name in self.names}


@dataclass(frozen=True, slots=True)
class Rule:
    """A version in force from a day up to the day before another."""

    version: int
    rule: int
    level: str
    points: Decimal
    first: date
    until: date
    condition: Condition


def show(value: Any) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)[:80]


@lru_cache(maxsize=512)
def read_condition(text: str) -> Condition:
    """Return what ``text`` means. Raises ExpressionError for what can't be read, and for a name that isn't there."""
    expression = parse(text)
    unknown = sorted(expression.names - NAMES.keys())
    if unknown:
        raise ExpressionError(_("没有“%(name)s”这个名称，请从名称表里选。") % {"name": unknown[0]})
    if not expression.names:
        raise ExpressionError(_("条件没有用到任何名称，对每个办件都一样。"))
    names = tuple(NAMES[code] for code in sorted(expression.names))
    parts = {part for name in names for part in (*PARTS[name.section], *OF_NAME.get(name.code, ()))}
    # One that asks for several acts at once is never true; it isn't this function's to say so.
    conjuncts = [(part, _acts(part)) for part in _conjuncts(ast.parse(expression.text, mode="eval").body)]
    acts = [found for _part, found in conjuncts if found is not None]
    rest = " and ".join(f"({ast.unparse(part)})" for part, found in conjuncts if found is None)
    return Condition(
        expression,
        parse(rest) if rest else None,
        names,
        frozenset.intersection(*acts) if acts else None,
        frozenset(parts),
        any(name.section == "clock" for name in names),
    )


def fresh() -> dict[str, dict[str, Any]]:
    """Return an empty place for the values of one event."""
    return {section: {} for section in SECTIONS}


def _conjuncts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from _conjuncts(part)
    else:
        yield node


def _acts(node: ast.expr) -> frozenset[str] | None:
    """Return the acts that ``event.act == "…"`` or ``event.act in ["…"]`` names, None for any other condition."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or ast.unparse(node.left) != _ACT:
        return None
    other = node.comparators[0]
    if isinstance(node.ops[0], ast.Eq) and isinstance(other, ast.Constant) and isinstance(other.value, str):
        return frozenset([other.value])
    if isinstance(node.ops[0], ast.In) and isinstance(other, ast.List | ast.Tuple):
        values = [each.value for each in other.elts if isinstance(each, ast.Constant)]
        if len(values) == len(other.elts) and all(isinstance(value, str) for value in values):
            return frozenset(str(value) for value in values)
    return None

"""Values at which conditions may change their answer: their constants, and what lies before, between and beyond."""

import ast
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

OTHER = "\uffff"
"""Stands for any text that no condition names."""


def list_samples(name: str, texts: Iterable[str]) -> list[Any]:
    """Return values for ``name`` that may make a difference to any of the expressions."""
    constants: list[Any] = []
    is_measured = False
    for text in texts:
        for node in ast.walk(ast.parse(text.strip(), mode="eval")):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if not any(name == _dotted(each) for side in sides for each in ast.walk(side)):
                    continue
                constants += [c.value for side in sides for c in ast.walk(side) if isinstance(c, ast.Constant)]
                is_measured = is_measured or any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
    texts_found = sorted({each for each in constants if isinstance(each, str)})
    numbers = sorted({Decimal(str(each)) for each in constants if _is_number(each)})
    days = sorted({day for each in texts_found if (day := _day(each)) is not None})
    if numbers:
        return _around(numbers, Decimal(1))
    if days and is_measured:
        return [day.isoformat() for day in _around(days, timedelta(days=1))]
    if texts_found:
        return [*texts_found, OTHER]
    return [True, False]


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return f"{head}.{node.attr}" if head else None
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _around(points: list[Any], unit: Any) -> list[Any]:
    found = [points[0] - unit]
    for place, point in enumerate(points):
        found.append(point)
        if place + 1 < len(points):
            found.append(point + (points[place + 1] - point) / 2)
    return [*found, points[-1] + unit]

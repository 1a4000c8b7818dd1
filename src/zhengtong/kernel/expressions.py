"""Expressions that people who aren't programmers write: conditions of processes, rules of supervision, sums in forms.

One expression of Python's grammar over an allow-list of its nodes. There is no assignment, no loop, no comprehension,
no lambda, no method and no power operator, so every expression ends after as many steps as it has nodes, and reaches
nothing but the values it is given.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

LONGEST: Final = 2000
MOST_NODES: Final = 300
DEEPEST: Final = 60
LARGEST: Final = 10**30
LONGEST_TEXT: Final = 100_000


class ExpressionError(ValueError):
    """An expression can't be read, or can't be answered for the values it was given. The message is for people."""


def _check(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal) and not -LARGEST <= value <= LARGEST:
        raise ExpressionError(_("算出来的数太大。"))
    if isinstance(value, str | list | tuple) and len(value) > LONGEST_TEXT:
        raise ExpressionError(_("算出来的文字太长。"))
    return value


def _number(value: Any) -> Decimal:
    """Return ``value``, a number or one typed as text, as a decimal: sums of money don't lose a fen."""
    if isinstance(value, bool) or value is None:
        raise ExpressionError(_("“%(value)s”不是数字。") % {"value": _shown(value)})
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ExpressionError(_("“%(value)s”不是数字。") % {"value": _shown(value)}) from None
    if not number.is_finite():
        raise ExpressionError(_("“%(value)s”不是数字。") % {"value": _shown(value)})
    return number


def _shown(value: Any) -> str:
    return _("空") if value is None or value == "" else str(value)[:40]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _pair(left: Any, right: Any) -> tuple[Any, Any]:
    """Return two values as they can be compared: a number with what was typed as one, a day with its text."""
    if _is_number(left) != _is_number(right) and left is not None and right is not None:
        if isinstance(left, str | int | float | Decimal) and isinstance(right, str | int | float | Decimal):
            return _number(left), _number(right)
    elif _is_number(left) and _is_number(right):
        return _number(left), _number(right)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, date) and isinstance(other, str):
            read = datetime.fromisoformat(other) if isinstance(one, datetime) else date.fromisoformat(other)
            return (one, read) if one is left else (read, one)
    return left, right


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def run(left: Any, right: Any) -> Any:
        if isinstance(left, date | timedelta) or isinstance(right, date | timedelta):
            return compute(left, right)
        return compute(_number(left), _number(right))

    return run


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str) and not (_reads(left) and _reads(right)):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    return _arithmetic(operator.add)(left, right)


def _reads(text: str) -> bool:
    try:
        _number(text)
    except ExpressionError:
        return False
    return True


def _compare(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def run(left: Any, right: Any) -> Any:
        # What hasn't been answered is neither more nor less than anything.
        if left is None or right is None or left == "" or right == "":
            return False
        return compute(*_pair(left, right))

    return run


def _equal(left: Any, right: Any) -> bool:
    try:
        one, other = _pair(left, right)
    except (ExpressionError, ValueError):
        return False
    return bool(one == other)


def _within(left: Any, right: Any) -> bool:
    if right is None:
        return False
    if isinstance(right, str):
        return str(left) in right
    if not isinstance(right, list | tuple | set | frozenset | Mapping):
        raise ExpressionError(_("“在…之中”的右边应是列表或者文字。"))
    return any(_equal(left, each) for each in right)


_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: _add,
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.FloorDiv: _arithmetic(operator.floordiv),
    ast.Mod: _arithmetic(operator.mod),
}
_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.Lt: _compare(operator.lt),
    ast.LtE: _compare(operator.le),
    ast.Gt: _compare(operator.gt),
    ast.GtE: _compare(operator.ge),
    ast.In: _within,
    ast.NotIn: lambda left, right: not _within(left, right),
}


def _values(arguments: tuple[Any, ...]) -> list[Any]:
    spread = list(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], list | tuple) else list(arguments)
    return [_number(each) for each in spread if each not in (None, "")]


def _round(value: Any, places: Any = 0) -> Decimal:
    return round(_number(value), max(0, min(10, int(places))))


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": lambda value: abs(_number(value)),
    "all": lambda *values: all(values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values),
    "any": lambda *values: any(values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values),
    "count": lambda value: len(value) if isinstance(value, list | tuple | Mapping | str) else 0,
    "days": lambda first, last: Decimal((_as_date(last) - _as_date(first)).days),
    "empty": lambda value: value is None or value == "" or value == [] or value is False,
    "max": lambda *values: max(_values(values)),
    "min": lambda *values: min(_values(values)),
    "number": _number,
    "round": _round,
    "sum": lambda *values: sum(_values(values), Decimal(0)),
    "text": lambda value: "" if value is None else str(value),
}
"""What an expression may call. ``sum``, ``min``, ``max`` pass over what wasn't answered."""

# True, False and None are constants of the grammar; these are the same in the words of a rule.
_CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. ``names`` are the values it asks for, dotted (``form.area``), without functions."""

    text: str
    names: frozenset[str]
    _body: ast.expr = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return its value. A name that isn't in ``values`` is nothing (None). Raises ExpressionError."""
        try:
            return _check(_answer(self._body, values))
        except ExpressionError:
            raise
        except ZeroDivisionError:
            raise ExpressionError(_("除数是零。")) from None
        except InvalidOperation:
            raise ExpressionError(_("算不出来：数太大，或者除数是零。")) from None
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise ExpressionError(_("算不出来：两边的值不能这样比较或者运算。")) from error

    def as_data(self) -> list[Any]:
        """Return it as JSON that a program without a parser evaluates, one list a node: ``["+", left, right]``.

        Numbers are texts of their digits, so that none is lost.
        """
        return _tree(self._body)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Return whether it is true of ``values``. Raises ExpressionError."""
        return bool(self.evaluate(values))


def parse(text: str) -> Expression:
    """Return the expression that ``text`` states. Raises ExpressionError with the place and what to do about it."""
    text = text.strip()
    if not text:
        raise ExpressionError(_("表达式是空的。"))
    if len(text) > LONGEST:
        raise ExpressionError(_("表达式太长，最多 %(limit)d 字。") % {"limit": LONGEST})
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(_("第 %(column)d 个字附近写得不对。") % {"column": error.offset or 1}) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(_("表达式读不懂。")) from None
    count = sum(1 for _node in ast.walk(tree))
    if count > MOST_NODES:
        raise ExpressionError(_("表达式太复杂，请拆成几个。"))
    _inspect(tree.body, 1)
    return Expression(text, frozenset(_names(tree.body)), tree.body)


def _refuse(node: ast.AST) -> ExpressionError:
    column = getattr(node, "col_offset", 0) + 1
    return ExpressionError(_("第 %(column)d 个字处的写法不允许使用。") % {"column": column})


def _inspect(node: ast.AST, depth: int) -> None:
    """Raise ExpressionError for the first node that isn't on the list."""
    if depth > DEEPEST:
        raise ExpressionError(_("表达式的括号套得太深，请拆成几个。"))
    children: list[ast.AST] = []
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, bool | int | float | str):
            _check(value)
        case ast.Name(id=name) if not name.startswith("_"):
            if name in FUNCTIONS:
                raise ExpressionError(_("“%(name)s”是函数，后面要有括号。") % {"name": name})
        case ast.Attribute(value=value, attr=attr) if not attr.startswith("_"):
            if _dotted(node) is None:
                raise _refuse(node)
        case ast.BoolOp(values=values):
            children = [*values]
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd(), operand=operand):
            children = [operand]
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
            children = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARE for op in ops):
            children = [left, *others]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            children = [test, body, orelse]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            children = [*elements]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in FUNCTIONS:
                raise ExpressionError(
                    _("没有函数“%(name)s”，可以用的有：%(known)s。") % {"name": name, "known": "、".join(FUNCTIONS)}
                )
            children = [*arguments]
        case _:
            raise _refuse(node)
    for child in children:
        _inspect(child, depth + 1)


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id if not node.id.startswith("_") and node.id not in FUNCTIONS else None
    if isinstance(node, ast.Attribute) and not node.attr.startswith("_"):
        head = _dotted(node.value)
        return f"{head}.{node.attr}" if head else None
    return None


def _names(node: ast.AST) -> Iterator[str]:
    dotted = _dotted(node)
    if dotted is not None:
        if dotted not in _CONSTANTS:
            yield dotted
        return
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def _answer(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            # A number as it was written: 0.1 is a tenth.
            return Decimal(str(value)) if _is_number(value) else value
        case ast.Name(id=name):
            return values[name] if name in values else _CONSTANTS.get(name)
        case ast.Attribute(value=inner, attr=attr):
            head = _answer(inner, values)
            return head.get(attr) if isinstance(head, Mapping) else None
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(bool(_answer(part, values)) for part in parts)
        case ast.BoolOp(values=parts):
            return any(bool(_answer(part, values)) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _answer(operand, values)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_answer(operand, values))
        case ast.UnaryOp(operand=operand):
            return _number(_answer(operand, values))
        case ast.BinOp(op=op, left=left, right=right):
            return _check(_BINARY[type(op)](_answer(left, values), _answer(right, values)))
        case ast.Compare(left=left, ops=ops, comparators=others):
            before = _answer(left, values)
            for sign, other in zip(ops, others, strict=True):
                after = _answer(other, values)
                if not _COMPARE[type(sign)](before, after):
                    return False
                before = after
            return True
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _answer(body if _answer(test, values) else orelse, values)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_answer(each, values) for each in elements]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_answer(each, values) for each in arguments))
    raise _refuse(node)


_SIGNS: Final[Mapping[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Not: "not",
    ast.USub: "negative",
    ast.UAdd: "positive",
}


def _tree(node: ast.expr) -> list[Any]:
    match node:
        case ast.Constant(value=value):
            return ["number", str(Decimal(str(value)))] if _is_number(value) else ["constant", value]
        case ast.Name(id=name):
            return ["name", name]
        case ast.Attribute(value=inner, attr=attr):
            return ["attribute", _tree(inner), attr]
        case ast.BoolOp(op=op, values=parts):
            return ["and" if isinstance(op, ast.And) else "or", *map(_tree, parts)]
        case ast.UnaryOp(op=op, operand=operand):
            return [_SIGNS[type(op)], _tree(operand)]
        case ast.BinOp(op=sum_sign, left=left, right=right):
            return [_SIGNS[type(sum_sign)], _tree(left), _tree(right)]
        case ast.Compare(left=left, ops=ops, comparators=others):
            signs = [_SIGNS[type(op)] for op in ops]
            return ["compare", _tree(left), *([sign, _tree(other)] for sign, other in zip(signs, others, strict=True))]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ["if", _tree(test), _tree(body), _tree(orelse)]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return ["list", *map(_tree, elements)]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return ["call", name, *map(_tree, arguments)]
    raise _refuse(node)


def rename_values(text: str, names: Mapping[str, str], fixed: Mapping[str, Any]) -> str:
    """Return the expression over other names: ``names`` leads from old to new, ``fixed`` gives what has one value.

    Raises ExpressionError.
    """
    body = parse(text)._body
    return ast.unparse(_Renaming(names, fixed).visit(body))


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str], fixed: Mapping[str, Any]) -> None:
        self.names, self.fixed = names, fixed

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.fixed:
            value = self.fixed[node.id]
            if isinstance(value, list):
                return ast.List([ast.Constant(each) for each in value], ast.Load())
            return ast.Constant(value)
        return ast.Name(self.names.get(node.id, node.id), ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(each) for each in node.args], [])

"""SCIM's filters (RFC 7644, 3.4.2.2): read into a tree, made into a condition over what may be asked for."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

LONGEST: Final = 1000
DEEPEST: Final = 20
_TOKEN: Final = re.compile(r'\s*(?:([()\[\]])|("(?:[^"\\]|\\.)*")|([^\s()\[\]"]+))')
_COMPARISONS: Final = frozenset({"eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"})


class BadFilter(ValueError):
    """The filter can't be read, or asks for what can't be looked for."""


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: an attribute, lower case, an operator, and a value of JSON."""

    attribute: str
    operator: str
    value: Any = None


Tree = Test | tuple[str, tuple["Tree", ...]]
# How a comparison of one attribute is asked of the database. Raises BadFilter for what it can't.
Reader = Callable[[str, Any], Q]


def read_filter(text: str) -> Tree:
    """Return the tree of a filter. Raises BadFilter."""
    if len(text) > LONGEST:
        raise BadFilter(_("filter 太长，最多 %(n)d 个字符") % {"n": LONGEST})
    tokens = list(_tokens(text))
    tree, rest = _read_or(tokens, 0, 0)
    if rest != len(tokens):
        raise BadFilter(_("filter 在“%(at)s”处看不懂") % {"at": tokens[rest][:40]})
    return tree


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadFilter(_("filter 在“%(at)s”处看不懂") % {"at": text[at : at + 40]})
        yield found[found.lastindex or 0]
        at = found.end()


def _read_or(tokens: list[str], at: int, depth: int) -> tuple[Tree, int]:
    return _read_joined(tokens, at, depth, "or", lambda a, d: _read_joined(tokens, a, d, "and", None))


def _read_joined(
    tokens: list[str], at: int, depth: int, word: str, inner: Callable[[int, int], tuple[Tree, int]] | None
) -> tuple[Tree, int]:
    read = inner or (lambda a, d: _read_one(tokens, a, d))
    parts = []
    tree, at = read(at, depth)
    parts.append(tree)
    while at < len(tokens) and tokens[at].lower() == word:
        tree, at = read(at + 1, depth)
        parts.append(tree)
    return (parts[0] if len(parts) == 1 else (word, tuple(parts))), at


def _read_one(tokens: list[str], at: int, depth: int) -> tuple[Tree, int]:
    if depth > DEEPEST:
        raise BadFilter(_("filter 的括号太多"))
    if at >= len(tokens):
        raise BadFilter(_("filter 不完整"))
    if tokens[at].lower() == "not" and tokens[at + 1 : at + 2] == ["("]:
        tree, at = _read_one(tokens, at + 1, depth + 1)
        return ("not", (tree,)), at
    if tokens[at] == "(":
        tree, at = _read_or(tokens, at + 1, depth + 1)
        if tokens[at : at + 1] != [")"]:
            raise BadFilter(_("filter 的括号没有配对"))
        return tree, at + 1
    attribute = tokens[at].lower()
    operator = tokens[at + 1].lower() if at + 1 < len(tokens) else ""
    if attribute[0] in '"()[]' or operator not in _COMPARISONS:
        raise BadFilter(_("filter 在“%(at)s”处看不懂") % {"at": tokens[at][:40]})
    if operator == "pr":
        return Test(attribute, operator), at + 2
    if at + 2 >= len(tokens):
        raise BadFilter(_("filter 不完整"))
    try:
        value = json.loads(tokens[at + 2])
    except ValueError:
        raise BadFilter(_("filter 的值“%(at)s”不是 JSON，文字要用双引号") % {"at": tokens[at + 2][:40]}) from None
    if isinstance(value, list | dict):
        raise BadFilter(_("filter 的值只能是文字、数字、真假或 null"))
    return Test(attribute, operator, value), at + 3


def make_condition(tree: Tree, readers: Mapping[str, Reader]) -> Q:
    """Return the condition of a tree; ``readers`` are the attributes, in lower case, that can be asked for."""
    if isinstance(tree, Test):
        reader = readers.get(tree.attribute)
        if reader is None:
            raise BadFilter(_("不能按“%(name)s”筛选") % {"name": tree.attribute[:60]})
        return reader(tree.operator, tree.value)
    word, parts = tree
    made = [make_condition(part, readers) for part in parts]
    if word == "not":
        return ~made[0]
    joined = made[0]
    for each in made[1:]:
        joined = joined & each if word == "and" else joined | each
    return joined


def text_reader(column: str, *, is_exact: bool = False) -> Reader:
    """Compare text; SCIM's isn't told apart by case unless ``is_exact``."""
    lookups = {"eq": "exact", "co": "contains", "sw": "startswith", "ew": "endswith"}

    def read(operator: str, value: Any) -> Q:
        if operator == "pr":
            return ~Q(**{column: ""}) & ~Q(**{column: None})
        if not isinstance(value, str) or "\x00" in value:
            raise BadFilter(_("这个属性只能和文字比较"))
        if operator == "ne":
            return ~Q(**{f"{column}__{'exact' if is_exact else 'iexact'}": value})
        if operator not in lookups:
            raise BadFilter(_("文字不能比较大小"))
        return Q(**{f"{column}__{'' if is_exact else 'i'}{lookups[operator]}": value})

    return read


def flag_reader(column: str) -> Reader:
    def read(operator: str, value: Any) -> Q:
        if operator == "pr":
            return Q()
        if not isinstance(value, bool) or operator not in ("eq", "ne"):
            raise BadFilter(_("这个属性只能和 true、false 比较"))
        return Q(**{column: value if operator == "eq" else not value})

    return read


def key_reader(column: str, read_key: Callable[[str], Any]) -> Reader:
    """Compare identifiers for equality; what can't be one is no row's."""

    def read(operator: str, value: Any) -> Q:
        if operator == "pr":
            return Q()
        if operator not in ("eq", "ne") or not isinstance(value, str):
            raise BadFilter(_("编号只能用 eq、ne 比较"))
        try:
            found = Q(**{column: read_key(value)})
        except ValueError:
            found = Q(pk__in=())
        return found if operator == "eq" else ~found

    return read

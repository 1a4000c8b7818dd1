"""What is wrong with the text of a form, found before it is published: a sentence a finding, with its field and what
to do. A case never stumbles over it later."""

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.dictionaries import list_dictionaries
from zhengtong.capabilities.cases.domain import UnreadableCondition, read_condition
from zhengtong.capabilities.cases.item_definition import (
    FIELD_TYPES,
    MOST_ROWS,
    NOT_IN_ROWS,
    PREFILLS,
    ROWS,
    UnusableDefinition,
    list_in_order,
)
from zhengtong.core.files.public import FileKind
from zhengtong.kernel.expressions import ExpressionError, parse

KEY = re.compile(r"[a-z][a-z0-9_]{0,79}")
LONGEST_LABEL, LONGEST_TEXT, MOST_FIELDS, MOST_BOXES = 300, 5000, 500, 900
# Names that pages of an application give to something else.
RESERVED = frozenset(
    (
        *("csrfmiddlewaretoken", "section", "back", "fields", "next", "submit", "keep", "stay", "consent", "version"),
        *("was_items", "was_materials", "identity_checked", "region", "brief"),
    )
)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Regular expressions mean the same here, in a browser and in JSON Schema without these.
_FOREIGN_PATTERN = re.compile(r"\(\?(?![:=!])|\\[AZbBGQE]|[*+?}]\+")
_NESTED_QUANTIFIER = re.compile(r"[*+}]\)\s*[*+{]|\)\s*[*+{][^)]*\)\s*[*+{]")


@dataclass(frozen=True, slots=True)
class FormFinding:
    """What is wrong at ``place`` (a section's key, a field's, ``group.column`` in a repeating group)."""

    place: str
    message: str


def check_form(definition: Mapping[str, Any]) -> list[FormFinding]:
    """Return what keeps the form of an item's text from being used; nothing when it can be published."""
    return find_problems(definition, dictionaries=list_dictionaries())


def find_problems(definition: Mapping[str, Any], *, dictionaries: Container[str] | None = None) -> list[FormFinding]:
    """As :func:`check_form`; without ``dictionaries`` it isn't asked whether those named exist."""
    return list(_Check(definition, dictionaries).run())


class _Check:
    def __init__(self, definition: Mapping[str, Any], dictionaries: Container[str] | None) -> None:
        form = definition.get("form") or []
        self.sections = [each for each in form if isinstance(each, Mapping)] if isinstance(form, list) else []
        self.materials = {
            str(each.get("key")) for each in definition.get("materials") or [] if isinstance(each, Mapping)
        }
        self.dictionaries = dictionaries
        self.fields = [field for section in self.sections for field in _maps(section.get("fields"))]
        # The questions of a text are asked before its form, and conditions look at them too.
        questions = _maps(definition.get("questions"))
        self.by_key = {str(field.get("key", "")): field for field in [*questions, *self.fields]}

    def run(self) -> Iterator[FormFinding]:
        if not self.fields:
            yield FormFinding("", _("表单里还没有字段，请至少添加一个。"))
        if len(self.fields) > MOST_FIELDS:
            yield FormFinding(
                "",
                _("表单有 %(n)d 个字段，最多 %(most)d 个，请删去不必问的。")
                % {"n": len(self.fields), "most": MOST_FIELDS},
            )
        seen: set[str] = set()
        titles: set[str] = set()
        for section in self.sections:
            key = str(section.get("key", ""))
            place = str(section.get("title") or key or _("没有标题的分组"))
            if not KEY.fullmatch(key):
                yield FormFinding(
                    key,
                    _("分组“%(name)s”的代码“%(key)s”不能用：以小写字母开头，只用小写字母、数字和下划线。")
                    % {"name": place[:40], "key": key[:40]},
                )
            elif key in titles:
                yield FormFinding(key, _("分组的代码“%(key)s”用了两次，请改掉一个。") % {"key": key})
            titles.add(key)
            yield from self._words(key, place, section.get("title"), section.get("help"))
            yield from self._condition(key, place, section, self.by_key)
            for field in _maps(section.get("fields")):
                yield from self._field(field, seen)
        yield from self._circles()

    def _field(
        self, field: Mapping[str, Any], seen: set[str], group: Mapping[str, Any] | None = None
    ) -> Iterator[FormFinding]:
        key = str(field.get("key", ""))
        place = f"{group.get('key')}.{key}" if group else key
        name = str(field.get("label") or key or _("没有名称的字段"))[:40]
        if not KEY.fullmatch(key):
            yield FormFinding(
                place,
                _("“%(name)s”的代码“%(key)s”不能用：以小写字母开头，只用小写字母、数字和下划线。")
                % {"name": name, "key": key[:40]},
            )
        elif key in seen:
            yield FormFinding(
                place, _("代码“%(key)s”用了两次（“%(name)s”和另一个字段），请改掉一个。") % {"key": key, "name": name}
            )
        elif not group and key in RESERVED:
            yield FormFinding(
                place, _("“%(name)s”的代码“%(key)s”系统另有用处，请换一个。") % {"key": key, "name": name}
            )
        seen.add(key)
        yield from self._words(place, name, field.get("label"), field.get("help"))
        kind = field.get("type")
        if not isinstance(kind, str) or kind not in FIELD_TYPES:
            yield FormFinding(
                place,
                _("“%(name)s”的类型“%(type)s”没有，请从列出的类型里选。") % {"name": name, "type": str(kind)[:40]},
            )
            return
        if group and kind in NOT_IN_ROWS:
            yield FormFinding(place, _("“%(name)s”：可增减的行里不能放这种类型的字段，请移到行外面。") % {"name": name})
            return
        around = {str(each.get("key")): each for each in _maps(group.get("fields"))} if group else self.by_key
        yield from self._condition(place, name, field, around)
        yield from self._details(place, name, str(kind), field, around, in_row=bool(group))

    def _details(
        self,
        place: str,
        name: str,
        kind: str,
        field: Mapping[str, Any],
        around: Mapping[str, Mapping[str, Any]],
        *,
        in_row: bool,
    ) -> Iterator[FormFinding]:
        said = {"name": name}
        if kind in ("choice", "multichoice"):
            yield from self._options(place, name, field.get("options"))
        elif kind == "dictionary":
            code = str(field.get("dictionary") or "")
            if not code or (self.dictionaries is not None and code not in self.dictionaries):
                yield FormFinding(
                    place,
                    _("“%(name)s”用的字典“%(code)s”没有，请选一部已有的，或者先在“字典”里建好。")
                    % {**said, "code": code},
                )
        elif kind == "calculated":
            yield from self._formula(place, name, field.get("formula"), around)
        elif kind == "repeat":
            yield from self._group(place, name, field)
        elif kind == "upload":
            if unknown := sorted(set(map(str, field.get("kinds") or ())) - set(FileKind)):
                yield FormFinding(place, _("“%(name)s”：没有文件类型“%(kind)s”。") % {**said, "kind": unknown[0][:20]})
            if place in self.materials:
                yield FormFinding(place, _("“%(name)s”的代码和一项申请材料相同，请改掉一个。") % said)
        elif kind == "number":
            yield from self._limits(place, name, field)
        if field.get("pattern"):
            yield from self._pattern(place, name, field["pattern"])
        if kind in ("text", "textarea", "address") and not _is_count(field.get("max_length", 200), 1, LONGEST_TEXT):
            yield FormFinding(
                place, _("“%(name)s”的最多字数应在 1 到 %(most)d 之间。") % {**said, "most": LONGEST_TEXT}
            )
        prefill = field.get("prefill")
        if prefill and (str(prefill) not in PREFILLS or in_row):
            yield FormFinding(
                place,
                _("“%(name)s”：没有可以带出的来源“%(source)s”，请从列出的里选。")
                % {**said, "source": str(prefill)[:40]},
            )
        element = field.get("element")
        if element and not KEY.fullmatch(str(element)):
            yield FormFinding(
                place,
                _("“%(name)s”的数据元“%(element)s”不能用：以小写字母开头，只用小写字母、数字和下划线。")
                % {**said, "element": str(element)[:40]},
            )

    def _words(self, place: str, name: str, label: Any, help_text: Any) -> Iterator[FormFinding]:
        if not isinstance(label, str) or not label.strip():
            yield FormFinding(place, _("“%(name)s”没有名称，请写上。") % {"name": name[:40]})
            return
        if _UNSEEN.search(label) or (isinstance(help_text, str) and _UNSEEN.search(help_text.replace("\n", ""))):
            yield FormFinding(
                place,
                _("“%(name)s”的名称或说明里有看不见的控制字符，请删掉重写。") % {"name": _UNSEEN.sub("", name)[:40]},
            )
        if len(label) > LONGEST_LABEL:
            yield FormFinding(
                place,
                _("“%(name)s”的名称太长，最多 %(most)d 字；要说明的写在说明里。")
                % {"name": name[:40], "most": LONGEST_LABEL},
            )

    def _options(self, place: str, name: str, options: Any) -> Iterator[FormFinding]:
        given = [str(each) for each in options] if isinstance(options, list) else []
        if not given:
            yield FormFinding(place, _("“%(name)s”没有选项，请至少写一个。") % {"name": name})
        if any(not each.strip() for each in given):
            yield FormFinding(place, _("“%(name)s”有空的选项，请删掉或者写上文字。") % {"name": name})
        if len(set(given)) < len(given):
            twice = next(each for each in given if given.count(each) > 1)
            yield FormFinding(
                place, _("“%(name)s”的选项“%(option)s”写了两次，请删掉一个。") % {"name": name, "option": twice[:40]}
            )

    def _group(self, place: str, name: str, field: Mapping[str, Any]) -> Iterator[FormFinding]:
        columns = _maps(field.get("fields"))
        if not columns:
            yield FormFinding(place, _("“%(name)s”的一行里没有字段，请至少添加一个。") % {"name": name})
        low, high = field.get("min_rows", 0), field.get("max_rows", ROWS)
        if not _is_count(high, 1, MOST_ROWS) or not _is_count(low, 0, high):
            yield FormFinding(
                place,
                _("“%(name)s”的行数应是最少不多于最多，最多不超过 %(most)d 行。") % {"name": name, "most": MOST_ROWS},
            )
        elif high * (len(columns) + 1) > MOST_BOXES:
            yield FormFinding(
                place,
                _("“%(name)s”每行 %(columns)d 格、最多 %(rows)d 行，一页放不下，合计不能超过 %(most)d 格。")
                % {"name": name, "columns": len(columns), "rows": high, "most": MOST_BOXES},
            )
        seen: set[str] = set()
        for each in columns:
            yield from self._field(each, seen, field)
        yield from self._circle({str(each.get("key")): each for each in columns}, f"{place}.")

    def _limits(self, place: str, name: str, field: Mapping[str, Any]) -> Iterator[FormFinding]:
        low, high = field.get("min", 0), field.get("max", 10**8)
        low, high = 0 if low is None else low, 10**8 if high is None else high
        if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (low, high)):
            yield FormFinding(place, _("“%(name)s”的最小值和最大值应是数字。") % {"name": name})
        elif low > high:
            yield FormFinding(place, _("“%(name)s”的最小值大于最大值，没有数能填，请改正。") % {"name": name})
        if not _is_count(field.get("decimals", 2), 0, 6):
            yield FormFinding(place, _("“%(name)s”的小数位数应在 0 到 6 之间。") % {"name": name})

    def _pattern(self, place: str, name: str, pattern: Any) -> Iterator[FormFinding]:
        try:
            re.compile(str(pattern), re.ASCII)
            is_readable = len(str(pattern)) <= 300 and not _FOREIGN_PATTERN.search(str(pattern))
        except (re.error, RecursionError):
            is_readable = False
        if not is_readable:
            yield FormFinding(
                place,
                _("“%(name)s”的格式写得不对，或者用了浏览器不认识的写法，请改用普通的正则表达式。") % {"name": name},
            )
        elif _NESTED_QUANTIFIER.search(str(pattern)):
            yield FormFinding(
                place, _("“%(name)s”的格式里重复套着重复，核对起来可能没完没了，请写得简单些。") % {"name": name}
            )

    def _condition(
        self, place: str, name: str, raw: Mapping[str, Any], around: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[FormFinding]:
        if not (said := raw.get("condition")):
            return
        try:
            condition = read_condition(said)
        except (UnreadableCondition, ArithmeticError, TypeError, AttributeError, RecursionError):
            yield FormFinding(place, _("“%(name)s”的显示条件读不懂，请重新设置。") % {"name": name[:40]})
            return
        for key in dict.fromkeys(condition.fields()):
            if key not in around:
                yield FormFinding(
                    place,
                    _("“%(name)s”的显示条件用到了“%(key)s”，表单里没有这个字段。请改成已有的字段，或者先添加它。")
                    % {"name": name[:40], "key": key[:40]},
                )
            elif around[key] is raw:
                yield FormFinding(
                    place,
                    _("“%(name)s”的显示条件用到了它自己，这样永远不会显示。请改成别的字段。") % {"name": name[:40]},
                )
            elif around[key].get("type") in ("repeat", "upload"):
                yield FormFinding(
                    place,
                    _("“%(name)s”的显示条件不能用“%(other)s”这种类型的字段。")
                    % {"name": name[:40], "other": str(around[key].get("label"))[:40]},
                )

    def _formula(
        self, place: str, name: str, formula: Any, around: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[FormFinding]:
        try:
            expression = parse(str(formula or ""))
        except ExpressionError as error:
            yield FormFinding(place, _("“%(name)s”的公式读不懂：%(why)s") % {"name": name, "why": error})
            return
        for named in sorted(expression.names):
            key, _dot, column = named.partition(".")
            field = around.get(key)
            if field is None:
                yield FormFinding(
                    place,
                    _("“%(name)s”的公式用到了“%(key)s”，表单里没有这个字段。请改成已有字段的代码，或者先添加它。")
                    % {"name": name, "key": key},
                )
            elif field.get("type") == "upload":
                yield FormFinding(place, _("“%(name)s”的公式不能用上传的文件“%(key)s”。") % {"name": name, "key": key})
            elif column and column not in {str(each.get("key")) for each in _maps(field.get("fields"))}:
                yield FormFinding(
                    place,
                    _("“%(name)s”的公式用到了“%(key)s”，“%(group)s”的行里没有这个字段。")
                    % {"name": name, "key": named, "group": str(field.get("label"))[:40]},
                )

    def _circles(self) -> Iterator[FormFinding]:
        yield from self._circle(self.by_key, "")

    def _circle(self, fields: Mapping[str, Mapping[str, Any]], prefix: str) -> Iterator[FormFinding]:
        calculated = {key for key, field in fields.items() if field.get("type") == "calculated"}
        needs: dict[str, Collection[str]] = {key: _needs(fields, key) & calculated for key in calculated}
        try:
            list_in_order(needs)
        except UnusableDefinition:
            circle = _find_circle(needs)
            names = " → ".join(str(fields[key].get("label") or key)[:30] for key in circle)
            yield FormFinding(
                f"{prefix}{circle[0]}",
                _("计算字段互相依赖，算不出来：%(names)s。请改掉其中一个的公式。") % {"names": names},
            )


def _needs(fields: Mapping[str, Mapping[str, Any]], key: str) -> set[str]:
    """Return what a calculated field depends on, as ``item_definition.needs_of`` does of a form that can be read."""
    try:
        named = {name.partition(".")[0] for name in parse(str(fields[key].get("formula") or "")).names}
    except ExpressionError:
        return set()
    deciding: set[str] = set()
    for name in named & fields.keys():
        try:
            deciding.update(read_condition(fields[name]["condition"]).fields() if fields[name].get("condition") else ())
        except (UnreadableCondition, ArithmeticError, TypeError, AttributeError):
            continue
    return named | deciding


def _find_circle(needs: Mapping[str, Collection[str]]) -> Sequence[str]:
    """Return the keys of a circle, its first again at its end; there is one."""
    alive = dict(needs)
    while gone := [key for key, wanted in alive.items() if not any(each in alive for each in wanted)]:
        for key in gone:
            del alive[key]
    path = [min(alive)]
    while True:
        following = min(each for each in alive[path[-1]] if each in alive)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _is_count(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

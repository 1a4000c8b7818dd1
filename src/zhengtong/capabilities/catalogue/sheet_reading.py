"""Lines of a sheet become entries with their items, or sentences that name the line and say what to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.domain import FieldText, VersionText, doubled
from zhengtong.capabilities.catalogue.sheet_layout import HEAD_TITLES, NEEDED, TITLES, known_words
from zhengtong.core.identity.public import Refused
from zhengtong.screens.sheets.cells import check_text, narrow
from zhengtong.screens.sheets.problems import CellRefused, Problem
from zhengtong.screens.sheets.table import Line

MOST_ROWS = 5_000
MOST_ENTRIES = 500


@dataclass
class ReadEntry:
    """An entry as a sheet has it. ``text`` is None where ``problems`` keep it from being one."""

    line: int
    code: str
    name: str
    provider: str
    head: dict[str, Any]
    items: list[FieldText] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> VersionText | None:
        if self.problems:
            return None
        return VersionText(**self.head, fields=tuple(self.items))


def find_columns(texts: Sequence[str]) -> dict[int, str]:
    """Return which column is where. Raises Refused when one is missing, doubled or unknown."""
    names = {title: name for name, title in TITLES.items()}
    heads = [narrow(text).strip() for text in texts]
    written = [head for head in heads if head]
    if not set(written) & set(names):
        raise Refused("no-head", _("找不到表头。第一行应当是模板里的列名，可以下载模板按模板填写。"))
    if twice := doubled(written):
        raise Refused("doubled-heads", _("表头里“%(title)s”出现了不止一次。请只保留一列。") % {"title": twice[0]})
    if unknown := [head for head in written if head not in names]:
        raise Refused("unknown-heads", _("表头有不认识的列：%(titles)s。") % {"titles": "、".join(unknown)[:200]})
    if missing := [TITLES[name] for name in NEEDED if TITLES[name] not in written]:
        raise Refused("missing-heads", _("表头缺少这些列：%(titles)s。") % {"titles": "、".join(missing)})
    return {place: names[head] for place, head in enumerate(heads) if head}


def read_entries(lines: Iterable[Line]) -> list[ReadEntry]:
    """Return the entries of a sheet. Raises Refused for what concerns the whole of it."""
    given: Iterator[Line] = (line for line in lines if any(text.strip() for text in line.texts))
    first = next(given, None)
    if first is None:
        raise Refused("empty", _("表里没有内容。"))
    columns = find_columns(first.texts)
    words = known_words()
    entries: list[ReadEntry] = []
    for count, line in enumerate(given, 1):
        if count > MOST_ROWS:
            raise Refused("too-many-rows", _("超过%(n)s行。请拆成几个文件分别导入。") % {"n": MOST_ROWS})
        cells = {name: line.texts[place].strip() if place < len(line.texts) else "" for place, name in columns.items()}
        problems = list(_find_flaws(line, columns, cells))
        last = entries[-1] if entries else None
        if last is None or (cells.get("name") and not _continues(last, cells)):
            if len(entries) >= MOST_ENTRIES:
                raise Refused("too-many", _("超过%(n)s个资源。请拆成几个文件分别导入。") % {"n": MOST_ENTRIES})
            last = _start(line, cells, words)
            entries.append(last)
        last.problems += problems
        if cells.get("item_code") or cells.get("item_name"):
            _read_item(last, line, cells, words)
    if not entries:
        raise Refused("no-rows", _("只有表头，没有内容。"))
    _refuse_doubled(entries)
    return entries


def _continues(last: ReadEntry, cells: Mapping[str, str]) -> bool:
    """Return whether a row that repeats its head is one more item of the entry above, as our own exports write it."""
    return (
        cells["name"] == last.name and cells.get("code", "") == last.code and cells.get("provider", "") == last.provider
    )


def _find_flaws(line: Line, columns: Mapping[int, str], cells: Mapping[str, str]) -> Iterator[str]:
    for place, code in line.flaws.items():
        if place in columns:
            yield _told(line, columns[place], str(Problem(code).sentence))
    for name, text in cells.items():
        try:
            check_text(text)
        except CellRefused as refused:
            yield _told(line, name, str(Problem(refused.code, params=dict(refused.params)).sentence))


def _told(line: Line, name: str, sentence: str) -> str:
    return _("第%(line)s行“%(column)s”%(sentence)s") % {
        "line": line.number,
        "column": TITLES[name],
        "sentence": sentence,
    }


def _start(line: Line, cells: Mapping[str, str], words: Mapping[str, Mapping[str, Any]]) -> ReadEntry:
    entry = ReadEntry(line.number, cells.get("code", ""), cells.get("name", ""), cells.get("provider", ""), {})
    if not entry.name:
        entry.problems.append(_told(line, "name", _("没有填写。")))
    for name in HEAD_TITLES:
        if name in ("code", "provider", "published_on"):
            continue
        entry.head[name] = _choose(entry, line, name, cells, words)
    entry.head["open_type"] = entry.head["open_type"] or "closed"
    return entry


def _choose(
    entry: ReadEntry, line: Line, name: str, cells: Mapping[str, str], words: Mapping[str, Mapping[str, Any]]
) -> Any:
    text = cells.get(name, "")
    if name not in words:
        return text
    if text in words[name]:
        return words[name][text]
    if text or name in NEEDED:
        shown = "、".join(words[name])
        entry.problems.append(
            _told(line, name, _("“%(text)s”不在可以填写的内容里：%(words)s。") % {"text": text[:20], "words": shown})
        )
    return ""


def _number(entry: ReadEntry, line: Line, name: str, cells: Mapping[str, str]) -> int | None:
    text = narrow(cells.get(name, ""))
    if not text:
        return None
    if not text.isdecimal() or not 0 <= int(text[:12]) <= (32_000 if name != "length" else 1_000_000_000):
        entry.problems.append(_told(line, name, _("“%(text)s”不是合适的整数。") % {"text": text[:20]}))
        return None
    return int(text)


def _read_item(entry: ReadEntry, line: Line, cells: Mapping[str, str], words: Mapping[str, Mapping[str, Any]]) -> None:
    def chosen(name: str, otherwise: Any) -> Any:
        value = _choose(entry, line, name, cells, words)
        return otherwise if value == "" else value

    code = cells.get("item_code", "")
    if not code:
        entry.problems.append(_told(line, "item_code", _("没有填写。")))
    is_key = chosen("is_key", False)
    entry.items.append(
        FieldText(
            code=code,
            name=cells.get("item_name", "") or code,
            column=cells.get("column", "") or code,
            kind=chosen("kind", "text"),
            length=_number(entry, line, "length", cells),
            precision=_number(entry, line, "precision", cells),
            scale=_number(entry, line, "scale", cells),
            dictionary=cells.get("dictionary", ""),
            grade=chosen("grade", 1),
            personal=chosen("personal", "none"),
            is_key=is_key,
            is_nullable=chosen("is_nullable", not is_key),
            mask=chosen("mask", "none"),
            note=cells.get("note", ""),
        )
    )


def _refuse_doubled(entries: list[ReadEntry]) -> None:
    """An entry that stands twice in one sheet is refused both times: which one counts nobody can tell."""
    by_key: dict[tuple[str, str], list[ReadEntry]] = {}
    for each in entries:
        by_key.setdefault((each.code, "") if each.code else (each.name, each.provider), []).append(each)
    for same in by_key.values():
        if len(same) > 1:
            lines = "、".join(str(each.line) for each in same)
            for each in same:
                each.problems.append(
                    _("“%(name)s”在表里出现了不止一次：第%(lines)s行。") % {"name": each.name, "lines": lines}
                )

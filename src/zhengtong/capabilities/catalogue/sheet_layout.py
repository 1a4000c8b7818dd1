"""The catalogue as a table after the national template (政务信息资源目录编制指南 附件): a row an item.

The head is written in an entry's first row; rows below with an empty name go on with its items, as merged cells read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhengtong.capabilities.catalogue.domain import FieldText, VersionText
from zhengtong.capabilities.catalogue.models import (
    FieldGrade,
    MaskKind,
    OpenType,
    PersonalClass,
    Resource,
    ResourceVersion,
    ShareType,
    UpdateCycle,
)
from zhengtong.capabilities.catalogue.selectors import read_text
from zhengtong.capabilities.catalogue.wording import KIND_WORDS
from zhengtong.screens.sheets.workbook_stream import GENERAL, TEXT, Head, stream_workbook, text_cell

# Titles are data: the sheet travels between offices and is written in one language.
HEAD_TITLES: Mapping[str, str] = {
    "code": "信息资源代码",
    "classification": "信息资源分类代码",
    "name": "信息资源名称",
    "provider": "信息资源提供方",
    "abstract": "信息资源摘要",
    "data_format": "信息资源格式",
    "share_type": "共享类型",
    "share_condition": "共享条件",
    "share_way": "共享方式",
    "withheld_basis": "不予共享的依据",
    "open_type": "开放属性",
    "open_condition": "开放条件",
    "update_cycle": "更新周期",
    "published_on": "发布日期",
    "related": "关联资源代码",
}
ITEM_TITLES: Mapping[str, str] = {
    "item_code": "信息项代码",
    "item_name": "信息项名称",
    "kind": "数据类型",
    "length": "数据长度",
    "precision": "精度",
    "scale": "小数位",
    "is_key": "主键",
    "is_nullable": "可以为空",
    "personal": "个人信息",
    "grade": "数据级别",
    "mask": "默认脱敏",
    "dictionary": "字典",
    "column": "数据源中的列",
    "note": "说明",
}
TITLES: Mapping[str, str] = {**HEAD_TITLES, **ITEM_TITLES}
NEEDED = ("classification", "name", "share_type", "update_cycle", "item_code", "item_name", "kind")


def _words(choices: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return values by their Chinese word, whatever language the page is in."""
    from django.utils import translation

    with translation.override("zh-hans"):
        return {str(word): value for value, word in choices}


def known_words() -> dict[str, dict[str, Any]]:
    """Return for each column of choices its words and their values."""
    return {
        "share_type": _words(ShareType.choices),
        "open_type": _words(OpenType.choices),
        "update_cycle": _words(UpdateCycle.choices),
        "kind": _words(KIND_WORDS.items()),
        "personal": _words(PersonalClass.choices),
        "grade": _words(FieldGrade.choices),
        "mask": _words(MaskKind.choices),
        "is_key": {"是": True, "否": False},
        "is_nullable": {"是": True, "否": False},
    }


@dataclass(frozen=True)
class Row:
    """A row to be written, by column; what isn't there is empty."""

    cells: Mapping[str, str]

    def xml(self) -> str:
        cells = "".join(text_cell(self.cells.get(name, ""), TEXT) for name in TITLES)
        return f"<row>{cells}</row>"


def _say(words: Mapping[str, Mapping[Any, str]], name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return words[name][value] if name in words else str(value)


def rows_of(resource: Resource, text: VersionText) -> Iterator[Row]:
    """Yield an entry's rows: the head stands in every one, so that each can be filtered and read alone."""
    words = {name: {value: word for word, value in known.items()} for name, known in known_words().items()}
    head = {
        name: _say(words, name, getattr(text, name))
        for name in HEAD_TITLES
        if name not in ("code", "provider", "published_on")
    }
    head |= {
        "code": resource.code,
        "provider": resource.provider.name,
        "published_on": resource.published_on.isoformat() if resource.published_on else "",
    }
    if not text.fields:
        yield Row(head)
    for each in text.fields:
        yield Row({**head, **_item_cells(words, each)})


def _item_cells(words: Mapping[str, Mapping[Any, str]], each: FieldText) -> dict[str, str]:
    cells = {
        name: _say(words, name, getattr(each, name)) for name in ITEM_TITLES if name not in ("item_code", "item_name")
    }
    return {**cells, "item_code": each.code, "item_name": each.name}


def write_workbook(versions: Iterable[ResourceVersion]) -> Iterator[bytes]:
    """Yield an xlsx of entries, each with the version given. Texts are texts: nothing in it is run as a formula."""
    known = known_words()
    choices = [list(known.get(name, {})) for name in TITLES]
    head = Head(list(TITLES.values()), [TEXT] * len(TITLES), choices)
    notes = Head(["列", "怎样填"], [GENERAL, GENERAL])
    return stream_workbook([("信息资源目录", head, _blocks(versions)), ("填写说明", notes, _notes())])


def _blocks(versions: Iterable[ResourceVersion]) -> Iterator[tuple[int, bytes]]:
    for version in versions:
        rows = list(rows_of(version.resource, read_text(version)))
        yield len(rows), "".join(row.xml() for row in rows).encode()


_HELP = {
    "code": "新编的留空，由平台编号；改已有的填它的代码。",
    "classification": "资源分类里的代码，如 303 或者 204001。",
    "name": "每个资源的第一行填写；下面几行留空，表示接着写它的信息项。",
    "provider": "单位全称；不填就是本单位。",
    "share_type": "有条件共享的写共享条件，不予共享的写依据。",
    "item_code": "字母开头，只用字母、数字和下划线。",
    "length": "字符型的最多字数；不限的不填。",
    "published_on": "导出时带出，导入时不看。",
    "related": "几个代码之间空一格。",
}


def _notes() -> Iterator[tuple[int, bytes]]:
    known = known_words()
    lines = []
    for name, title in TITLES.items():
        said = _HELP.get(name, "") or ("可以填：" + "、".join(known[name]) if name in known else "")
        must = "必填。" if name in NEEDED else ""
        lines.append(f"<row>{text_cell(title)}{text_cell(must + said)}</row>")
    yield len(lines), "".join(lines).encode()

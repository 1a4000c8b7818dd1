"""What is wrong with a file, a row or a cell: a stable code, and a sentence that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Of a whole file: nothing of it is read.
FILE_SENTENCES: dict[str, Promise] = {
    "empty_file": _("这个文件是空的（0 字节）。请重新选择文件。"),
    "empty_sheet": _("表里没有内容。请在表头下面填写后再上传。"),
    "no_rows": _("只有表头，没有内容。请在表头下面填写后再上传。"),
    "too_large": _("文件有 %(size)s，超过 %(limit)s 的上限。请拆成几个文件分别导入。"),
    "too_many_rows": _("超过 %(limit)s 行的上限。请拆成几个文件分别导入。"),
    "xls_old": _("这是旧版 .xls 文件，或者加了密码的文件。请去掉密码，另存为 .xlsx 后再上传。"),
    "html": _("文件名像表格，内容却是网页。请用表格软件打开后另存为 .xlsx，再上传。"),
    "not_a_sheet": _("认不出这是表格。请上传 .xlsx 或 .csv 文件。"),
    "misnamed": _("文件名以 .%(extension)s 结尾，内容却是 %(kind)s。请把结尾改成 .%(kind)s 后再上传。"),
    "unsafe": _("%(sentence)s"),
    "infected": _("这个文件里查出了病毒，没有保存。请先给设备杀毒，再换一个文件上传。"),
    "unreadable": _("这个表格打不开，可能已经损坏。请用表格软件打开后另存为 .xlsx，再上传。"),
    "undecodable": _(
        "第 %(offset)s 个字节起不是 UTF-8 也不是 GB18030 文字（大约在第%(line)s行）。"
        "请用表格软件另存为 UTF-8 的 CSV 或 .xlsx，再上传。"
    ),
    "broken_quotes": _("第%(line)s行附近的引号没有配对，后面的内容分不开。请检查这一行的引号。"),
    "no_head": _("找不到表头。第一行应当是：%(titles)s。可以下载模板，按模板填写。"),
    "merged_heads": _(
        "表头有合并单元格，看不出这些列指的是什么：%(titles)s。请取消合并，把表头改成一行、每列一个名称，或者用模板填写。"
    ),
    "missing_heads": _("表头缺少这些列：%(titles)s。请补上后再上传。"),
    "unknown_heads": _("表头有不认识的列：%(titles)s。请删去这些列，或改成模板里的名称。"),
    "doubled_heads": _("表头里这些列出现了不止一次：%(titles)s。请只保留一列。"),
    "blank_head": _("%(column)s 列没有表头，第%(line)s行却有内容。请补上表头，或删去这一列。"),
    "too_many_merges": _("表里合并的单元格太多。请全选后取消合并，再填上每一行。"),
    "denied": _("您的任职或权限变了，没有导入。请重新检查。"),
    "stale": _("检查以后，有别人改动了 %(count)s 行，没有导入。请重新检查，看过新的差异再确认。"),
    "stage_lost": _("检查的结果已经过期，没有导入。请重新检查。"),
    "failed": _("程序没能处理完这个文件，什么也没有写入。可以重新检查；再出现时请告诉管理员编号 %(number)s。"),
}

# Of a cell or a row: the row is refused, the others go on.
ROW_SENTENCES: dict[str, Promise] = {
    "formula": _("是公式。请复制这一列，用“只粘贴值”换成结果后再导入。"),
    "cell_error": _("是表格软件的错误值。请改成真正的内容。"),
    "merged_cell": _("有合并的单元格。请取消合并，把每一行都填上。"),
    "scientific": _("被表格软件变成了科学计数，后面的数字已经丢失。请把这一列设为文本格式，重新填写完整的号码。"),
    "required": _("没有填写。请补上。"),
    "too_long": _("有 %(length)s 个字，最多 %(limit)s 个。请缩短。"),
    "nul": _("里有看不见的空字符。请删去后重新填写。"),
    "control_character": _("里有看不见的控制字符。请删去后重新填写。"),
    "not_a_number": _("不是数字。请只填数字。"),
    "not_whole": _("不是整数。请填整数。"),
    "too_large_number": _("超出范围。请检查数字和单位。"),
    "too_precise": _("小数超过 %(places)s 位。请四舍五入后填写。"),
    "not_a_date": _("看不出是哪一天。请写成 2026-01-05。"),
    "impossible_date": _("没有这一天。请检查年月日。"),
    "not_a_moment": _("看不出是什么时间。请写成 2026-01-05 14:30。"),
    "not_yes_or_no": _("请填“是”或“否”。"),
    "unknown_word": _("不在可以填写的内容里。可以填：%(words)s。"),
    "unknown_code": _("查不到。请检查，或先登记它。"),
    "doubled_key": _("在表里出现了不止一次：第%(lines)s行。请只保留一行。"),
    "masked": _("是遮挡过的内容，和已登记的对不上。请填写完整的内容。"),
    "out_of_reach": _("不在您的管辖范围，不能导入这一行。"),
    "invalid": _("%(sentence)s"),
    "changed_since": _("检查以后被别人改动或删除了。"),
}


class FileRefused(Exception):
    """The file can't be read as this sheet. ``message`` is for the person, ``code`` for programs."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        self.code, self.params = code, dict(params or {})
        self.message = str(FILE_SENTENCES[code]) % self.params
        super().__init__(self.message)


class CellRefused(Exception):
    """A cell's text isn't what its column holds."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.params = code, dict(params or {})


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a row is refused: the column's name ("" for the whole row) and what was typed there."""

    code: str
    column: str = ""
    typed: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(ROW_SENTENCES[self.code]) % self.params

    def plain(self) -> dict[str, Any]:
        """Return it as JSON; what was typed is kept short."""
        return {
            "code": self.code,
            "column": self.column,
            "typed": self.typed[:200],
            "params": {name: str(value) for name, value in self.params.items()},
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Problem":
        return cls(plain["code"], plain["column"], plain["typed"], plain["params"])

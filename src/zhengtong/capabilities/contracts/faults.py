"""What a row was held back for, in words: what is wrong with it and what whoever keeps the source does next.

Codes are those that ``rules`` and ``reading`` hold rows under; they stay as they are in tables and in programs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """``title`` names it in a list, ``wrong`` says it in a sentence, ``advice`` is the next step."""

    title: Text
    wrong: Text
    advice: Text


FAULTS: Final[Mapping[str, Fault]] = {
    "missing": Fault(
        _("必填的值为空"),
        _("这一列不能为空，这一行却没有值。"),
        _("在源头补上这个值；确实没有的，请提供单位变更目录，把这一列改为可以为空。"),
    ),
    "too-long": Fault(
        _("内容超过长度"),
        _("内容比目录里写的长度长，放不进目标的列。"),
        _("在源头核对是不是录错了位置；内容没有错的，请提供单位变更目录，加大长度。"),
    ),
    "nul": Fault(
        _("含有空字符"),
        _("文字里有看不见的空字符（NUL），数据库存不下。"),
        _("在源头删掉这个字符，再重新录入这一栏。"),
    ),
    "spreadsheet-number": Fault(
        _("号码被表格软件改成了科学计数"),
        _("号码变成了 3.30102E+17 这样的形式，后面的数字已经丢了，平台不猜测原来的号码。"),
        _("把表格的这一列设为“文本”，从业务系统重新导出，不要从这个值恢复。"),
    ),
    "number-form": Fault(
        _("不是数字"),
        _("这一列约定是数字，内容却不是，例如带了千分位、单位或者文字。"),
        _("在源头只留数字、正负号和小数点。"),
    ),
    "number-size": Fault(
        _("数字的位数超过约定"),
        _("整数部分或者小数部分的位数超过目录里的约定，照收会丢掉数字。"),
        _("在源头核对数值和计量单位；数值没有错的，请提供单位变更目录，加大位数。"),
    ),
    "number-range": Fault(
        _("数值超出范围"),
        _("数值小于规则的下限，或者大于上限。"),
        _("在源头核对数值和计量单位后更正。"),
    ),
    "date-form": Fault(
        _("日期的写法读不懂"),
        _("内容不是平台认得的日期或者日期时间，例如写了“昨天”。"),
        _("在源头写成 2020-02-29 或者 2020-02-29 08:30:00。"),
    ),
    "date-impossible": Fault(
        _("没有这一天"),
        _("写法是日期，日历上却没有这一天，例如 2021-02-29。"),
        _("对照原始材料，在源头改成真实的日期。"),
    ),
    "date-range": Fault(
        _("日期超出范围"),
        _("日期早于规则的下限、晚于上限，或者不在公元 1 年到 9999 年之间。"),
        _("对照原始材料，在源头更正；用特殊日期表示“长期”“不详”的，请改为空。"),
    ),
    "time-form": Fault(
        _("时间的写法读不懂"),
        _("内容不是时间，或者没有这个时刻。"),
        _("在源头写成 08:30:00。"),
    ),
    "boolean-form": Fault(
        _("不是“是”或“否”"),
        _("这一列约定只有是和否，内容两样都不是。"),
        _("在源头改成“是”或“否”（也可以用 1 和 0）。"),
    ),
    "json-form": Fault(
        _("不是 JSON"),
        _("这一列约定是 JSON，内容不能按 JSON 读。"),
        _("请提供单位的系统管理员检查生成这一列的程序，重新生成。"),
    ),
    "pattern": Fault(
        _("不合约定的格式"),
        _("内容与这一列约定的格式不一致，例如位数不对，或者多了空格。"),
        _("对照目录里这一列的校验规则，在源头更正。"),
    ),
    "unknown-code": Fault(
        _("代码不在字典里"),
        _("代码不是这一列约定的代码之一。"),
        _("在源头改用字典里的代码；需要增加代码的，请提供单位变更目录。"),
    ),
    "check-GB11643": Fault(
        _("公民身份号码不对"),
        _("公民身份号码的位数、出生日期或者最后一位校验码不对（GB 11643）。"),
        _("对照本人的证件，在源头更正，不要为了通过校验改最后一位。"),
    ),
    "check-GB32100": Fault(
        _("统一社会信用代码不对"),
        _("统一社会信用代码的位数、字符或者校验码不对（GB 32100）。"),
        _("对照营业执照或者登记证书，在源头更正；注意字母 I、O、S、V、Z 不会出现。"),
    ),
    "key-doubled": Fault(
        _("主键重复"),
        _("同一批里前面已经有一行是这个主键，只交换了最前面的一行。"),
        _("在源头查重，删去多余的行，或者补上能区分两行的主键列。"),
    ),
    "normalised": Fault(
        _("已规范后交换"),
        _("全角数字改成了半角，或者号码末尾的小写 x 改成了大写，这一行已经交换，原文留存备查。"),
        _("不必处理；方便时请提供单位在源头改成规范的写法。"),
    ),
}


def say_fault(code: str) -> Fault:
    """Return the words of a code; of one that an earlier version of the platform held rows under, the code itself."""
    unknown = Fault(code, _("这一行不合合约的规则。"), _("请运维人员按规则代码查明原因，再与提供单位联系。"))
    return FAULTS.get(code, unknown)

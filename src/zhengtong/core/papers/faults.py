"""What is wrong with an edited template, in a sentence that says where and what to do."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The typesetter's own words, and ours. What isn't here is told in the typesetter's words.
_SENTENCES: Final = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (r"unknown variable: (?P<name>.+)", gettext_noop("“%(name)s”没有定义，请检查是否写错。")),
        (r"unclosed delimiter", gettext_noop("括号、引号或者 $ 没有配对，少了结尾的一个。")),
        (r"unexpected closing (?:bracket|brace|paren)", gettext_noop("多了一个右括号，或者前面少了左括号。")),
        (r"unclosed string", gettext_noop("字符串少了结尾的引号。")),
        (r"unclosed raw text", gettext_noop("反引号没有配对。")),
        (
            r'dictionary does not contain key "(?P<name>.+)"',
            gettext_noop('这种文书没有“%(name)s”这项内容；不一定有的内容请用 get("%(name)s") 来取。'),
        ),
        (r"array index out of bounds.*", gettext_noop("取了列表里没有的一项。")),
        (
            r"(?:file not found|path .* would escape|failed to load file|cannot access file).*",
            gettext_noop("不能读取文件。模板里只能用系统自带的样式库，不能读取别的文件或者图片。"),
        ),
        (
            r"(?:failed to download package|package not found|failed to load package|invalid package).*",
            gettext_noop("不能使用外部的程序包。模板里只能用系统自带的样式库。"),
        ),
        (
            r"(?:condition is always true|loop seems to be infinite).*",
            gettext_noop("这个循环没有尽头，请改写循环的条件。"),
        ),
        (r"maximum (?P<name>.+) depth exceeded", gettext_noop("函数反复调用自己，没有尽头。")),
        (r"unexpected argument: (?P<name>.+)", gettext_noop("这里没有叫“%(name)s”的参数，请检查是否写错。")),
        (r"unexpected argument", gettext_noop("这里多写了一个参数。")),
        (r"missing argument: (?P<name>.+)", gettext_noop("少写了参数“%(name)s”。")),
        (r"type (?P<type>.+) has no (?:method|field) `(?P<name>.+)`", gettext_noop("这个值没有“%(name)s”的用法。")),
        (r"cannot (?P<name>add|subtract|multiply|divide|compare).*", gettext_noop("两边的种类不同，不能这样运算。")),
        (r"(?:unknown font family|.*font.*not found).*", gettext_noop("没有这种字体，请用样式库里的 song 或者 hei。")),
        (r"panicked with: (?P<name>.+)", gettext_noop("模板自己报告：%(name)s")),
        (
            r".*PDF/(?:UA|A).*document title.*",
            gettext_noop("没有用样式库的版式。请保留开头的 #import 和 #show 两行。"),
        ),
        (r".*PDF/(?:UA|A)[-\w]* error: (?P<name>.*)", gettext_noop("不符合文书归档和无障碍的要求：%(name)s")),
        (r"expected (?P<name>.+)", gettext_noop("这里的写法不完整或者有误，应当是：%(name)s")),
        (r"unexpected (?P<name>.+)", gettext_noop("这里不应出现：%(name)s")),
    )
)
_LIMITS: Final[Mapping[str, str]] = {
    "time": gettext_noop("排版用的时间太长，已经停止。请检查是否有太大的循环。"),
    "memory": gettext_noop("排版用的内存太多，已经停止。请检查是否有太大的循环或者列表。"),
    "output": gettext_noop("排出的文件太大，已经停止。"),
    "pages": gettext_noop("排出的页数太多，一份文书不应超过 30 页。"),
    "busy": gettext_noop("正在排版的人太多，请稍等片刻再试。"),
}
_PLACE = re.compile(r"─ main\.typ:(\d+):(\d+)")


class TemplateFault(Exception):
    """An edited template can't be used as it is. ``sentence`` tells a person; ``line`` is where, 0 for nowhere."""

    def __init__(self, code: str, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.line = line

    def __str__(self) -> str:
        return (
            _("第 %(line)d 行：%(words)s") % {"line": self.line, "words": self.sentence} if self.line else self.sentence
        )


def say_fault(verdict: Mapping[str, Any], source: str) -> TemplateFault | None:
    """Return what the sandbox's ``verdict`` on ``source`` says is wrong, None when nothing is."""
    if limit := verdict.get("limit"):
        return TemplateFault(limit, _(_LIMITS[limit]))
    if "fault" in verdict:
        found = _PLACE.search(verdict["diagnostic"])
        line = min(int(found[1]), source.count("\n") + 1) if found else 0
        return TemplateFault("compile", translate(verdict["fault"]), line)
    if missing := verdict["missing"]:
        words = "、".join(missing)
        return TemplateFault("missing", _("排出的文书上没有：%(missing)s。这些内容必须保留。") % {"missing": words})
    return None


def translate(message: str) -> str:
    """Return what the typesetter says as a Chinese sentence."""
    for pattern, sentence in _SENTENCES:
        if found := pattern.fullmatch(message.strip()):
            return _(sentence) % found.groupdict()
    return _("排版程序报告：%(message)s") % {"message": message.strip()[:300]}

"""Finds what identifies a person in a text that is to be published, by rules. A person looks at what was found.

What is certain (numbers that reach or identify somebody, the writer's own name and phone) is always taken out; what is
likely (a name after 我叫, an address with a house number) is taken out unless the person says that it may stay.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Characters that aren't seen, and so hide a number from the rules: zero width, soft hyphen, direction marks.
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
# What people write between the digits of a number.
_GAP: Final = r"[\s\-—–－_.·•、,，/\\|~*()（）:：]{0,3}"
_DIGIT: Final = "[0-9零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"
_HAN: Final = "[\u4e00-\u9fff]"
_SURNAMES: Final = (
    "欧阳|司马|上官|诸葛|皇甫|东方|尉迟|公孙|慕容|令狐|[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷"
    "罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫"
    "房裘缪干解应宗丁宣邓单杭洪包诸左石崔吉龚程嵇邢裴陆荣翁荀羊惠甄曲封芮储靳段富巫乌焦巴弓牧隗山谷车侯宓蓬全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠"
    "蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛"
    "阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖]"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of a text that identifies somebody. ``is_certain``: it goes, whatever the person says."""

    start: int
    end: int
    kind: str
    is_certain: bool


WORDS: Final[dict[str, Promise]] = {
    "number": _("证件或账号"),
    "phone": _("电话号码"),
    "mail": _("电子邮箱"),
    "account": _("网络账号"),
    "plate": _("车牌号"),
    "name": _("姓名"),
    "address": _("住址"),
    "other": _("其他"),
}
MARKS: Final = {
    "number": "【证号】",
    "phone": "【电话】",
    "mail": "【邮箱】",
    "account": "【账号】",
    "plate": "【车牌】",
    "name": "某某",
    "address": "【地址】",
    "other": "【略】",
}
_CERTAIN: Final = (
    ("mail", re.compile(r"[A-Za-z0-9._%+-]+\s{0,2}@\s{0,2}[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    # Eighteen characters of an identity number, bank cards, phones, fixed lines: any seven digits in a row, however
    # they are written or spaced. An X counts where it ends such a number.
    ("digits", re.compile(rf"(?<![0-9]){_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}(?:{_GAP}[xX](?![A-Za-z]))?")),
    (
        "plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][\s·•.-]?[A-Z0-9]{5,6}(?![A-Za-z0-9])"
        ),
    ),
    ("account", re.compile(r"(?:微信|[Qq]{2}|[Vv]信|抖音)(?:号码?)?\s?[:：为是]?\s?[A-Za-z0-9_-]{5,20}")),
)
_UNIT: Final = r"[0-9一二三四五六七八九十百]{1,5}(?:号楼|号院|号|幢|栋|座|单元|组|层|楼|室|户)[\s,，、-]?"
_ADDRESS: Final = re.compile(
    rf"(?:{_HAN}{{2,8}}(?:小区|花园|公寓|家园|新村|苑|里|村|社区|路|街|巷|道|弄|胡同|大厦)(?:{_UNIT}){{1,5}}|(?:{_UNIT}){{2,5}})"
    r"(?:[0-9]{2,4}(?![0-9年月日元件个人点时次天]))?"
)
_DAY: Final = re.compile(r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}")
# Offices have such numbers, and answers name them.
_FIXED_LINE: Final = re.compile(r"0[0-9]{2,3}[-—－ ]?[0-9]{7,8}")
_NAMES: Final = (
    re.compile(
        rf"(?:我叫|我是|本人|姓名|联系人|户主|业主|当事人|举报人|投诉人|申请人|名叫|叫做)\s?[:：为是]?\s?((?:{_SURNAMES}){_HAN}{{1,2}})"
    ),
    re.compile(
        rf"((?:{_SURNAMES}){_HAN}{{0,2}}?)(?=先生|女士|小姐|老师|医生|大夫|师傅|经理|主任|科长|局长|所长|书记|同志|阿姨|大爷|大妈|叔叔|某)"
    ),
)


def clean(text: str) -> str:
    """Return ``text`` in one form of writing (full width digits become plain ones), without what isn't seen."""
    kept = "".join(c for c in _UNSEEN.sub("", text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    # Only what has a plain form of its own: a Chinese comma stays one.
    return "".join(_plain(c) for c in kept)


def _plain(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and plain.isascii() and plain.isalnum():
        return plain
    try:
        return str(unicodedata.digit(char))
    except ValueError:
        return char


def find_personal(text: str, known: Collection[str] = ()) -> list[Finding]:
    """Return what was found in a cleaned ``text``, in order and without overlaps; ``known`` are the writer's own name
    and phone as they were given."""
    found = [*_find_known(text, known), *_find_certain(text), *_find_likely(text)]
    return _merge(found)


def _find_known(text: str, known: Collection[str]) -> Iterator[Finding]:
    for value in {clean(each).strip() for each in known}:
        if len(value) < 2:
            continue
        kind = "phone" if any(c.isdigit() for c in value) else "name"
        pattern = r"\s{0,2}".join(re.escape(c) for c in value if not c.isspace())
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield Finding(match.start(), match.end(), kind, True)


def _find_certain(text: str) -> Iterator[Finding]:
    for kind, pattern in _CERTAIN:
        for match in pattern.finditer(text):
            if not (kind == "digits" and _DAY.fullmatch(match[0])):
                is_certain = not _FIXED_LINE.fullmatch(match[0])
                yield Finding(match.start(), match.end(), _kind_of(kind, match[0]), is_certain)


def _kind_of(kind: str, said: str) -> str:
    if kind != "digits":
        return kind
    return "phone" if len(re.findall(rf"{_DIGIT}", said)) <= 12 else "number"


def _find_likely(text: str) -> Iterator[Finding]:
    for pattern in _NAMES:
        for match in pattern.finditer(text):
            yield Finding(match.start(1), match.end(1), "name", False)
    for match in _ADDRESS.finditer(text):
        yield Finding(match.start(), match.start() + len(match[0].rstrip(" ,，、-\n\t")), "address", False)


def _merge(found: Iterable[Finding]) -> list[Finding]:
    """Join what overlaps: the whole stretch goes when a part of it has to."""
    merged: list[Finding] = []
    for each in sorted(found, key=lambda f: (f.start, -f.end)):
        if merged and each.start < merged[-1].end:
            last = merged[-1]
            kind = last.kind if last.is_certain or not each.is_certain else each.kind
            merged[-1] = Finding(last.start, max(last.end, each.end), kind, last.is_certain or each.is_certain)
        else:
            merged.append(each)
    return merged


def redact(text: str, known: Collection[str] = (), *, keep: Collection[str] = (), also: Collection[str] = ()) -> str:
    """Return ``text`` as it may be published: everything certain is gone, of the likely what isn't in ``keep``, and
    every word of ``also``.

    Found again until nothing is left: taking one thing out may bring two halves of another together.
    """
    said = clean(text)
    for word in sorted({clean(each).strip() for each in also} - {""}, key=len, reverse=True):
        said = said.replace(word, MARKS["other"])
    for _round in range(10):
        found = [
            each for each in find_personal(said, known) if each.is_certain or said[each.start : each.end] not in keep
        ]
        if not found:
            return said
        said = _replace(said, found)
    raise ValueError("the text goes on showing personal data")


def _replace(text: str, found: Iterable[Finding]) -> str:
    parts, at = [], 0
    for each in found:
        parts += [text[at : each.start], MARKS[each.kind]]
        at = each.end
    return "".join([*parts, text[at:]])


def is_clean(text: str, known: Collection[str] = ()) -> bool:
    """Return whether nothing certain is left in a text."""
    return not any(each.is_certain for each in find_personal(clean(text), known))

"""Identifiers of people and organisations: reading them as people type them, making them, and masking them.

Sources: GB 11643 (公民身份号码), GB 32100 (统一社会信用代码), GB 11714 (组织机构代码). Nothing here imports Django;
messages are marked for translation and translated by whoever shows them (``error.template % error.params``).
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MAXIMUM_AGE = 130

_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {character: value for value, character in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Separators that people type, and the invisible marks that come along when a number is pasted.
_IGNORED = dict.fromkeys(
    map(ord, " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e")
)
_SCIENTIFIC = re.compile(r"\d\.?\d*E\+?\d{1,2}")
_LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


def _(text: str) -> str:
    """Mark ``text`` for translation without translating it here."""
    return text


class InvalidIdentifier(ValueError):
    """A number that can't be right. ``code`` is stable and for programs, ``message`` tells a person what to do."""

    def __init__(self, code: str, template: str, **params: object) -> None:
        self.code = code
        self.template = template
        self.params = params
        super().__init__(self.message)

    @property
    def message(self) -> str:
        return self.template % self.params


class Sex(StrEnum):
    """GB/T 2261.1, the two values that a citizen number can express."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A valid citizen number. ``value`` is the normalised 18 characters."""

    value: str
    birth_date: date

    @property
    def division(self) -> str:
        """The six-digit division in which the number was first registered."""
        return self.value[:6]

    @property
    def sex(self) -> Sex:
        return Sex.MALE if int(self.value[16]) % 2 else Sex.FEMALE

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A valid unified social credit code. ``value`` is the normalised 18 characters."""

    value: str

    @property
    def registrar(self) -> str:
        """Positions 1–2: registering department and kind (``91`` an enterprise, ``92`` a self-employed household)."""
        return self.value[:2]

    @property
    def division(self) -> str:
        """Positions 3–8: the division of the registering organ."""
        return self.value[2:8]

    @property
    def organisation_code(self) -> str:
        """Positions 9–17: the GB 11714 code."""
        return self.value[8:17]

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A mobile number of mainland China, eleven digits without the country code."""

    value: str

    @property
    def last_four(self) -> str:
        return self.value[-4:]

    def __str__(self) -> str:
        return self.value


def normalise(text: str) -> str:
    """Return ``text`` in half width and upper case, without spaces and invisible marks."""
    return text.translate(_FULL_WIDTH).translate(_IGNORED).upper()


def citizen_check(first17: str) -> str:
    """GB 11643 (ISO 7064 MOD 11-2): the check character over the first 17 digits."""
    return _CITIZEN_CHECKS[sum(w * int(d) for w, d in zip(_CITIZEN_WEIGHTS, first17, strict=True)) % 11]


def organisation_check(first8: str) -> str:
    """GB 11714: the check character over eight characters, letters counting 10 (A) to 35 (Z)."""
    remainder = 11 - sum(w * int(c, 36) for w, c in zip(_ORGANISATION_WEIGHTS, first8, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder % 11)


def credit_check(first17: str) -> str:
    """GB 32100: the check character over the first 17 characters, weights 3^(i-1) mod 31."""
    total = sum(w * _CREDIT_VALUES[c] for w, c in zip(_CREDIT_WEIGHTS, first17, strict=True))
    return _CREDIT_ALPHABET[-total % 31]


def _require_length(text: str, *, empty: str, scientific: str, length: str) -> None:
    if not text:
        raise InvalidIdentifier("empty", empty)
    if _SCIENTIFIC.fullmatch(text):
        raise InvalidIdentifier("scientific", scientific)
    if len(text) != 18:
        raise InvalidIdentifier("length", length, length=len(text))


def parse_citizen_number(
    text: str, *, today: date | None = None, divisions: Container[str] | None = None
) -> CitizenNumber:
    """Read a GB 11643 number as typed; ``divisions``, when given, are the six-digit codes that exist.

    The 15-digit form ended on 2013-01-01 (居民身份证法 2011 amendment) and is refused, never expanded: its
    century would be a guess. Raises InvalidIdentifier: empty, scientific, retired_length, length, character,
    birth_date, future_birth_date, age, check, division.
    """
    number = normalise(text)
    if re.fullmatch(r"[0-9]{15}", number):
        raise InvalidIdentifier("retired_length", _("15位的第一代身份证号码已停用，请填写二代身份证上的18位号码"))
    _require_length(
        number,
        empty=_("请填写身份证号码"),
        scientific=_("身份证号码被表格软件改成了科学计数法，后几位已经丢失，请把单元格设为文本格式后重新填写"),
        length=_("身份证号码长度应为18位，现在是%(length)d位，请对照证件补全或删去多余的字符"),
    )
    for position, character in enumerate(number, 1):
        if character not in ("0123456789X" if position == 18 else "0123456789"):
            template = _("身份证号码第%(position)d位“%(character)s”不对：前17位只能是数字")
            if position == 18:
                template = _("身份证号码末位“%(character)s”不对：末位只能是数字或X")
            raise InvalidIdentifier("character", template, position=position, character=_shown(character))
    birth = _birth_date(number, today or date.today())
    if citizen_check(number[:17]) != number[17]:
        raise InvalidIdentifier(
            "check",
            _(
                "身份证号码校验码不符，至少有一位填错，请对照证件核对第1至18位（其中第7至14位是出生日期，现为%(birth)s）"
            ),
            birth=f"{birth.year}年{birth.month}月{birth.day}日",
        )
    if divisions is not None and number[:6] not in divisions:
        raise InvalidIdentifier(
            "division", _("没有代码为%(division)s的行政区划，请核对身份证号码第1至6位"), division=number[:6]
        )
    return CitizenNumber(number, birth)


def _birth_date(number: str, today: date) -> date:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    written = f"{year}年{month}月{day}日"
    try:
        birth = date(year, month, day)
    except ValueError:
        raise InvalidIdentifier(
            "birth_date", _("出生日期 %(birth)s 不存在，请核对身份证号码第7至14位"), birth=written
        ) from None
    if birth > today:
        raise InvalidIdentifier(
            "future_birth_date", _("出生日期 %(birth)s 还没有到，请核对身份证号码第7至14位"), birth=written
        )
    if age_on(birth, today) > MAXIMUM_AGE:
        raise InvalidIdentifier(
            "age",
            _("出生日期 %(birth)s 距今超过%(years)d年，请核对身份证号码第7至10位"),
            birth=written,
            years=MAXIMUM_AGE,
        )
    return birth


def parse_credit_code(text: str, *, divisions: Container[str] | None = None) -> CreditCode:
    """Read a GB 32100 code as typed; a space, or a hyphen as printed in some certificates, is dropped.

    A code whose embedded GB 11714 code fails its own check is refused too.
    Raises InvalidIdentifier: empty, scientific, length, character, check, organisation_check, division.
    """
    code = normalise(text).replace("-", "")
    _require_length(
        code,
        empty=_("请填写统一社会信用代码"),
        scientific=_("统一社会信用代码被表格软件改成了科学计数法，后几位已经丢失，请把单元格设为文本格式后重新填写"),
        length=_("统一社会信用代码长度应为18位，现在是%(length)d位，请对照营业执照补全或删去多余的字符"),
    )
    for position, character in enumerate(code, 1):
        if character not in _CREDIT_VALUES:
            template = _("统一社会信用代码第%(position)d位“%(character)s”不对：只用数字和除 I O S V Z 以外的大写字母")
            if character in _LOOKALIKES:
                template = _(
                    "统一社会信用代码第%(position)d位“%(character)s”不对：代码里不用 I O S V Z，是不是“%(meant)s”"
                )
            raise InvalidIdentifier(
                "character",
                template,
                position=position,
                character=_shown(character),
                meant=_LOOKALIKES.get(character, ""),
            )
        if 3 <= position <= 8 and not character.isdigit():
            raise InvalidIdentifier(
                "character",
                _("统一社会信用代码第%(position)d位“%(character)s”不对：第3至8位是行政区划代码，只能是数字"),
                position=position,
                character=character,
            )
    if credit_check(code[:17]) != code[17]:
        raise InvalidIdentifier("check", _("统一社会信用代码校验码不符，至少有一位填错，请对照营业执照核对第1至18位"))
    if organisation_check(code[8:16]) != code[16]:
        raise InvalidIdentifier(
            "organisation_check",
            _("统一社会信用代码中的主体标识码校验不符，请对照营业执照核对第9至17位"),
        )
    if divisions is not None and code[2:8] not in divisions:
        raise InvalidIdentifier(
            "division", _("没有代码为%(division)s的行政区划，请核对统一社会信用代码第3至8位"), division=code[2:8]
        )
    return CreditCode(code)


def parse_phone(text: str) -> PhoneNumber:
    """Read a mainland mobile number as typed: with or without +86, spaces and hyphens.

    Raises InvalidIdentifier: empty, character, length, segment.
    """
    number = re.sub(r"[-()]", "", normalise(text))
    if not number:
        raise InvalidIdentifier("empty", _("请填写手机号码"))
    match = re.fullmatch(r"(?:\+86|0086|86(?=1[0-9]{10}$))([0-9]+)", number)
    number = match[1] if match else number
    if not re.fullmatch(r"[0-9]+", number):
        raise InvalidIdentifier("character", _("手机号码只能是数字，请填写大陆11位手机号码"))
    if len(number) != 11:
        raise InvalidIdentifier(
            "length", _("手机号码长度应为11位，现在是%(length)d位，请补全或删去多余的数字"), length=len(number)
        )
    if not re.match(r"1[3-9]", number):
        raise InvalidIdentifier("segment", _("手机号码应以13至19开头，请核对前两位"))
    return PhoneNumber(number)


def _shown(character: str) -> str:
    """A character as it may be shown in a message: control characters by their code point."""
    return character if character.isprintable() else f"U+{ord(character):04X}"


def age_on(birth_date: date, day: date) -> int:
    """Full years of age (周岁) on ``day``; the birthday itself counts as reached, 29 February on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def make_citizen_number(division: str, birth_date: date, sequence: int) -> str:
    """Return the GB 11643 number of these parts; ``sequence`` 0–999 is odd for men. For demo cities and tests."""
    first17 = f"{division}{birth_date:%Y%m%d}{sequence:03d}"
    return first17 + citizen_check(first17)


def make_organisation_code(body: str) -> str:
    """Return the GB 11714 code of eight characters and its check, without a hyphen."""
    return body + organisation_check(body)


def make_credit_code(registrar: str, division: str, body: str) -> str:
    """Return the GB 32100 code of ``registrar`` (2), ``division`` (6) and organisation ``body`` (8 characters)."""
    first17 = f"{registrar}{division}{make_organisation_code(body)}"
    return first17 + credit_check(first17)


def mask_name(name: str) -> str:
    """王小明 → 王**: the first character stays."""
    return name[:1] + "*" * (len(name) - 1)


def mask_id(number: str) -> str:
    """110***********001X: the first three and the last four of a citizen number or credit code stay."""
    if len(number) <= 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_phone(phone: str) -> str:
    """138****5678: the first three and the last four stay."""
    if len(phone) <= 7:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]

"""The number and the term of a food business licence. Pure rules.

Source: 食品经营许可和备案管理办法 (国家市场监督管理总局令第78号, in force since 2023-12-01), chapter 4: "JY", then 14
digits: form of business (1), province, city and county (2 each, GB/T 2260), sequence (6), check (1). The check
is GB/T 17710 (ISO/IEC 7064) MOD 11,10, as on licences in public use.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

SEQUENCE_MAX = 999_999
_SHAPE = re.compile(r"JY[123]\d{13}")
_IGNORED = re.compile(r"[\s\-\u200b-\u200f\u2060\ufeff]")


class InvalidLicenceNumber(ValueError):
    """``code`` is stable: ``shape`` or ``check``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BusinessForm(StrEnum):
    """主体业态: its digit in the number. One licence has one form, that of its main business."""

    SALES = "1"
    CATERING = "2"
    CANTEEN = "3"

    @property
    def label(self) -> str:
        return {"1": "食品销售经营者", "2": "餐饮服务经营者", "3": "集中用餐单位食堂"}[self.value]

    @classmethod
    def labelled(cls, label: str) -> "BusinessForm":
        """Return the form whose label is the answer in the application. Raises ValueError."""
        for form in cls:
            if form.label == label:
                return form
        raise ValueError(f"no form of food business {label!r}")


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """A number that passes its check."""

    form: BusinessForm
    division: str
    sequence: int

    def __str__(self) -> str:
        body = f"{self.form.value}{self.division}{self.sequence:06d}"
        return f"JY{body}{check_digit(body)}"


def check_digit(body: str) -> str:
    """Return the MOD 11,10 check digit of the decimal digits ``body`` (GB/T 17710, hybrid system)."""
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def make_licence_number(form: BusinessForm, division: str, sequence: int) -> str:
    """Return the number of the ``sequence``-th licence (1 to 999999) of a county. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{6}", division) or not 1 <= sequence <= SEQUENCE_MAX:
        raise ValueError(f"no licence number for division {division!r} and sequence {sequence}")
    return str(LicenceNumber(form, division, sequence))


def parse_licence_number(text: str) -> LicenceNumber:
    """Return the number in ``text`` as a person typed it (spaces, lower case, full width).

    Raises InvalidLicenceNumber.
    """
    number = _IGNORED.sub("", unicodedata.normalize("NFKC", text[:60])).upper()
    if not _SHAPE.fullmatch(number) or not number.isascii():
        raise InvalidLicenceNumber("shape")
    if check_digit(number[2:-1]) != number[-1]:
        raise InvalidLicenceNumber("check")
    return LicenceNumber(BusinessForm(number[2]), number[3:9], int(number[9:15]))

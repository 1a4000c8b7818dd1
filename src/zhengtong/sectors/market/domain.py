"""What is registered of a business, and the code that it gets. Pure rules.

Sources: 市场主体登记管理条例 (国务院令第746号) arts. 8, 21; GB 32100 (unified social credit code): registering
department and kind (2 characters: 91 an enterprise, 92 a self-employed household), division of the registering organ
(6), GB 11714 code (9, its last a check), check (1).
"""

import re
from enum import StrEnum

from zhengtong.core.identity.public import make_credit_code

# GB 32100: no I, O, S, V, Z.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BASE = len(_ALPHABET)
SEQUENCE_MAX = _BASE**4 - 1


class EntityKind(StrEnum):
    """主体类型 that can be registered here; the value begins the code."""

    SELF_EMPLOYED = "92"
    LIMITED = "91"

    @property
    def label(self) -> str:
        return {"92": "个体工商户", "91": "有限责任公司"}[self.value]

    @classmethod
    def labelled(cls, label: str) -> "EntityKind":
        """Return the kind whose label is the answer in the application. Raises ValueError."""
        for kind in cls:
            if kind.label == label:
                return kind
        raise ValueError(f"no kind of business {label!r}")


def _in_alphabet(number: int, places: int) -> str:
    text = ""
    for _place in range(places):
        number, digit = divmod(number, _BASE)
        text = _ALPHABET[digit] + text
    return text


def make_business_code(kind: EntityKind, division: str, sequence: int) -> str:
    """Return the code of the ``sequence``-th business (1 to 923520) of a county.

    Counties register side by side and the GB 11714 code alone must be unique too, so it says the county within the
    province (3 characters) before the sequence (4). Raises ValueError.
    """
    if not re.fullmatch(r"[0-9]{6}", division) or not 1 <= sequence <= SEQUENCE_MAX:
        raise ValueError(f"no credit code for division {division!r} and sequence {sequence}")
    body = f"M{_in_alphabet(int(division[2:]), 3)}{_in_alphabet(sequence, 4)}"
    return make_credit_code(kind.value, division, body)

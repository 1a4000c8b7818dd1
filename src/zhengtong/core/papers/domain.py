"""Verification codes and the standing of a paper. Pure rules.

A code has 15 random characters (74 bits: it can't be guessed) and a check character, over an alphabet in
which no two signs look alike. The alphabet has 31 signs, a prime, and the weights of the check are all
different and not zero modulo 31, so every single wrong character and every swap of two characters is
found: what fails the check was mistyped, what passes it and isn't known was never issued.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 16
_VALUES = {character: value for value, character in enumerate(CODE_ALPHABET)}
_DASHES = frozenset("-‐‑‒–—―−－_.·")


class MistypedCode(ValueError):
    """The text can't be a verification code: a sign too many or too few, a foreign sign, a wrong check."""


class Standing(StrEnum):
    """Whether a paper still has effect."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """The standing of a paper and the sentence that tells a stranger about it."""

    standing: Standing
    sentence: str

    @property
    def is_valid(self) -> bool:
        return self.standing == Standing.IN_FORCE


def check_character(body: str) -> str:
    """Return the check character of the first 15 characters of a code."""
    return CODE_ALPHABET[sum(weight * _VALUES[character] for weight, character in enumerate(body, start=2)) % 31]


def make_code() -> str:
    """Return a new code, 16 characters without separators."""
    body = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + check_character(body)


def read_code(text: str) -> str:
    """Return the code in ``text`` as a person typed it: spaces, dashes, lower case and full width are fine.

    Raises MistypedCode.
    """
    folded = unicodedata.normalize("NFKC", text[:200]).upper()
    code = "".join(
        c for c in folded if c not in _DASHES and not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"}
    )
    if len(code) != CODE_LENGTH or any(c not in _VALUES for c in code) or check_character(code[:-1]) != code[-1]:
        raise MistypedCode(text[:40])
    return code


def show_code(code: str) -> str:
    """Return ``code`` in groups of four, as it is printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))

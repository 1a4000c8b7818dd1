"""What a verification found, in words that anybody can read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _


class Outcome(StrEnum):
    """How a check ended. What can't be found out is no fault, and no proof."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What all checks come to."""

    GENUINE = "genuine"  # every seal is good and nothing was changed
    DOUBTFUL = "doubtful"  # nothing is wrong, but not all could be found out
    INVALID = "invalid"  # the content is as it was, but a seal doesn't count
    CHANGED = "changed"  # changed after sealing, or never sealed by whom it says
    UNSEALED = "unsealed"
    UNREADABLE = "unreadable"


# Where one of these fails, the document isn't what was sealed.
_OF_CONTENT = frozenset(("signature", "coverage", "references", "seal_binding"))


@dataclass(frozen=True, slots=True)
class Check:
    code: str
    name: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class SealReport:
    """One seal: what it says of itself, and what was found. ``sealed_at`` is believed only when ``is_time_proved``."""

    name: str
    holder: str
    checks: tuple[Check, ...]
    code: str = ""
    sealed_at: datetime | None = None
    is_time_proved: bool = False
    pages: tuple[int, ...] = ()
    certificate: str = ""
    issuer: str = ""
    picture: bytes = b""

    @property
    def outcome(self) -> Outcome:
        return _worst(check.outcome for check in self.checks)


@dataclass(frozen=True, slots=True)
class Report:
    """``form`` is "pdf", "ofd" or "" for neither; ``code`` names for programs why a file couldn't be read."""

    form: str
    sha256: str
    size: int
    checks: tuple[Check, ...] = ()
    seals: tuple[SealReport, ...] = field(default=())
    pages: int = 0
    code: str = ""

    @property
    def verdict(self) -> Verdict:
        if self.code:
            return Verdict.UNREADABLE
        if not self.seals:
            return Verdict.UNSEALED
        found = [*self.checks, *(check for seal in self.seals for check in seal.checks)]
        if any(check.outcome is Outcome.FAILED and check.code in _OF_CONTENT for check in found):
            return Verdict.CHANGED
        # Whether it is the platform's own document says nothing against a seal.
        worst = _worst(seal.outcome for seal in self.seals)
        return {Outcome.PASSED: Verdict.GENUINE, Outcome.UNKNOWN: Verdict.DOUBTFUL, Outcome.FAILED: Verdict.INVALID}[
            worst
        ]

    @property
    def title(self) -> str:
        return {
            Verdict.GENUINE: _("印章有效，文件没有被改动"),
            Verdict.DOUBTFUL: _("没有发现问题，但有的项目无法确认"),
            Verdict.INVALID: _("文件没有被改动，但印章不能认可"),
            Verdict.CHANGED: _("文件被改动过，或者印章是伪造的"),
            Verdict.UNSEALED: _("文件上没有电子印章"),
            Verdict.UNREADABLE: _("这份文件不能查验"),
        }[self.verdict]

    @property
    def sentence(self) -> str:
        """What follows from the verdict for whoever holds the file."""
        if self.verdict is Verdict.UNREADABLE:
            return self.checks[0].sentence
        return {
            Verdict.GENUINE: _("可以相信这份文件就是盖章时的样子。请再核对内容和用途。"),
            Verdict.DOUBTFUL: _("请看下面标着“无法确认”的项目，必要时向盖章单位核实。"),
            Verdict.INVALID: _("请看下面标着“不通过”的项目，并向盖章单位核实。"),
            Verdict.CHANGED: _("请不要采信这份文件，向盖章单位索取原件。"),
            Verdict.UNSEALED: _("页面上看着像印章的，也可能只是一张图片，证明不了什么。"),
        }[self.verdict]


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    return next((each for each in (Outcome.FAILED, Outcome.UNKNOWN) if each in found), Outcome.PASSED)


def passed(code: str, name: str, sentence: str) -> Check:
    return Check(code, name, Outcome.PASSED, sentence)


def failed(code: str, name: str, sentence: str) -> Check:
    return Check(code, name, Outcome.FAILED, sentence)


def unknown(code: str, name: str, sentence: str) -> Check:
    return Check(code, name, Outcome.UNKNOWN, sentence)

"""Limits as dated rows with their article: what a law allows, from when to when, and who may extend it.

The rows that come with the platform are in ``seed/limits.toml``; the database holds what is in force here.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final, TypeVar

from zhengtong.capabilities.cases.domain.rules import _


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class ApproverRole(StrEnum):
    """Who approves an extension; NOBODY where the law knows none."""

    NOBODY = ""
    ORGAN_HEAD = "organ_head"
    GOVERNMENT_HEAD = "government_head"

    @property
    def label(self) -> str:
        """The Chinese name, a key of the catalogue."""
        return _APPROVER_LABELS[self]


_APPROVER_LABELS: Final[Mapping[ApproverRole, str]] = {
    ApproverRole.NOBODY: _("不可延长"),
    ApproverRole.ORGAN_HEAD: _("本行政机关负责人"),
    ApproverRole.GOVERNMENT_HEAD: _("本级人民政府负责人"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """Where a row comes from. ``is_unverified``: the article or figure has still to be checked against the text."""

    code: str
    title: str
    law: str
    article: str
    effective_from: date
    effective_to: date | None = None
    note: str = ""
    is_unverified: bool = False

    def __post_init__(self) -> None:
        if self.effective_to and self.effective_to < self.effective_from:
            raise ValueError(f"{self.code}: effective_to is before effective_from")

    def is_effective(self, day: date) -> bool:
        """Return whether the row is in force on ``day``, both ends included."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Sourced):
    """A period of ``budget`` days of ``unit``, extendable once by up to ``extension``.

    ``is_before``: the days count backwards from an event (renewal before expiry, notice before a hearing).
    ``counts_from`` says in Chinese from what the days count.
    """

    unit: Unit
    budget: int
    counts_from: str = ""
    extension: int = 0
    extension_approver: ApproverRole = ApproverRole.NOBODY
    is_before: bool = False

    def __post_init__(self) -> None:
        # A slotted dataclass is a new class, which super() without arguments doesn't find.
        Sourced.__post_init__(self)
        if self.budget < 0 or self.extension < 0:
            raise ValueError(f"{self.code}: days can't be negative")
        if bool(self.extension) != (self.extension_approver is not ApproverRole.NOBODY):
            raise ValueError(f"{self.code}: an extension needs both days and an approver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Sourced):
    """A reason for which time isn't counted; the applicant is told in writing how long it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy(Sourced):
    """What a person may do against a decision: ``text`` is printed on refusals."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Sourced):
    """How long a licence is valid, in years."""

    years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Sourced):
    """From how much on something applies: ``amount`` of ``unit`` (平方米, 人, 座) and more."""

    amount: Decimal
    unit: str


S = TypeVar("S", bound=Sourced)


def in_force(rows: Iterable[S], code: str, day: date) -> S:
    """Return the row named ``code`` in force on ``day``. Raises LookupError when there is none."""
    for row in rows:
        if row.code == code and row.is_effective(day):
            return row
    raise LookupError(f"no row {code!r} is in force on {day}")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rows of one file. Raises ValueError when two rows of one code are in force on one day."""

    limits: tuple[Limit, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    terms: tuple[Term, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    warning_percent: int = 90

    def __post_init__(self) -> None:
        for rows in (self.limits, self.exclusions, self.remedies, self.terms, self.thresholds):
            _refuse_overlaps(rows)
        if not 0 < self.warning_percent < 100:
            raise ValueError("warning_percent must be between 1 and 99")

    def limit(self, code: str, day: date) -> Limit:
        """Return the limit in force on ``day``. Raises LookupError."""
        return in_force(self.limits, code, day)

    def term(self, code: str, day: date) -> Term:
        """Return the term in force on ``day``. Raises LookupError."""
        return in_force(self.terms, code, day)

    def threshold(self, code: str, day: date) -> Threshold:
        """Return the threshold in force on ``day``. Raises LookupError."""
        return in_force(self.thresholds, code, day)

    def exclusion(self, code: str, day: date) -> Exclusion:
        """Return the exclusion in force on ``day``. Raises LookupError."""
        return in_force(self.exclusions, code, day)

    def remedies_on(self, day: date) -> tuple[Remedy, ...]:
        """Return the remedies in force on ``day``."""
        return tuple(remedy for remedy in self.remedies if remedy.is_effective(day))


def _refuse_overlaps(rows: Iterable[Sourced]) -> None:
    last: dict[str, Sourced] = {}
    for row in sorted(rows, key=lambda row: (row.code, row.effective_from)):
        before = last.get(row.code)
        if before and (before.effective_to is None or before.effective_to >= row.effective_from):
            raise ValueError(f"{row.code}: two rows are in force on {row.effective_from}")
        last[row.code] = row


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": str(row["code"]),
        "title": str(row["title"]),
        "law": str(row["law"]),
        "article": str(row["article"]),
        "effective_from": row["effective_from"],
        "effective_to": row.get("effective_to"),
        "note": str(row.get("note", "")),
        "is_unverified": bool(row.get("verify", False)),
    }


def parse_rulebook(text: str) -> Rulebook:
    """Return the rows of a TOML file like ``seed/limits.toml``. Raises ValueError or KeyError."""
    book = tomllib.loads(text)
    return Rulebook(
        limits=tuple(
            Limit(
                **_source(row),
                unit=Unit(row["unit"]),
                budget=int(row["budget"]),
                counts_from=str(row.get("counts_from", "")),
                extension=int(row.get("extension", 0)),
                extension_approver=ApproverRole(row.get("extension_approver", "")),
                is_before=bool(row.get("is_before", False)),
            )
            for row in book.get("limit", ())
        ),
        exclusions=tuple(Exclusion(**_source(row)) for row in book.get("exclusion", ())),
        remedies=tuple(Remedy(**_source(row), text=str(row["text"])) for row in book.get("remedy", ())),
        terms=tuple(Term(**_source(row), years=int(row["years"])) for row in book.get("term", ())),
        thresholds=tuple(
            Threshold(**_source(row), amount=Decimal(str(row["amount"])), unit=str(row["unit"]))
            for row in book.get("threshold", ())
        ),
        warning_percent=int(book.get("warning", {}).get("percent", 90)),
    )


def read_seed() -> Rulebook:
    """Return the rows that come with the platform."""
    return parse_rulebook(files("zhengtong.capabilities.cases").joinpath("seed", "limits.toml").read_text("utf-8"))

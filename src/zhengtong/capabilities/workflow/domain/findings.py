"""What is wrong with a process or a decision table, in a sentence that names the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """``sentence`` names the element and says what to do; an error stops the publishing, a warning doesn't."""

    element_id: str
    element_name: str
    level: Level
    sentence: str


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in findings)

"""What cases tell the modules above them, in the transaction in which it happens."""

from dataclasses import dataclass
from typing import ClassVar

from zhengtong.capabilities.cases.models import Appraisal, Case, ServiceItem
from zhengtong.core.papers.public import Paper
from zhengtong.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CaseEventBase(Event):
    case: Case


@dataclass(frozen=True, slots=True)
class CaseSubmitted(CaseEventBase):
    code: ClassVar[str] = "case.submitted"


@dataclass(frozen=True, slots=True)
class CaseAccepted(CaseEventBase):
    code: ClassVar[str] = "case.accepted"


@dataclass(frozen=True, slots=True)
class CorrectionsRequested(CaseEventBase):
    code: ClassVar[str] = "case.corrections_requested"


@dataclass(frozen=True, slots=True)
class CaseTurnedAway(CaseEventBase):
    """Not required, or not competent: ended without acceptance."""

    code: ClassVar[str] = "case.turned_away"


@dataclass(frozen=True, slots=True)
class CaseGranted(CaseEventBase):
    code: ClassVar[str] = "case.granted"


@dataclass(frozen=True, slots=True)
class CaseRefused(CaseEventBase):
    code: ClassVar[str] = "case.refused"


@dataclass(frozen=True, slots=True)
class CaseDelivered(CaseEventBase):
    code: ClassVar[str] = "case.delivered"


@dataclass(frozen=True, slots=True)
class CaseAppraised(CaseEventBase):
    """Its applicant has rated how it was handled (好差评)."""

    code: ClassVar[str] = "case.appraised"
    appraisal: Appraisal


@dataclass(frozen=True, slots=True)
class CasePaused(CaseEventBase):
    """The decision clocks stand still for ``allowed_days``, as ``paper`` told the applicant."""

    code: ClassVar[str] = "case.paused"
    paper: Paper
    allowed_days: int
    reason: str
    article: str


@dataclass(frozen=True, slots=True)
class CaseResumed(CaseEventBase):
    code: ClassVar[str] = "case.resumed"


@dataclass(frozen=True, slots=True)
class ItemPublished(Event):
    """An item has a new text; drafts move to it, and what is compiled from it has to follow."""

    code: ClassVar[str] = "item.published"
    item: ServiceItem


@dataclass(frozen=True, slots=True)
class CaseWithdrawn(CaseEventBase):
    code: ClassVar[str] = "case.withdrawn"

"""The rows of a case: the item it is about, itself, its clocks, and the work on it."""

from zhengtong.capabilities.cases.models.case import (
    Appraisal,
    Case,
    CaseDocument,
    CaseEvent,
    CaseKind,
    CaseMaterial,
    Channel,
    CorrectionMark,
    CorrectionNotice,
    Decision,
    DeliveryWay,
    NumberSequence,
    Outcome,
)
from zhengtong.capabilities.cases.models.clock import COUNTED, PAUSABLE, Clock, ClockBasis, ClockInterval, ClockPurpose
from zhengtong.capabilities.cases.models.item import Audience, ItemOffice, ItemVersion, LegalRule, RuleKind, ServiceItem
from zhengtong.capabilities.cases.models.work import ExtensionRequest, SiteVisit, Task, TaskNode, TaskStatus

__all__ = [
    "COUNTED",
    "PAUSABLE",
    "Appraisal",
    "Audience",
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseKind",
    "CaseMaterial",
    "Channel",
    "Clock",
    "ClockBasis",
    "ClockInterval",
    "ClockPurpose",
    "CorrectionMark",
    "CorrectionNotice",
    "Decision",
    "DeliveryWay",
    "ExtensionRequest",
    "ItemOffice",
    "ItemVersion",
    "LegalRule",
    "NumberSequence",
    "Outcome",
    "RuleKind",
    "ServiceItem",
    "SiteVisit",
    "Task",
    "TaskNode",
    "TaskStatus",
]

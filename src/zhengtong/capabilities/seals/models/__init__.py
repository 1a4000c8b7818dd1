"""Seals, what happened to them, their use, and the ledger of what they stand on."""

from zhengtong.capabilities.seals.models.applications import ApplicationPaper, SealApplication, SealStep
from zhengtong.capabilities.seals.models.ledger import LedgerRow
from zhengtong.capabilities.seals.models.rules import RuleKey, SealRule
from zhengtong.capabilities.seals.models.seals import Making, Seal, SealKind, Shape, StateWords
from zhengtong.capabilities.seals.models.systems import OutsideSystem
from zhengtong.capabilities.seals.models.uses import (
    Batch,
    BatchState,
    CopyState,
    Render,
    SealedCopy,
    SealUse,
    StandingAuthorisation,
    UseState,
)

__all__ = [
    "ApplicationPaper",
    "Batch",
    "BatchState",
    "CopyState",
    "LedgerRow",
    "Making",
    "OutsideSystem",
    "Render",
    "RuleKey",
    "Seal",
    "SealApplication",
    "SealKind",
    "SealRule",
    "SealStep",
    "SealUse",
    "SealedCopy",
    "Shape",
    "StandingAuthorisation",
    "StateWords",
    "UseState",
]

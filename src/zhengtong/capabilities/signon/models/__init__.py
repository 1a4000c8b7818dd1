"""The tables of sign-on."""

from zhengtong.capabilities.signon.applications.models import (
    Application,
    ApplicationKind,
    ApplicationSecret,
    ApplicationState,
    Audience,
    Authorization,
    Consent,
    IdentityKey,
    LogoutNotice,
    SubjectKind,
)
from zhengtong.capabilities.signon.models.attempts import Attempt, Outcome
from zhengtong.capabilities.signon.models.factors import (
    BoundCertificate,
    Challenge,
    CodeGenerator,
    HeldForm,
    Passkey,
    RecoveryCode,
)
from zhengtong.capabilities.signon.models.policy import FactorRule, StepUpRule, WatchRule
from zhengtong.capabilities.signon.models.resets import FactorReset, ResetState
from zhengtong.capabilities.signon.staffing.models import Activation, DirectoryLink, RosterEntry

__all__ = [
    "Activation",
    "Application",
    "ApplicationKind",
    "ApplicationSecret",
    "ApplicationState",
    "Attempt",
    "Audience",
    "Authorization",
    "BoundCertificate",
    "Challenge",
    "CodeGenerator",
    "Consent",
    "DirectoryLink",
    "FactorReset",
    "FactorRule",
    "HeldForm",
    "IdentityKey",
    "LogoutNotice",
    "Outcome",
    "Passkey",
    "RecoveryCode",
    "ResetState",
    "RosterEntry",
    "StepUpRule",
    "SubjectKind",
    "WatchRule",
]

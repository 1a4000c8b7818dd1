"""The module's door."""

from zhengtong.capabilities.signon.applications.authorizations import resend_logout_notice
from zhengtong.capabilities.signon.applications.domain import SCOPES, SIGN_IN_SCOPES, Scope
from zhengtong.capabilities.signon.applications.keys import list_published_keys, rotate_identity_key, sign_token
from zhengtong.capabilities.signon.applications.permissions import (
    APPLY_APPLICATION,
    REVIEW_APPLICATION,
    VIEW_APPLICATIONS,
)
from zhengtong.capabilities.signon.applications.services import (
    OVERLAP,
    amend_application,
    apply_for_application,
    approve_application,
    change_addresses,
    issue_secret,
    resume_application,
    return_application,
    suspend_application,
    withdraw_old_secrets,
)
from zhengtong.capabilities.signon.directories import CertificateDirectory
from zhengtong.capabilities.signon.domain import Strength
from zhengtong.capabilities.signon.models import (
    Application,
    ApplicationKind,
    ApplicationSecret,
    ApplicationState,
    Attempt,
    Audience,
    Authorization,
    Consent,
    FactorReset,
    FactorRule,
    IdentityKey,
    LogoutNotice,
    Outcome,
    ResetState,
    StepUpRule,
    SubjectKind,
    WatchRule,
)
from zhengtong.capabilities.signon.models.policy import STRENGTHS
from zhengtong.capabilities.signon.permissions import EXAMINE, RESET, SET_POLICY, VIEW_RESETS, VOUCH
from zhengtong.capabilities.signon.selectors import Factors, annotate_factors, get_demand, get_factors
from zhengtong.capabilities.signon.services.attempts import examine_attempt
from zhengtong.capabilities.signon.services.certificates import CERTIFICATE as CERTIFICATE_HEADER
from zhengtong.capabilities.signon.services.certificates import came_through_the_proxy
from zhengtong.capabilities.signon.services.resets import confirm_reset, request_reset, stop_reset
from zhengtong.capabilities.signon.services.rules import set_factor_rule, set_step_up_rule, set_watch_rule
from zhengtong.capabilities.signon.services.sessions import end_all_sessions, unlock_person
from zhengtong.capabilities.signon.session import get_proved_at, get_strength, list_proofs
from zhengtong.capabilities.signon.words import ODDITIES, STRENGTH_WORDS, say_oddities, say_proofs

__all__ = [
    "APPLY_APPLICATION",
    "CERTIFICATE_HEADER",
    "EXAMINE",
    "ODDITIES",
    "OVERLAP",
    "RESET",
    "REVIEW_APPLICATION",
    "SCOPES",
    "SET_POLICY",
    "SIGN_IN_SCOPES",
    "STRENGTHS",
    "STRENGTH_WORDS",
    "VIEW_APPLICATIONS",
    "VIEW_RESETS",
    "VOUCH",
    "Application",
    "ApplicationKind",
    "ApplicationSecret",
    "ApplicationState",
    "Attempt",
    "Audience",
    "Authorization",
    "CertificateDirectory",
    "Consent",
    "FactorReset",
    "FactorRule",
    "Factors",
    "IdentityKey",
    "LogoutNotice",
    "Outcome",
    "ResetState",
    "Scope",
    "StepUpRule",
    "Strength",
    "SubjectKind",
    "WatchRule",
    "amend_application",
    "annotate_factors",
    "apply_for_application",
    "approve_application",
    "came_through_the_proxy",
    "change_addresses",
    "confirm_reset",
    "end_all_sessions",
    "examine_attempt",
    "get_demand",
    "get_factors",
    "get_proved_at",
    "get_strength",
    "issue_secret",
    "list_proofs",
    "list_published_keys",
    "request_reset",
    "resend_logout_notice",
    "resume_application",
    "return_application",
    "rotate_identity_key",
    "say_oddities",
    "say_proofs",
    "set_factor_rule",
    "set_step_up_rule",
    "set_watch_rule",
    "sign_token",
    "stop_reset",
    "suspend_application",
    "unlock_person",
    "withdraw_old_secrets",
]

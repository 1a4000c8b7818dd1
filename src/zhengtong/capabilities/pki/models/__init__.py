"""The authority's rows: who certifies, what was asked for, what was issued, what was revoked, whom else we trust."""

from zhengtong.capabilities.pki.models.applications import ApplicationState, CertificateApplication, KeySource
from zhengtong.capabilities.pki.models.certificates import (
    REASONS,
    Authority,
    Certificate,
    CertificateState,
    HolderKind,
    KeyKind,
    RevocationList,
    RevocationReason,
)
from zhengtong.capabilities.pki.models.outside import OutsideAuthority, OutsideKind, TrustState

__all__ = [
    "REASONS",
    "ApplicationState",
    "Authority",
    "Certificate",
    "CertificateApplication",
    "CertificateState",
    "HolderKind",
    "KeyKind",
    "KeySource",
    "OutsideAuthority",
    "OutsideKind",
    "RevocationList",
    "RevocationReason",
    "TrustState",
]

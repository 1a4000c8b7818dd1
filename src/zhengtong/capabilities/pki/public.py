"""The door of certificates: what other modules have issued, find, take back and trust."""

from zhengtong.capabilities.pki.domain.containers import list_to_pem, to_pem, to_pkcs7
from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.domain.profiles import Profile, get_profile, list_profiles
from zhengtong.capabilities.pki.domain.requests import LONGEST_REQUEST
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.issuers import Issued, Issuer, OwnIssuer
from zhengtong.capabilities.pki.models import (
    REASONS,
    ApplicationState,
    Authority,
    Certificate,
    CertificateApplication,
    CertificateState,
    HolderKind,
    KeyKind,
    KeySource,
    OutsideAuthority,
    OutsideKind,
    RevocationList,
    RevocationReason,
    TrustState,
)
from zhengtong.capabilities.pki.permissions import APPLY, APPROVE, ENTER, PROPOSE, REVOKE, TRUST, VIEW
from zhengtong.capabilities.pki.presentation import (
    DescribedProfile,
    describe_application,
    describe_profiles,
    list_hosts,
)
from zhengtong.capabilities.pki.selectors import (
    find_account_by_certificate,
    find_by_fingerprint,
    get_trust_anchors,
    list_intermediates,
    list_own,
    list_own_applications,
)
from zhengtong.capabilities.pki.services.applying import apply_for_certificate, list_for, withdraw_application
from zhengtong.capabilities.pki.services.collecting import Collected, collect_certificate
from zhengtong.capabilities.pki.services.deciding import approve_application, refuse_application
from zhengtong.capabilities.pki.services.founding import ensure_service_certificate, prepare_trust
from zhengtong.capabilities.pki.services.issuing import issue_for_key
from zhengtong.capabilities.pki.services.lists import get_list, publish_list
from zhengtong.capabilities.pki.services.revoking import (
    hold_certificate,
    release_certificate,
    revoke_certificate,
)
from zhengtong.capabilities.pki.services.trusting import (
    end_trust,
    propose_authority,
    refuse_authority,
    trust_authority,
)

__all__ = [
    "APPLY",
    "APPROVE",
    "ENTER",
    "LONGEST_REQUEST",
    "PROPOSE",
    "REASONS",
    "REVOKE",
    "TRUST",
    "VIEW",
    "ApplicationState",
    "Authority",
    "Certificate",
    "CertificateApplication",
    "CertificateRefused",
    "CertificateState",
    "Collected",
    "DescribedProfile",
    "HolderKind",
    "Issued",
    "Issuer",
    "KeyKind",
    "KeySource",
    "OutsideAuthority",
    "OutsideKind",
    "OwnIssuer",
    "Profile",
    "RevocationList",
    "RevocationReason",
    "Subject",
    "TrustState",
    "apply_for_certificate",
    "approve_application",
    "collect_certificate",
    "describe_application",
    "describe_profiles",
    "end_trust",
    "ensure_service_certificate",
    "find_account_by_certificate",
    "find_by_fingerprint",
    "get_list",
    "get_profile",
    "get_trust_anchors",
    "hold_certificate",
    "issue_for_key",
    "list_for",
    "list_hosts",
    "list_intermediates",
    "list_own",
    "list_own_applications",
    "list_profiles",
    "list_to_pem",
    "prepare_trust",
    "propose_authority",
    "publish_list",
    "refuse_application",
    "refuse_authority",
    "release_certificate",
    "revoke_certificate",
    "to_pem",
    "to_pkcs7",
    "trust_authority",
    "withdraw_application",
]

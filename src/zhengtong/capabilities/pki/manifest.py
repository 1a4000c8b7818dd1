"""What the module brings: who may do what, how certificates are protected, the journal's words, notices."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.keys.public import KeyRotation
from zhengtong.capabilities.pki.content import CONTENT_SIGNER
from zhengtong.capabilities.pki.directory import DIRECTORY
from zhengtong.capabilities.pki.journal import ACTION_WORDS
from zhengtong.capabilities.pki.messages import MESSAGE_TEMPLATES, NOTICE_TOPIC
from zhengtong.capabilities.pki.models import (
    Authority,
    Certificate,
    CertificateApplication,
    OutsideAuthority,
    RevocationList,
)
from zhengtong.capabilities.pki.permissions import OWN, PERMISSIONS, ROLES
from zhengtong.capabilities.pki.services.rotating import rotate_service_key
from zhengtong.core.crypto.public import Purpose
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="pki",
    title=_("数字证书"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        CONTENT_SIGNER,
        *(
            KeyRotation(purpose, rotate_service_key)
            for purpose in (Purpose.TIMESTAMP, Purpose.JOURNAL, Purpose.CONTENT)
        ),
        NOTICE_TOPIC,
        *MESSAGE_TEMPLATES,
        DIRECTORY,
        Protected(Authority, is_unscoped=True),
        Protected(Certificate, is_unscoped=True, owner="account_id", entity="legal_entity_id", owner_actions=OWN),
        Protected(
            CertificateApplication, is_unscoped=True, owner="account_id", entity="legal_entity_id", owner_actions=OWN
        ),
        Protected(RevocationList, is_unscoped=True),
        Protected(OutsideAuthority, is_unscoped=True),
    ),
)

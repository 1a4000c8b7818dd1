"""What the module brings: who may do what with keys, and the journal's words."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.keys.journal import ACTION_WORDS
from zhengtong.capabilities.keys.models import LedgerRow
from zhengtong.capabilities.keys.permissions import PERMISSIONS, ROLES
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="keys",
    title=_("密钥"),
    declares=(*PERMISSIONS, *ROLES, ACTION_WORDS, Protected(LedgerRow, is_unscoped=True)),
)

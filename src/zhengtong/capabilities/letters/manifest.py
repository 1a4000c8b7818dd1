"""What letters bring: who may do what, how letters are protected, the work, the registers, the messages."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.datasets import DATASETS
from zhengtong.capabilities.letters.journal import ACTION_WORDS
from zhengtong.capabilities.letters.marking import FILE_HOLDER, MARKABLE_LETTER
from zhengtong.capabilities.letters.messages import MESSAGE_TEMPLATES, NOTICE_TOPIC
from zhengtong.capabilities.letters.models import DispatchRule, Letter, LetterCategory, LetterLimit, Reception, Survey
from zhengtong.capabilities.letters.permissions import HANDLE, PERMISSIONS, RATE, ROLES, URGE, VIEW
from zhengtong.capabilities.letters.screens import SCREENS
from zhengtong.capabilities.letters.search import SEARCHABLES
from zhengtong.capabilities.letters.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.core.marks.public import MARK_RULE
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="letters",
    title=_("公众互动"),
    declares=(
        *DATASETS,
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        # Whoever receives letters for a city reaches its whole region, and so goes on seeing what was dispatched.
        Protected(
            Letter,
            **MARK_RULE,
            owner_is_cleared=True,
            organisation="organisation_id",
            owner="account_id",
            owner_actions=frozenset({VIEW, RATE, URGE}),
        ),
        MARKABLE_LETTER,
        FILE_HOLDER,
        Protected(Survey, organisation="organisation_id"),
        Protected(LetterCategory, is_unscoped=True),
        Protected(LetterLimit, is_unscoped=True),
        Protected(DispatchRule, is_unscoped=True),
        Protected(Reception, is_unscoped=True),
        MatterKind("letters.handling", _("来信办理"), (VIEW, HANDLE)),
        *WORK_KINDS,
        *MESSAGE_TEMPLATES,
        NOTICE_TOPIC,
        *SEARCHABLES,
        *SCREENS,
    ),
)

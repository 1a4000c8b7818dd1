"""The marks module's door."""

from zhengtong.core.marks.declarations import ContentSigner, Markable
from zhengtong.core.marks.domain import cover, write_mark
from zhengtong.core.marks.models import MarkAct, Marking, SecretRegistration
from zhengtong.core.marks.rows import HANDLED, MARK_RULE, MarkedRow
from zhengtong.core.marks.selectors import (
    REGISTER_SECRET,
    VIEW_MARKS,
    describe_mark,
    find_row,
    get_markable,
    get_marking,
    least_mark,
    list_in_force,
    list_markings,
    list_secrets,
    may_leave,
    may_mark,
    may_see_marks,
    name_circle,
    verify_marking,
)
from zhengtong.core.marks.services import (
    Terms,
    derive_mark,
    expire_marks,
    mark_row,
    refuse_state_secret,
    register_secret,
    release_mark,
    return_secret,
)

__all__ = [
    "HANDLED",
    "MARK_RULE",
    "REGISTER_SECRET",
    "VIEW_MARKS",
    "ContentSigner",
    "MarkAct",
    "Markable",
    "MarkedRow",
    "Marking",
    "SecretRegistration",
    "Terms",
    "cover",
    "derive_mark",
    "describe_mark",
    "expire_marks",
    "find_row",
    "get_markable",
    "get_marking",
    "least_mark",
    "list_in_force",
    "list_markings",
    "list_secrets",
    "mark_row",
    "may_leave",
    "may_mark",
    "may_see_marks",
    "name_circle",
    "refuse_state_secret",
    "register_secret",
    "release_mark",
    "return_secret",
    "verify_marking",
    "write_mark",
]

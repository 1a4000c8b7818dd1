"""The journal's door."""

from zhengtong.core.audit.domain import canonical, read_place, sm3, write_place
from zhengtong.core.audit.models import AuditRecord
from zhengtong.core.audit.selectors import (
    RecordPage,
    is_unaltered,
    list_by_account,
    list_by_subject,
    list_for_object,
    list_for_principal,
    list_looks_at,
    read_page,
)
from zhengtong.core.audit.services import build, record, record_all
from zhengtong.core.audit.words import (
    EVERY_MODULE,
    ActionWords,
    NamesActs,
    is_look,
    list_looks,
    list_names,
    say_action,
    say_key,
    say_kind,
)

__all__ = [
    "EVERY_MODULE",
    "ActionWords",
    "AuditRecord",
    "NamesActs",
    "RecordPage",
    "build",
    "canonical",
    "is_look",
    "is_unaltered",
    "list_by_account",
    "list_by_subject",
    "list_for_object",
    "list_for_principal",
    "list_looks",
    "list_looks_at",
    "list_names",
    "read_page",
    "read_place",
    "record",
    "record_all",
    "say_action",
    "say_key",
    "say_kind",
    "sm3",
    "write_place",
]

"""The journal's door."""

from zhengtong.core.audit.domain import canonical, sm3
from zhengtong.core.audit.models import AuditRecord
from zhengtong.core.audit.services import build, record, record_all

__all__ = ["AuditRecord", "build", "canonical", "record", "record_all", "sm3"]

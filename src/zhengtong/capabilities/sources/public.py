"""The sources' door."""

from zhengtong.capabilities.sources.arrow import compute
from zhengtong.capabilities.sources.bandwidth import limit_batches
from zhengtong.capabilities.sources.domain import (
    CHUNK_ROWS,
    Column,
    ColumnKind,
    Condition,
    Landing,
    Merged,
    Operator,
    Reading,
    SourceError,
    Table,
    TooManyDeleted,
    arrow_type,
)
from zhengtong.capabilities.sources.drivers.base import (
    ConfirmingTarget,
    Connection,
    Target,
)
from zhengtong.capabilities.sources.drivers.postgresql_words import (
    explain as explain_postgresql,
)
from zhengtong.capabilities.sources.drivers.postgresql_words import (
    read_settings as read_postgresql_settings,
)
from zhengtong.capabilities.sources.drivers.postgresql_words import (
    table_name as split_postgresql_table,
)
from zhengtong.capabilities.sources.kinds import (
    SHAPES,
    SettingField,
    Shape,
)
from zhengtong.capabilities.sources.models import (
    Source,
    SourceKind,
    SourceState,
)
from zhengtong.capabilities.sources.opening import open_source, open_target, register_target
from zhengtong.capabilities.sources.permissions import MANAGE, VIEW
from zhengtong.capabilities.sources.selectors import list_own_organisations, list_sources
from zhengtong.capabilities.sources.services.managing import (
    amend_source,
    change_secrets,
    register_source,
    resume_source,
    suspend_source,
)
from zhengtong.capabilities.sources.services.watching import Answer, check_source

__all__ = [
    "CHUNK_ROWS",
    "MANAGE",
    "SHAPES",
    "VIEW",
    "Answer",
    "Column",
    "ColumnKind",
    "Condition",
    "ConfirmingTarget",
    "Connection",
    "Landing",
    "Merged",
    "Operator",
    "Reading",
    "SettingField",
    "Shape",
    "Source",
    "SourceError",
    "SourceKind",
    "SourceState",
    "Table",
    "Target",
    "TooManyDeleted",
    "amend_source",
    "arrow_type",
    "change_secrets",
    "check_source",
    "compute",
    "explain_postgresql",
    "limit_batches",
    "list_own_organisations",
    "list_sources",
    "open_source",
    "open_target",
    "read_postgresql_settings",
    "register_source",
    "register_target",
    "resume_source",
    "split_postgresql_table",
    "suspend_source",
]

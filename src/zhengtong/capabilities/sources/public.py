"""The sources' door."""

from zhengtong.capabilities.sources.arrow import compute
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
from zhengtong.capabilities.sources.drivers.base import ConfirmingTarget, Connection, Target
from zhengtong.capabilities.sources.drivers.postgresql_words import explain as explain_postgresql
from zhengtong.capabilities.sources.drivers.postgresql_words import read_settings as read_postgresql_settings
from zhengtong.capabilities.sources.drivers.postgresql_words import table_name as split_postgresql_table
from zhengtong.capabilities.sources.models import Source, SourceKind, SourceState
from zhengtong.capabilities.sources.opening import open_source, open_target

__all__ = [
    "CHUNK_ROWS",
    "Column",
    "ColumnKind",
    "Condition",
    "ConfirmingTarget",
    "Connection",
    "Landing",
    "Merged",
    "Operator",
    "Reading",
    "Source",
    "SourceError",
    "SourceKind",
    "SourceState",
    "Table",
    "Target",
    "TooManyDeleted",
    "arrow_type",
    "compute",
    "explain_postgresql",
    "open_source",
    "open_target",
    "read_postgresql_settings",
    "split_postgresql_table",
]

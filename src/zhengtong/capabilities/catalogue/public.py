"""The catalogue's door."""

from zhengtong.capabilities.catalogue.indexing import catch_up, write_documents
from zhengtong.capabilities.catalogue.models import (
    Classification,
    Field,
    FieldGrade,
    MaskKind,
    Mount,
    MountKind,
    OpenType,
    PersonalClass,
    Resource,
    ResourceState,
    ResourceVersion,
    ShareType,
    UpdateCycle,
    VersionStatus,
)
from zhengtong.capabilities.catalogue.searching import Found, Results, Value, Wanted, search_resources

__all__ = [
    "Found",
    "Results",
    "Value",
    "Wanted",
    "catch_up",
    "search_resources",
    "write_documents",
    "Classification",
    "Field",
    "FieldGrade",
    "MaskKind",
    "Mount",
    "MountKind",
    "OpenType",
    "PersonalClass",
    "Resource",
    "ResourceState",
    "ResourceVersion",
    "ShareType",
    "UpdateCycle",
    "VersionStatus",
]

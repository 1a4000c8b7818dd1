"""The catalogue's door."""

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

__all__ = [
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

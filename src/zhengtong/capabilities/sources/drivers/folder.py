"""A watched folder of this machine, below the one that the operator has set apart for such folders."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings as platform

from zhengtong.capabilities.sources.drivers.files.reading import FileConnection
from zhengtong.capabilities.sources.drivers.files.stores import LocalStore
from zhengtong.capabilities.sources.drivers.files.writing import FileTarget
from zhengtong.capabilities.sources.failures import failure


def root() -> Path:
    """Return the folder below which watched folders lie."""
    return Path(platform.SOURCE_FOLDERS)


def connect(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> FileConnection:
    return FileConnection(_store(settings), settings)


def aim(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> FileTarget:
    return FileTarget(_store(settings), settings)


def _store(settings: Mapping[str, Any]) -> LocalStore:
    folder = settings.get("folder")
    if not isinstance(folder, str) or not folder:
        raise failure("settings", name="folder", said="—")
    return LocalStore(folder, root())

"""Opening a source by its row: the driver of its kind, with its settings and secrets."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.sources.domain import SourceError
from zhengtong.capabilities.sources.drivers.base import Connection, Target
from zhengtong.capabilities.sources.models import Source, SourceState

_HERE = "zhengtong.capabilities.sources.drivers"
# The file of each kind; it has ``connect(settings, secrets)`` and, if it can be written to, ``aim(settings, secrets)``.
_DRIVERS: Mapping[str, str] = {
    "postgresql": f"{_HERE}.postgresql",
    "mariadb": f"{_HERE}.mariadb",
    "folder": f"{_HERE}.folder",
    "sftp": f"{_HERE}.sftp",
    "http": f"{_HERE}.http",
}
# Kinds whose targets a module above this one opens.
_AIMS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Target]] = {}


def register_target(kind: str, aim: Callable[[Mapping[str, Any], Mapping[str, Any]], Target]) -> None:
    """Let ``aim`` open the targets of a kind, by their settings and secrets."""
    _AIMS[kind] = aim


def _find(source: Source, verb: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Any]:
    if source.state != SourceState.ACTIVE:
        raise SourceError("source-suspended", _("数据源“%(name)s”已经停用。") % {"name": source.name})
    name = _DRIVERS.get(source.kind)
    found: Callable[..., Any] | None = getattr(import_module(name), verb, None) if name else None
    if found is None and verb == "aim":
        found = _AIMS.get(source.kind)
    if found is None:
        raise SourceError("cannot", _("数据源“%(name)s”不支持这种操作。") % {"name": source.name})
    return found


@contextmanager
def open_source(source: Source) -> Iterator[Connection]:
    """Connect to read. Raises SourceError, with ``is_passing`` when another try may help."""
    connection: Connection = _find(source, "connect")(source.settings, source.secrets)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def open_target(source: Source) -> Iterator[Target]:
    """Connect to write. Raises SourceError."""
    if not source.is_writable:
        raise SourceError("not-writable", _("“%(name)s”没有登记为可以写入。") % {"name": source.name})
    target: Target = _find(source, "aim")(source.settings, source.secrets)
    try:
        yield target
    finally:
        target.close()

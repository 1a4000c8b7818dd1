"""The registry: each module says what it brings, and whoever can use a kind of declaration asks for it.

A module is one folder with ``apps.py`` (three lines) and ``manifest.py`` holding ``MODULE``. A kind of
declaration is a frozen dataclass derived from :class:`Declaration`, defined by the module that reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

Text = str | Promise
D = TypeVar("D", bound="Declaration")


@dataclass(frozen=True)
class Declaration:
    """Something a module brings. ``key`` is unique within its kind over all modules."""

    @property
    def key(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Permission(Declaration):
    """A permission ``code`` that :func:`zhengtong.kernel.policy.can` answers for.

    ``code`` is ``<module>.<verb>_<noun>``, for example ``cases.accept_case``.
    """

    code: str
    title: Text

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class Role(Declaration):
    """A role that a post can hold: a named set of permissions. Never given to a person directly.

    ``is_delegable``: whoever holds it may let a colleague act in it for a time.
    """

    code: str
    title: Text
    permissions: tuple[str, ...]
    is_delegable: bool = True

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class Module:
    """What one folder brings to the platform."""

    code: str
    title: Text
    declares: tuple[Declaration, ...] = ()

    @cached_property
    def by_key(self) -> dict[tuple[type, str], Declaration]:
        """The declarations by kind, the kinds that it derives from included, and key."""
        return {(kind, each.key): each for each in self.declares for kind in type(each).__mro__}

    @cached_property
    def by_kind(self) -> dict[type, tuple[Declaration, ...]]:
        """The declarations of each kind, those of derived kinds included, in their order."""
        kinds = {kind for each in self.declares for kind in type(each).__mro__}
        return {kind: tuple(each for each in self.declares if isinstance(each, kind)) for kind in kinds}


@dataclass
class Registry:
    """All modules, in the order of the settings."""

    modules: dict[str, Module] = field(default_factory=dict)

    def register(self, module: Module) -> None:
        """Add ``module``; raise ImproperlyConfigured when its code or one of its declarations is taken."""
        if module.code in self.modules:
            raise ImproperlyConfigured(f"module {module.code!r} is registered twice")
        for declaration in module.declares:
            if any(d.key == declaration.key for d in self.of(type(declaration))):
                kind = type(declaration).__name__
                raise ImproperlyConfigured(f"{kind} {declaration.key!r} is declared twice")
        self.modules[module.code] = module

    def of(self, kind: type[D]) -> Iterator[D]:
        """Yield every declaration of ``kind`` (exactly or derived), in the order of registration."""
        for module in self.modules.values():
            for declaration in module.by_kind.get(kind, ()):
                if isinstance(declaration, kind):
                    yield declaration

    def get(self, kind: type[D], key: str) -> D:
        """Return the declaration of ``kind`` named ``key``; raise LookupError when there is none."""
        for module in self.modules.values():
            declaration = module.by_key.get((kind, key))
            if isinstance(declaration, kind):
                return declaration
        raise LookupError(f"no {kind.__name__} {key!r}")


registry = Registry()


class ModuleConfig(AppConfig):
    """The base of every module's ``apps.py``: registers its manifest and connects its receivers."""

    def ready(self) -> None:
        registry.register(import_module(f"{self.name}.manifest").MODULE)
        for optional in ("receivers", "tasks"):
            if find_spec(f"{self.name}.{optional}"):
                import_module(f"{self.name}.{optional}")

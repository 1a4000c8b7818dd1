"""What modules above say to the catalogue: who uses an entry, so that it isn't changed or ended unseen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhengtong.capabilities.catalogue.models import Resource
from zhengtong.kernel.modules import Declaration, registry


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """Somebody who relies on an entry: ``who`` by name, under ``number``, the account to be told of changes."""

    who: str
    number: str
    url: str = ""


@dataclass(frozen=True)
class UsesOfResource(Declaration):
    """``find`` returns the uses that are in force now."""

    code: str
    find: Callable[[Resource], Sequence[ResourceUse]]

    @property
    def key(self) -> str:
        return self.code


def list_uses(resource: Resource) -> list[ResourceUse]:
    return [use for declared in registry.of(UsesOfResource) for use in declared.find(resource)]

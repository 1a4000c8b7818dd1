"""Kinds of matter (事项类别): what may be delegated is named by these, never permission by permission."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from zhengtong.kernel.modules import Declaration, Role, Text, registry
from zhengtong.kernel.policy import Grant


@dataclass(frozen=True)
class MatterKind(Declaration):
    """Work that one member of staff may let another do for her, and the permissions that it takes."""

    code: str
    title: Text
    permissions: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class AgentMatters(Declaration):
    """What a citizen may ask another to do for her (委托事项): who knows the items says which there are.

    ``list_all`` returns codes with their names, in the order in which they are shown.
    """

    list_all: Callable[[], list[tuple[str, str]]]

    @property
    def key(self) -> str:
        return "agent_matters"


def list_agent_matters() -> list[tuple[str, str]]:
    """Return what can be asked of an agent; nothing where no module knows items."""
    return [each for declared in registry.of(AgentMatters) for each in declared.list_all()]


def say_agent_matters(codes: Iterable[str]) -> list[str]:
    """Return the names of ``codes``; of an item that there is no more its code."""
    wanted = list(codes)
    names = dict(list_agent_matters()) if wanted else {}
    return [names.get(code, code) for code in wanted]


def cut_to_delegable(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return those of ``grants`` whose role may be delegated."""
    delegable = {role.code for role in registry.of(Role) if role.is_delegable}
    return tuple(grant for grant in grants if grant.role in delegable)


def cut_to_matters(grants: Iterable[Grant], matters: Iterable[str]) -> tuple[Grant, ...]:
    """Return what is left of ``grants`` for an agent: delegable roles, and of these what ``matters`` need.

    Without any matter it is all that some kind of matter needs: what no kind names can't be delegated.
    """
    chosen = frozenset(matters)
    allowed = frozenset(
        permission
        for kind in registry.of(MatterKind)
        if not chosen or kind.code in chosen
        for permission in kind.permissions
    )
    cut = (replace(grant, permissions=grant.permissions & allowed) for grant in cut_to_delegable(grants))
    return tuple(grant for grant in cut if grant.permissions)


def list_delegable_matters(grants: Iterable[Grant]) -> list[MatterKind]:
    """Return the kinds of matter of which ``grants`` hold what sets them apart from every other kind."""
    held = frozenset[str]().union(*(grant.permissions for grant in cut_to_delegable(grants)))
    kinds = list(registry.of(MatterKind))
    return [kind for kind in kinds if held & _distinct(kind, kinds)]


def _distinct(kind: MatterKind, kinds: Iterable[MatterKind]) -> frozenset[str]:
    """The permissions of ``kind`` that no other kind has: looking at a case is part of every one of them."""
    others = frozenset(p for other in kinds if other is not kind for p in other.permissions)
    return frozenset(kind.permissions) - others


def say_matters(codes: Iterable[str]) -> list[Text]:
    """Return the titles of ``codes``; a kind that is no longer declared is said by its code."""
    titles: dict[str, Text] = {kind.code: kind.title for kind in registry.of(MatterKind)}
    return [titles.get(code, code) for code in codes]

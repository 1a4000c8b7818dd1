"""Who finds what: the actor's permissions as a condition on the index, the same as her lists are under."""

from collections.abc import Iterable

from zhengtong.core.identity.public import Protected, knower
from zhengtong.core.search.declarations import Searchable, SearchAudience
from zhengtong.core.search.matching import Condition, either, every
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.kernel.reach import IdSet

_ALL = Condition("TRUE")


def list_visible(
    actor: Actor, audience: SearchAudience, kinds: Iterable[str] | None = None
) -> list[tuple[Searchable, Condition]]:
    """Return the kinds of which ``actor`` may find anything here, each with the condition on its entries, in order."""
    chosen = None if kinds is None else frozenset(kinds)
    found = []
    for declared in sorted(registry.of(Searchable), key=lambda each: (each.order, each.kind)):
        if chosen is not None and declared.kind not in chosen:
            continue
        if condition := _condition(actor, audience, declared):
            found.append((declared, condition))
    return found


def _condition(actor: Actor, audience: SearchAudience, declared: Searchable) -> Condition | None:
    """Return what an entry has to be for ``actor`` to find it, None when she finds none of the kind."""
    if actor.kind is ActorKind.SYSTEM:
        return _ALL
    rule = declared.protection
    cleared = _cleared(actor, rule) if rule and rule.mark else _ALL
    if declared.is_public:
        return cleared
    if rule is None or audience not in declared.audiences:
        return None
    if audience is SearchAudience.STAFF and actor.kind is ActorKind.STAFF:
        scope = _of_staff(actor, declared.permission, rule)
    elif audience is SearchAudience.CITIZEN and actor.kind is ActorKind.CITIZEN:
        scope = _of_citizen(actor, declared.permission, rule)
        cleared = _ALL if rule.owner_is_cleared else cleared
    else:
        scope = None
    return scope if scope is None or cleared is _ALL else every([cleared, scope])


def _cleared(actor: Actor, rule: Protected) -> Condition:
    """Return the condition that mark and circle let ``actor`` know of an entry, as identity's policy has it for
    rows."""
    level = Condition("mark <= %s", (int(actor.clearance),))
    if not rule.circle:
        return level
    within = Condition(
        "((circle IS NULL AND readers IS NULL) OR circle @> ARRAY[%s]::bigint[] OR readers @> ARRAY[%s]::bigint[])",
        # Nobody is organisation or appointment 0.
        (actor.organisation or 0, knower(actor) or 0),
    )
    return every([level, within])


def _of_staff(actor: Actor, permission: str, rule: Protected) -> Condition | None:
    if rule.is_unscoped:
        return _ALL if actor.has(permission) else None
    reach = actor.reach(permission)
    if not reach or not rule.organisation:
        return None
    ids = reach if isinstance(reach, IdSet) else IdSet(reach)
    return Condition("organisation_id = ANY(%s::bigint[])", (ids.literal,))


def _of_citizen(actor: Actor, permission: str, rule: Protected) -> Condition | None:
    if permission not in rule.owner_actions:
        return None
    if rule.entity and actor.legal_entity is not None:
        return Condition("entity_id = %s", (actor.legal_entity,))
    if not rule.owner or actor.owner_id is None:
        return None
    return Condition("owner_id = %s" + (" AND entity_id IS NULL" if rule.entity else ""), (actor.owner_id,))


def combine(visible: list[tuple[Searchable, Condition]]) -> Condition:
    """Return one condition for all kinds; those under the same one share it, and its long list of organisations."""
    groups: dict[Condition, list[str]] = {}
    for declared, condition in visible:
        groups.setdefault(condition, []).append(declared.kind)
    return either(
        Condition(f"kind = ANY(%s) AND {each.sql}", (kinds, *each.parameters)) for each, kinds in groups.items()
    )

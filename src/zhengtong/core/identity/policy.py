"""The platform's one predicate: role ∧ (organisation ∨ region) ∧ clearance ≥ mark, or ownership; and the same as a
filter, so that a list shows exactly the rows for which the predicate would say yes.
"""

import logging
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet

from zhengtong.core.identity.trees import get_stamp, list_region_ids
from zhengtong.kernel.modules import Declaration, registry
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.kernel.reach import IdSet, reached

logger = logging.getLogger("zhengtong.denied")


@dataclass(frozen=True)
class Protected(Declaration):
    """How rows of ``model`` are protected. Each name is a column, or a path over foreign keys to one.

    Staff may act on a row when a role of theirs allows it in the organisation that ``organisation`` names, or where
    the place that ``region`` names lies in the region of such an organisation; ``is_unscoped`` rows are everybody's
    who holds the permission anywhere. At most one of the three is given; without any of them no role reaches a row.
    With ``organisation`` a ``partner`` may name a second one that the row concerns as well: whoever may do something in
    either may do it; an act that only one side has asks for its side itself.
    A citizen may do ``owner_actions`` to a row whose ``owner`` is the account that she acts for. Where there is an
    ``entity``, her capacity decides: rows of the legal entity that she acts for at this moment, or else her own rows
    without one. Whoever it is, the row's ``mark`` may not be above her clearance, and where ``circle`` (organisations)
    or ``readers`` (appointments) hold somebody she has to be among them; ``owner_is_cleared``: who gave the row knows
    it. For an agent who was asked to do some matters only (``Actor.matters``), one of the columns that ``matters``
    names has to hold one of these; rows of a model without any are closed to her. A null in one of these columns is
    nobody's. Raises ImproperlyConfigured when two scopes are given.
    """

    model: type[Model]
    organisation: str = ""
    partner: str = ""
    owner: str = ""
    entity: str = ""
    owner_actions: frozenset[str] = field(default_factory=frozenset)
    region: str = ""
    mark: str = ""
    circle: str = ""
    readers: str = ""
    owner_is_cleared: bool = False
    is_unscoped: bool = False
    matters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.circle) is not bool(self.readers) or (self.circle and not self.mark):
            raise ImproperlyConfigured(f"{self.key}: a circle is of organisations and readers, and goes with a mark")
        if sum(map(bool, (self.organisation, self.region, self.is_unscoped))) > 1:
            raise ImproperlyConfigured(f"{self.key}: organisation, region and is_unscoped exclude each other")
        if self.partner and not self.organisation:
            raise ImproperlyConfigured(f"{self.key}: a partner is a second organisation")

    @property
    def key(self) -> str:
        return self.model._meta.label_lower


def _protection(model: type[Model]) -> Protected:
    return registry.get(Protected, model._meta.label_lower)


def knower(actor: Actor) -> int | None:
    """Return the appointment of the person who reads: an agent's own one, a circle isn't delegated."""
    return actor.agent or actor.appointment


def _value(row: Model, path: str) -> Any:
    return reduce(lambda at, name: None if at is None else getattr(at, name), path.split("__"), row)


def is_cleared(actor: Actor, obj: Model) -> bool:
    """Return whether the row's mark and circle let ``actor`` know of it, whatever her roles are."""
    rule = _protection(type(obj))
    if actor.kind is ActorKind.SYSTEM or not rule.mark:
        return True
    mark = _value(obj, rule.mark)
    if mark is None or mark > actor.clearance:
        return False
    circle = _value(obj, rule.circle) if rule.circle else None
    readers = _value(obj, rule.readers) if rule.readers else None
    if circle is None and readers is None:
        return True
    return actor.organisation in (circle or ()) or knower(actor) in (readers or ())


class IdentityPolicy:
    """Answers from what the actor already carries; only rows that lie in regions cost a look at the trees' stamp."""

    def can(self, actor: Actor, action: str, obj: Model | None) -> bool:
        if actor.kind is ActorKind.SYSTEM:
            return True
        if obj is None:
            return actor.has(action)
        rule = _protection(type(obj))
        if actor.kind is ActorKind.CITIZEN:
            owns = action in rule.owner_actions and self._owns(actor, rule, obj)
            return owns and (rule.owner_is_cleared or is_cleared(actor, obj))
        if not is_cleared(actor, obj):
            return False
        if rule.is_unscoped:
            return actor.has(action)
        if rule.region:
            return _value(obj, rule.region) in self._regions(actor, action)
        reach = actor.reach(action)
        if rule.partner and _value(obj, rule.partner) in reach:
            return True
        return bool(rule.organisation) and _value(obj, rule.organisation) in reach

    def visible(self, actor: Actor, action: str, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if actor.kind is ActorKind.SYSTEM:
            return queryset
        rule = _protection(queryset.model)
        if rule.mark and not (rule.owner_is_cleared and actor.kind is ActorKind.CITIZEN):
            queryset = self._cleared(actor, rule, queryset)
        if actor.kind is ActorKind.CITIZEN:
            return self._owned(actor, rule, queryset) if action in rule.owner_actions else queryset.none()
        if rule.is_unscoped:
            return queryset if actor.has(action) else queryset.none()
        if rule.region:
            return self._within(queryset, rule.region, self._regions(actor, action))
        if not rule.organisation or not (reach := actor.reach(action)):
            return queryset.none()
        if rule.partner:
            return queryset.filter(Q(reached(rule.organisation, reach)) | Q(reached(rule.partner, reach)))
        return self._within(queryset, rule.organisation, reach)

    @staticmethod
    def _cleared(actor: Actor, rule: Protected, queryset: QuerySet[Any]) -> QuerySet[Any]:
        queryset = queryset.filter(**{f"{rule.mark}__lte": actor.clearance})
        if not rule.circle:
            return queryset
        within = Q(**{rule.circle: None, rule.readers: None})
        if actor.organisation is not None:
            within |= Q(**{f"{rule.circle}__contains": [actor.organisation]})
        if (appointment := knower(actor)) is not None:
            within |= Q(**{f"{rule.readers}__contains": [appointment]})
        return queryset.filter(within)

    def denied(self, actor: Actor, action: str, obj: Model | None) -> None:
        logger.warning(
            "denied",
            extra={
                "action": action,
                "account": str(actor.account or ""),
                "object": f"{obj._meta.label_lower}:{obj.pk}" if obj is not None else "",
                "address": actor.address,
            },
        )

    @staticmethod
    def _within(queryset: QuerySet[Any], column: str, ids: frozenset[int]) -> QuerySet[Any]:
        return queryset.filter(reached(column, ids)) if ids else queryset.none()

    @staticmethod
    def _regions(actor: Actor, action: str) -> frozenset[int]:
        organisations = actor.reach(action)
        if not organisations:
            return frozenset()
        found = organisations if isinstance(organisations, IdSet) else IdSet(organisations)
        return list_region_ids(found, get_stamp())

    @staticmethod
    def _owns(actor: Actor, rule: Protected, obj: Model) -> bool:
        if actor.matters and not any(_value(obj, path) in actor.matters for path in rule.matters):
            return False
        if rule.entity and (actor.legal_entity is not None or _value(obj, rule.entity) is not None):
            return actor.legal_entity is not None and _value(obj, rule.entity) == actor.legal_entity
        return bool(rule.owner) and actor.owner_id is not None and _value(obj, rule.owner) == actor.owner_id

    @staticmethod
    def _owned(actor: Actor, rule: Protected, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if actor.matters:
            if not rule.matters:
                return queryset.none()
            asked = [Q(**{f"{path}__in": sorted(actor.matters)}) for path in rule.matters]
            queryset = queryset.filter(reduce(or_, asked))
        if rule.entity and actor.legal_entity is not None:
            return queryset.filter(**{rule.entity: actor.legal_entity})
        if not rule.owner or actor.owner_id is None:
            return queryset.none()
        mine = Q(**{rule.owner: actor.owner_id})
        return queryset.filter(mine & Q(**{rule.entity: None}) if rule.entity else mine)

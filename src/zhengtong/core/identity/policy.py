"""The platform's one predicate: role ∧ organisation, or ownership; and the same predicate as a filter."""

import logging
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet

from zhengtong.kernel.modules import Declaration, registry
from zhengtong.kernel.policy import Actor, ActorKind

logger = logging.getLogger("zhengtong.denied")


@dataclass(frozen=True)
class Protected(Declaration):
    """How rows of ``model`` are protected.

    Staff may act on a row when a role of theirs allows it in the organisation that ``organisation`` names.
    A citizen may do ``owner_actions`` to a row whose ``owner`` is her account, or whose ``entity`` is the
    legal entity that she acts for at this moment.
    """

    model: type[Model]
    organisation: str = ""
    owner: str = ""
    entity: str = ""
    owner_actions: frozenset[str] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        return self.model._meta.label_lower


def _protection(model: type[Model]) -> Protected:
    return registry.get(Protected, model._meta.label_lower)


class IdentityPolicy:
    """Answers from what the actor already carries: no query is made to decide."""

    def can(self, actor: Actor, action: str, obj: Model | None) -> bool:
        if actor.kind is ActorKind.SYSTEM:
            return True
        if obj is None:
            return actor.has(action)
        rule = _protection(type(obj))
        if actor.kind is ActorKind.CITIZEN:
            return action in rule.owner_actions and self._owns(actor, rule, obj)
        return bool(rule.organisation) and getattr(obj, rule.organisation) in actor.reach(action)

    def visible(self, actor: Actor, action: str, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if actor.kind is ActorKind.SYSTEM:
            return queryset
        rule = _protection(queryset.model)
        if actor.kind is ActorKind.CITIZEN:
            if action not in rule.owner_actions:
                return queryset.none()
            if actor.legal_entity is not None:
                return queryset.filter(**{rule.entity: actor.legal_entity}) if rule.entity else queryset.none()
            mine = Q(**{rule.owner: actor.account_id})
            return queryset.filter(mine & Q(**{rule.entity: None}) if rule.entity else mine)
        reach = actor.reach(action)
        return queryset.filter(**{f"{rule.organisation}__in": reach}) if reach else queryset.none()

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
    def _owns(actor: Actor, rule: Protected, obj: Model) -> bool:
        entity = getattr(obj, rule.entity) if rule.entity else None
        if entity is not None:
            return bool(entity == actor.legal_entity)
        return bool(rule.owner) and actor.account_id is not None and getattr(obj, rule.owner) == actor.account_id

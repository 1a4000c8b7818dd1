"""Both sides of a contract see its runs: who provides and who uses; what each may do there is asked here."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.kernel.policy import Actor, ActorKind, require

M = TypeVar("M", bound=Model)


def is_on_side(actor: Actor, permission: str, contract: Contract) -> bool:
    """Return whether ``actor`` holds ``permission`` at the provider or at the consumer of ``contract``."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    reach = actor.reach(permission)
    return contract.provider_id in reach or contract.consumer_id in reach


def require_side(actor: Actor, permission: str, contract: Contract, row: Model) -> None:
    """Raise Denied, and log it, unless :func:`is_on_side`. ``row`` is what is acted on."""
    if not is_on_side(actor, permission, contract):
        require(actor, permission, row)


def of_sides(actor: Actor, permission: str, found: QuerySet[M], path: str = "contract__") -> QuerySet[M]:
    """Return the rows of ``found`` whose contract (at ``path``) one of the actor's sides is of."""
    if actor.kind is ActorKind.SYSTEM:
        return found
    reach: Any = list(actor.reach(permission))
    return found.filter(Q(**{f"{path}provider_id__in": reach}) | Q(**{f"{path}consumer_id__in": reach}))

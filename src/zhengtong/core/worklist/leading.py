"""Who leads an office: whose role is declared as a leading one, as far as that role reaches."""

from zhengtong.core.worklist.declarations import LeadingRole
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor


def list_led(actor: Actor) -> frozenset[int]:
    """Return the organisations that ``actor`` leads."""
    leading = {declared.role for declared in registry.of(LeadingRole)}
    return frozenset().union(*(grant.organisations for grant in actor.grants if grant.role in leading))


def leads(actor: Actor, organisation_id: int) -> bool:
    return organisation_id in list_led(actor)

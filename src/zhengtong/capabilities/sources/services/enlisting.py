"""Nodes that are connected are targets by themselves: nobody types in what the joining has proved already."""

from zhengtong.capabilities.nodes.public import Node, NodeState
from zhengtong.capabilities.sources.models import Source, SourceKind
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step


def enlist_nodes() -> int:
    """Give every connected node its target at the office that keeps the link; return how many got one."""
    known = Source.objects.filter(kind=SourceKind.NODE).values_list("settings__node", flat=True)
    found = Node.objects.filter(state=NodeState.CONNECTED).exclude(code__in=list(known)).order_by("id")
    return len([enlist_node(actor=SYSTEM, node=each) for each in found])


@step()
def enlist_node(*, actor: Actor, node: Node) -> Source:
    """Make the target of one node; the one that is there stays."""
    locked = Node.objects.select_for_update(of=("self",)).get(pk=node.pk)
    found = Source.objects.filter(kind=SourceKind.NODE, settings__node=locked.code).first()
    if found is not None:
        return found
    source = Source.objects.create(
        code=f"node-{locked.pk}-{locked.code}"[:40],
        name=f"{locked.name[:50]}（{locked.code}）",
        organisation_id=locked.organisation_id,
        kind=SourceKind.NODE,
        settings={"node": locked.code},
        is_readable=False,
        is_writable=True,
    )
    record(actor, "sources.enlist_node", source, after={"code": source.code, "node": locked.code})
    return source

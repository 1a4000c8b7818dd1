"""Reading nodes, their certificates, their links and what waits for them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.nodes.domain import NodeState
from zhengtong.capabilities.nodes.models import (
    CertificateUse,
    IncomingMessage,
    LinkCheck,
    LinkDay,
    Node,
    NodeCertificate,
    Notice,
    OutgoingMessage,
    OutgoingState,
    OwnCertificate,
    OwnNode,
)
from zhengtong.capabilities.nodes.permissions import VIEW
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, visible


def get_own_node() -> OwnNode | None:
    return OwnNode.objects.select_related("organisation__region").first()


def list_own_certificates() -> list[OwnCertificate]:
    """Return those that aren't ended, the newest last."""
    return list(OwnCertificate.objects.filter(ended_at=None).order_by("use", "id"))


def get_own_certificate(use: CertificateUse) -> OwnCertificate | None:
    """Return the one that is shown to others now: the newest whose time has come."""
    now = timezone.now()
    found = OwnCertificate.objects.filter(
        use=use, ended_at=None, not_before__lte=now, not_after__gt=now, used_from__lte=now
    )
    return found.order_by("-used_from", "-id").first()


def list_nodes(actor: Actor) -> QuerySet[Node]:
    """Return the nodes that ``actor`` may see; ``waits`` and ``failed``: how many messages are in line and refused."""
    return (
        visible(actor, VIEW, Node.objects.all())
        .annotate(
            waits=Count("outgoing", filter=Q(outgoing__state=OutgoingState.WAITING)),
            failed=Count("outgoing", filter=Q(outgoing__state=OutgoingState.FAILED)),
            oldest=Min("outgoing__created_at", filter=Q(outgoing__state=OutgoingState.WAITING)),
        )
        .order_by("code")
    )


def list_trust(node: Node) -> QuerySet[NodeCertificate]:
    return node.certificates.order_by("use", "-id")


def get_roots(node: Node) -> list[bytes]:
    """Return the roots under which the node's signatures are judged now."""
    return [bytes(each.der) for each in node.certificates.filter(use=CertificateUse.ROOT) if each.is_trusted]


def list_outgoing(actor: Actor) -> QuerySet[OutgoingMessage]:
    return visible(actor, VIEW, OutgoingMessage.objects.select_related("node").defer("receipt"))


def list_incoming(actor: Actor) -> QuerySet[IncomingMessage]:
    return visible(actor, VIEW, IncomingMessage.objects.select_related("node").defer("receipt"))


def list_notices(actor: Actor) -> QuerySet[Notice]:
    return visible(actor, VIEW, Notice.objects.select_related("node"))


def list_checks(node: Node, most: int = 48) -> list[LinkCheck]:
    """Return the newest checks, the oldest of them first."""
    return list(node.checks.order_by("-at")[:most])[::-1]


def list_days(node: Node, days: int = 14) -> list[LinkDay]:
    since = timezone.localdate() - timedelta(days=days)
    return list(node.days.filter(day__gt=since).order_by("-day"))


def count_joined(actor: Actor) -> Mapping[str, Any]:
    """Return the rate of joining (接入率): of the organisations under the own node's, which are connected.

    An organisation is connected as a terminal where its people work on this platform (an account that is active and an
    appointment that holds), as a node where a connected node names it as its operator. ``rows``: organisation, way.
    """
    from zhengtong.core.identity.public import Appointment

    today = timezone.localdate()
    organisations = list(Organisation.objects.filter(is_active=True).select_related("region").order_by("path"))
    held = Appointment.objects.filter(start_date__lte=today, staff__account__is_active=True)
    held = held.filter(Q(end_date=None) | Q(end_date__gte=today))
    working = set(held.values_list("post__organisation_id", flat=True))
    nodes = visible(actor, VIEW, Node.objects.filter(state=NodeState.CONNECTED))
    operators = dict(nodes.values_list("operator", "name"))
    rows = []
    for each in organisations:
        way = "node" if each.name in operators else "terminal" if each.pk in working else ""
        rows.append({"organisation": each, "way": way, "node": operators.get(each.name, "")})
    joined = sum(1 for row in rows if row["way"])
    return {
        "rows": rows,
        "all": len(rows),
        "joined": joined,
        "terminal": sum(1 for row in rows if row["way"] == "terminal"),
        "node": sum(1 for row in rows if row["way"] == "node"),
        "percent": round(100 * joined / len(rows), 1) if rows else None,
    }

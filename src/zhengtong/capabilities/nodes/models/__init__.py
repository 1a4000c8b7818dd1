"""The tables of nodes."""

from zhengtong.capabilities.nodes.models.links import LinkCheck, LinkDay
from zhengtong.capabilities.nodes.models.messages import (
    IncomingMessage,
    IncomingPart,
    IncomingState,
    Notice,
    OutgoingMessage,
    OutgoingPart,
    OutgoingState,
    Priority,
)
from zhengtong.capabilities.nodes.models.nodes import (
    CertificateUse,
    JoiningMode,
    Level,
    Node,
    NodeCertificate,
    NodeEvent,
    NodeStates,
    OwnCertificate,
    OwnNode,
    Relation,
    Zones,
)

__all__ = [
    "CertificateUse",
    "IncomingMessage",
    "IncomingPart",
    "IncomingState",
    "JoiningMode",
    "Level",
    "LinkCheck",
    "LinkDay",
    "Node",
    "NodeCertificate",
    "NodeEvent",
    "NodeStates",
    "Notice",
    "OutgoingMessage",
    "OutgoingPart",
    "OutgoingState",
    "OwnCertificate",
    "OwnNode",
    "Priority",
    "Relation",
    "Zones",
]

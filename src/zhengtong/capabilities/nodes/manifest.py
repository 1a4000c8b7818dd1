"""Other platforms that this one exchanges with: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.journal import ACTION_WORDS
from zhengtong.capabilities.nodes.models import (
    IncomingMessage,
    LinkCheck,
    LinkDay,
    Node,
    NodeCertificate,
    Notice,
    OutgoingMessage,
    OwnNode,
)
from zhengtong.capabilities.nodes.notices import NOTICE
from zhengtong.capabilities.nodes.permissions import PERMISSIONS, ROLES
from zhengtong.capabilities.nodes.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="nodes",
    title=_("节点互联"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        Protected(OwnNode, organisation="organisation_id"),
        Protected(Node, organisation="organisation_id"),
        Protected(NodeCertificate, organisation="node__organisation_id"),
        Protected(OutgoingMessage, organisation="node__organisation_id"),
        Protected(IncomingMessage, organisation="node__organisation_id"),
        Protected(Notice, organisation="node__organisation_id"),
        Protected(LinkCheck, organisation="node__organisation_id"),
        Protected(LinkDay, organisation="node__organisation_id"),
        NOTICE,
        ACTION_WORDS,
        *WORK_KINDS,
    ),
)

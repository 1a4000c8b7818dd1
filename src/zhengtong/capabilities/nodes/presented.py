"""Which node is calling: the client certificate that nginx took in the handshake, compared with the trust list.

nginx proves that the caller holds the certificate's key (``ssl_verify_client optional_no_ca``); who that is, is said
by the trust list alone, so a node is let in or shut out without touching nginx (docs/adr/nodes-are-pinned.md).
"""

import hashlib
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.domain import HEARD, NodeState
from zhengtong.capabilities.nodes.models import CertificateUse, Node, NodeCertificate
from zhengtong.capabilities.signon.public import CERTIFICATE_HEADER, came_through_the_proxy

LONGEST = 16_000


class Turned(Exception):
    """The caller is turned away: the status and the stable code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.more = status, code, message, more


def find_caller(request: HttpRequest) -> Node:
    """Return the node that calls. Raises Turned."""
    return find_by_certificate(_read_certificate(request))


def find_by_certificate(der: bytes) -> Node:
    """Return whose client certificate this is, if it counts now. Raises Turned."""
    fingerprint = hashlib.sha256(der).hexdigest()
    lines = NodeCertificate.objects.select_related("node").filter(fingerprint=fingerprint, use=CertificateUse.CLIENT)
    found = list(lines)
    if not found:
        raise Turned(
            403, "unknown-node", _("这张证书不在本节点的信任表里。请把贵方的节点资料文件交给本节点的管理员办理接入。")
        )
    line = next((each for each in found if each.is_trusted), None)
    if line is None:
        _say_why_not(found[-1])
        raise Turned(
            403, "certificate-ended", _("这张证书已经不在信任的期限内。请用已经登记的新证书，或者办理证书更换。")
        )
    _check_state(line.node)
    return line.node


def _say_why_not(line: NodeCertificate) -> None:
    if line.trusted_from is None and line.node.state in (NodeState.APPLIED, NodeState.ASSESSED):
        raise Turned(403, "not-approved", _("贵节点的接入申请还没有批准，请等待本节点审批。"))
    _check_state(line.node)


def _check_state(node: Node) -> None:
    if node.state in HEARD:
        return
    if node.state == NodeState.SUSPENDED:
        raise Turned(403, "suspended", _("本节点已暂停与贵节点的交换，请与本节点的管理员联系。"))
    if node.state in (NodeState.REVOKED, NodeState.REFUSED):
        raise Turned(403, "revoked", _("本节点已撤销贵节点的接入，不再接收。"))
    raise Turned(403, "not-approved", _("贵节点的接入申请还没有批准，请等待本节点审批。"))


def _read_certificate(request: HttpRequest) -> bytes:
    pem = request.headers.get(CERTIFICATE_HEADER, "")
    if not came_through_the_proxy(request):
        raise Turned(401, "no-certificate", _("节点之间的交换要用双向 TLS，请从交换地址连接并出示客户端证书。"))
    if not pem or len(pem) > LONGEST:
        raise Turned(401, "no-certificate", _("没有收到客户端证书：请出示登记过的节点证书。"))
    try:
        certificate = x509.load_pem_x509_certificate(unquote(pem).encode())
    except ValueError:
        raise Turned(401, "bad-certificate", _("收到的客户端证书读不出来，请检查证书文件。")) from None
    now = timezone.now()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Turned(403, "certificate-expired", _("客户端证书已经过期或者还没有生效，请更换证书。"))
    return certificate.public_bytes(Encoding.DER)

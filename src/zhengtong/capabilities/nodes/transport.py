"""Talking to another node: mutually authenticated TLS, its server certificate pinned to the trust list.

The link's own key lies in a file of mode 0600 (docs/adr/nodes-are-pinned.md); everything that is signed is signed by
the signer.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.envelope import HELLO, make_envelope, write_envelope
from zhengtong.capabilities.nodes.models import CertificateUse, Node
from zhengtong.capabilities.nodes.selectors import get_own_certificate, get_own_node
from zhengtong.capabilities.nodes.services.own import keys_folder
from zhengtong.capabilities.pki.public import CertificateRefused
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable
from zhengtong_verify.canonical import sm3

PREFIX: Final = "/exchange/v1/nodes"
CONNECT_SECONDS: Final = 5.0
# The other side does what the message is for before it answers.
ANSWER_SECONDS: Final = 180.0
HELLO_SECONDS: Final = 8.0
CANNOT_SIGN: Final = (SignerUnavailable, SignerRefused, CertificateRefused)
# Answers that another try changes nothing about.
_FINAL: Final = frozenset({400, 409, 413, 422})


class LinkTrouble(Exception):
    """The other side isn't reached, or takes nothing from us now: what waits goes on waiting.

    ``is_link``: that says something of the link, and not only of this message or of our own side.
    """

    def __init__(self, code: str, message: str, *, is_link: bool = True) -> None:
        super().__init__(message)
        self.code, self.message, self.is_link = code, message, is_link


class MessageRefused(Exception):
    """The other side answered that it won't take this message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Link:
    """An open link to ``node``; ``own_code`` is what we are called there."""

    node: Node
    own_code: str
    client: httpx.Client
    facts: dict[str, Any] = field(default_factory=dict)

    def ask(self, method: str, path: str, content: bytes, *, kind: str, seconds: float | None = None) -> dict[str, Any]:
        """Return the answer to one request. Raises LinkTrouble and MessageRefused."""
        headers = {"Content-Type": kind, "Accept": "application/json"}
        options: dict[str, Any] = {"timeout": httpx.Timeout(seconds, connect=CONNECT_SECONDS)} if seconds else {}
        try:
            answer = self.client.request(method, f"{PREFIX}/{path}", content=content, headers=headers, **options)
        except httpx.ConnectError as error:
            raise _say_connect(error) from error
        except httpx.TimeoutException as error:
            raise LinkTrouble("timeout", _("对方节点在规定时间内没有应答。")) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise LinkTrouble(
                "cut", _("和对方节点的连接中断：%s") % (str(error)[:120] or type(error).__name__)
            ) from error
        return _read(answer)

    def say_hello(self) -> tuple[dict[str, Any], int]:
        """Ask whether the other side is there and takes us; return its answer and the milliseconds that it took."""
        try:
            written = write_envelope(
                make_envelope(
                    id=str(uuid4()),
                    sender=self.own_code,
                    receiver=self.node.code,
                    kind=HELLO,
                    title="",
                    mark=0,
                    number=0,
                    size=0,
                    digest=sm3(b""),
                )
            )
        except CANNOT_SIGN as error:
            raise LinkTrouble("signer", _("本节点的签名服务没有应答。"), is_link=False) from error
        began = time.monotonic()
        answer = self.ask("POST", "hello", written, kind="application/json", seconds=HELLO_SECONDS)
        took = int((time.monotonic() - began) * 1000)
        if answer.get("node") != self.node.code:
            raise LinkTrouble(
                "wrong-node",
                _("这个地址上应答的是节点“%s”，不是要连接的节点，请核对交换地址。") % str(answer.get("node", ""))[:40],
            )
        return answer, took


@contextmanager
def open_link(node: Node) -> Iterator[Link]:
    """Prepare a link to ``node``; nothing is sent yet. Raises LinkTrouble when our own side isn't ready."""
    own, certificate = get_own_node(), get_own_certificate(CertificateUse.CLIENT)
    if own is None or certificate is None:
        raise LinkTrouble("not-set-up", _("本节点没有能用的客户端证书，请在“本节点”页面更换。"))
    context = _make_context(node, str(keys_folder() / certificate.key_file))
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    # No proxy from the environment: whom a link goes to is said by the trust list.
    with httpx.Client(base_url=node.address, verify=context, timeout=timeout, trust_env=False) as client:
        yield Link(node, own.code, client)


def _make_context(node: Node, key_file: str) -> ssl.SSLContext:
    pinned = [each for each in node.certificates.filter(use=CertificateUse.SERVER) if each.is_trusted]
    if not pinned:
        raise LinkTrouble("no-server-certificate", _("信任表里没有对方在有效期内的服务器证书，请办理证书更换。"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A pinned certificate is its own anchor: no authority can make another one that is taken for it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    pem = b"".join(x509.load_der_x509_certificate(bytes(each.der)).public_bytes(Encoding.PEM) for each in pinned)
    context.load_verify_locations(cadata=pem.decode())
    try:
        context.load_cert_chain(key_file)
    except (OSError, ssl.SSLError) as error:
        raise LinkTrouble("no-key", _("读不出本节点的客户端证书和密钥文件，请联系平台管理员。")) from error
    return context


def _say_connect(error: httpx.ConnectError) -> LinkTrouble:
    said = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return LinkTrouble(
            "server-certificate",
            _("对方出示的服务器证书和信任表里登记的不一样。可能是对方换了证书还没有登记，也可能有人冒充，请先核实。"),
        )
    if "SSL" in said or "TLS" in said:
        return LinkTrouble("tls", _("和对方节点的 TLS 握手没有成功：%s") % said[:120])
    return LinkTrouble("away", _("连不上对方节点：没有应答，可能停机、断网或者地址有误。"))


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        given: Any = answer.json()
    except ValueError:
        given = {}
    told: Mapping[str, Any] = given if isinstance(given, dict) else {}
    if answer.is_success and isinstance(given, dict):
        return given
    code = str(told.get("code", f"http-{answer.status_code}"))[:40]
    message = str(told.get("detail", "") or _("对方节点答复 HTTP %d。") % answer.status_code)[:300]
    if code == "offset" and isinstance(told.get("held"), int):
        return {"state": "receiving", "held": told["held"]}
    if answer.status_code in _FINAL and told.get("code"):
        raise MessageRefused(code, message)
    raise LinkTrouble(code, message, is_link=answer.status_code < 500)

"""Fetching another platform's card by its address. Who answered there is settled afterwards, by comparing codes."""

import ssl
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.bundle import LONGEST
from zhengtong.capabilities.nodes.permissions import OPERATE
from zhengtong.capabilities.nodes.transport import CONNECT_SECONDS, PREFIX
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require


def fetch_card(*, actor: Actor, address: str) -> bytes:
    """Return the file that another node offers. Raises Refused, field ``address``; Denied."""
    require(actor, OPERATE)
    parts = urlsplit(address.strip())
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise Refused("address", _("交换地址应当以 https:// 开头。"), "address")
    # Nothing of the other side is known yet: the answer is public, and counts only once two people compared it.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    content = bytearray()
    try:
        with (
            httpx.Client(verify=context, timeout=httpx.Timeout(15, connect=CONNECT_SECONDS), trust_env=False) as client,
            client.stream("GET", f"https://{parts.netloc}{PREFIX}/card.json") as answer,
        ):
            if answer.status_code != 200:
                raise Refused("not-there", _("这个地址没有给出节点资料，请核对地址。"), "address")
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LONGEST:
                    raise Refused("too-large", _("这个地址给出的不是节点资料文件。"), "address")
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise Refused("away", _("连不上这个地址，请核对后再试，或者改为上传对方交来的文件。"), "address") from None
    return bytes(content)

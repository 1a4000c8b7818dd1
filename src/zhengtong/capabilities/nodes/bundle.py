"""A node's card (节点资料文件): who it is and which certificates it shows, signed by itself, handed over out of band.

That it signed itself proves only that the file is whole. Whether it is theirs is settled by two people who read the
comparison code to each other.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from asn1crypto import x509
from cryptography import x509 as readable
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.domain import CLASSIFIED, INNER, OUTER, say_fingerprints
from zhengtong.capabilities.nodes.models import CertificateUse, Level
from zhengtong.capabilities.nodes.signing import Signed, is_by, sign_text
from zhengtong.core.identity.public import Refused
from zhengtong_verify.canonical import canonical

FORMAT: Final = "zhengtong-node"
LONGEST: Final = 256 * 1024
MOST_CERTIFICATES: Final = 12
_CODE: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


@dataclass(frozen=True)
class Shown:
    """A certificate in a bundle."""

    use: CertificateUse
    der: bytes

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @property
    def parsed(self) -> readable.Certificate:
        return readable.load_der_x509_certificate(self.der)


@dataclass(frozen=True)
class Bundle:
    """What a node says of itself."""

    code: str
    name: str
    operator: str
    region: str
    level: str
    zone: str
    address: str
    largest_mb: int
    issued_at: str
    certificates: tuple[Shown, ...]

    @property
    def code_to_compare(self) -> str:
        return say_fingerprints(each.fingerprint for each in self.certificates)

    @property
    def text(self) -> bytes:
        return canonical(
            {
                "format": FORMAT,
                "version": 1,
                "code": self.code,
                "name": self.name,
                "operator": self.operator,
                "region": self.region,
                "level": self.level,
                "zone": self.zone,
                "address": self.address,
                "largest_mb": self.largest_mb,
                "issued_at": self.issued_at,
                "certificates": [
                    {"use": each.use.value, "der": base64.b64encode(each.der).decode()} for each in self.certificates
                ],
            }
        )


def write_bundle(bundle: Bundle) -> bytes:
    """Return the signed file. Raises what signing raises."""
    signed = sign_text(bundle.text)
    return json.dumps(
        {
            "card": json.loads(bundle.text),
            "algorithm": signed.algorithm,
            "signature": base64.b64encode(signed.signature).decode(),
            "certificates": [base64.b64encode(each).decode() for each in signed.certificates],
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def read_bundle(content: bytes) -> Bundle:
    """Return what a file says, after every check that the file itself allows. Raises Refused, field ``bundle``."""
    if len(content) > LONGEST:
        raise Refused("too-large", _("这不是节点资料文件：文件太大。请让对方从“本节点”页面重新导出。"), "bundle")
    try:
        given = json.loads(content)
        card = given["card"]
        if card["format"] != FORMAT or card["version"] != 1:
            raise ValueError
        bundle = _read_card(card)
        signed = Signed(
            str(given["algorithm"]),
            base64.b64decode(given["signature"], validate=True),
            tuple(base64.b64decode(each, validate=True) for each in given["certificates"][:8]),
        )
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error):
        raise Refused(
            "unreadable", _("读不出这个文件，请让对方从“本节点”页面重新导出节点资料文件。"), "bundle"
        ) from None
    _refuse_classified(bundle)
    _check_certificates(bundle)
    roots = [each.der for each in bundle.certificates if each.use == CertificateUse.ROOT]
    if not is_by(bundle.text, signed, roots):
        raise Refused("altered", _("节点资料文件的签名不对：文件被改动过，或者不完整。请让对方重新导出。"), "bundle")
    return bundle


def _read_card(card: dict[str, Any]) -> Bundle:
    texts = {}
    for name, longest in (("code", 40), ("name", 100), ("operator", 100), ("address", 200), ("issued_at", 40)):
        texts[name] = _text(card[name], longest)
    return Bundle(
        **texts,
        region=_text(card.get("region", ""), 60, is_needed=False),
        level=_text(card["level"], 10),
        zone=_text(card["zone"], 20),
        largest_mb=_number(card["largest_mb"]),
        certificates=tuple(
            Shown(CertificateUse(each["use"]), base64.b64decode(each["der"], validate=True))
            for each in card["certificates"][:MOST_CERTIFICATES]
        ),
    )


def _text(value: Any, longest: int, *, is_needed: bool = True) -> str:
    if not isinstance(value, str) or "\x00" in value or len(value) > longest or (is_needed and not value.strip()):
        raise ValueError
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= 10_000:
        raise ValueError
    return value


def _refuse_classified(bundle: Bundle) -> None:
    if bundle.zone.strip().lower() in CLASSIFIED:
        raise Refused(
            "classified",
            _("涉密内网是单独建设、物理隔离的，本平台不与它连接，不能登记。涉密信息请按保密规定另行传递。"),
            "bundle",
        )
    if bundle.zone not in (INNER, OUTER) or bundle.level not in Level.values:
        raise Refused("unreadable", _("节点资料文件里的网络区域或者层级不认识，请让对方检查后重新导出。"), "bundle")
    address = urlsplit(bundle.address)
    if address.scheme != "https" or not address.hostname or set(bundle.code) - set(_CODE):
        raise Refused("address", _("节点资料文件里的交换地址应当以 https:// 开头，请让对方改正后重新导出。"), "bundle")


def _check_certificates(bundle: Bundle) -> None:
    now = datetime.now(UTC)
    for use in CertificateUse:
        shown = [each for each in bundle.certificates if each.use == use]
        try:
            live = [
                each
                for each in shown
                if x509.Certificate.load(each.der, strict=True) and each.parsed.not_valid_after_utc > now
            ]
        except ValueError:
            raise Refused("unreadable", _("节点资料文件里的证书损坏，请让对方重新导出。"), "bundle") from None
        if not live:
            raise Refused(
                "no-certificate",
                _("节点资料文件里没有在有效期内的%(use)s，请让对方先在“本节点”页面补上。") % {"use": use.label},
                "bundle",
            )

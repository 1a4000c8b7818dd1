"""Certificate requests (PKCS #10): read whatever was sent, and say of each rule whether it is kept."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from asn1crypto import csr
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki.domain.names import describe
from zhengtong.capabilities.pki.domain.oids import read_algorithm
from zhengtong.core.crypto.public import Algorithm
from zhengtong.kernel.modules import Text
from zhengtong_verify import sm2
from zhengtong_verify.chain import verify_signature
from zhengtong_verify.faults import READING_FAULTS

LONGEST_REQUEST = 64 * 1024
LEAST_RSA_BITS, MOST_RSA_BITS = 3072, 8192
_PEM = re.compile(
    rb"-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----"
)


class UnusableRequest(ValueError):
    """A request that nothing can be issued from; ``message`` says why and what to do."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class KeyRequest:
    """What of a request counts: the key, whose possession it proves, and the names it asks for."""

    der: bytes
    spki: bytes
    algorithm: Algorithm
    subject: str
    common_name: str
    hosts: tuple[str, ...]

    @property
    def key_digest(self) -> str:
        return hashlib.sha256(self.spki).hexdigest()


def to_der(given: bytes) -> bytes:
    """Return the DER of a request in PEM (with whatever stands around it) or DER. Raises UnusableRequest."""
    if len(given) > LONGEST_REQUEST:
        raise UnusableRequest("too-long", _("证书请求文件太大（最多 64 KB），请检查是不是选错了文件。"))
    found = _PEM.search(given)
    if found is None:
        if b"-----BEGIN" in given:
            raise UnusableRequest(
                "wrong-kind", _("这不是证书请求。请提交以 BEGIN CERTIFICATE REQUEST 开头的文件，不要提交证书或者私钥。")
            )
        return given
    try:
        return base64.b64decode(b"".join(found.group(1).split()), validate=True)
    except binascii.Error:
        raise UnusableRequest("damaged", _("证书请求文件不完整，请重新复制或者重新生成。")) from None


def read_request(given: bytes) -> KeyRequest:
    """Return the request after its checks: readable, a kind and strength of key that we certify, signed by that key.

    Names in it are only compared later with what we know of the holder. Raises UnusableRequest, whatever was sent.
    """
    der = to_der(given.strip() if given.lstrip().startswith(b"-----") else given)
    try:
        parsed = csr.CertificationRequest.load(der, strict=True)
        parsed.native  # noqa: B018  # reads every field, so that nothing fails later
        info = parsed["certification_request_info"]
        public = info["subject_pk_info"]
        spki = public.dump()
        algorithm = read_algorithm(public)
        subject, common_name = describe(info["subject"]), _get_common_name(info)
        hosts = _get_hosts(info)
    except UnusableRequest:
        raise
    except READING_FAULTS:
        raise UnusableRequest(
            "unreadable", _("读不出这个证书请求，请用 PKCS #10 格式（PEM 或者 DER）重新生成。")
        ) from None
    if algorithm is None:
        raise UnusableRequest("algorithm", _("只给 P-256、RSA（3072 位以上）和 SM2 的密钥颁发证书，请换一种密钥。"))
    check_key(spki, algorithm)
    proof = parsed["certification_request_info"].dump()
    if not verify_signature(spki, parsed["signature_algorithm"], proof, bytes(parsed["signature"])):
        raise UnusableRequest(
            "signature", _("证书请求的签名不对：请求被改动过，或者不是用这个密钥签的。请重新生成证书请求。")
        )
    return KeyRequest(der, spki, algorithm, subject, common_name, hosts)


def check_key(spki: bytes, algorithm: Algorithm) -> None:
    """Raise UnusableRequest for a key that is too weak or isn't one."""
    if algorithm is Algorithm.SM2:
        if not sm2.is_public_key(spki):
            raise UnusableRequest("weak-key", _("SM2 公钥不在曲线上，不能使用，请重新产生密钥。"))
        return
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableRequest("weak-key", _("公钥不正确，不能使用，请重新产生密钥。")) from None
    if isinstance(key, rsa.RSAPublicKey):
        if not LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS:
            message = _("RSA 密钥应为 3072 到 8192 位，这个是 %d 位，请重新产生密钥。") % key.key_size
            raise UnusableRequest("weak-key", message)
        if key.public_numbers().e < 65537 or key.public_numbers().e % 2 == 0:
            raise UnusableRequest("weak-key", _("RSA 公钥指数太小，请用 65537 重新产生密钥。"))
        if is_factored_by_fermat(key.public_numbers().n):
            raise UnusableRequest("weak-key", _("这个 RSA 密钥的两个素数太接近，可以被分解，请重新产生密钥。"))
    elif not isinstance(key, ec.EllipticCurvePublicKey):
        raise UnusableRequest("algorithm", _("只给 P-256、RSA（3072 位以上）和 SM2 的密钥颁发证书，请换一种密钥。"))


def is_factored_by_fermat(modulus: int, rounds: int = 100) -> bool:
    """Say whether the primes lie so near each other that Fermat finds them in a hundred steps (CVE-2022-26320)."""
    from math import isqrt

    near = isqrt(modulus)
    near += near * near < modulus
    for _round in range(rounds):
        rest = near * near - modulus
        if isqrt(rest) ** 2 == rest:
            return True
        near += 1
    return False


def _get_common_name(info: csr.CertificationRequestInfo) -> str:
    value = info["subject"].native.get("common_name", "")
    return value if isinstance(value, str) else ""


def _get_hosts(info: csr.CertificationRequestInfo) -> tuple[str, ...]:
    found: list[str] = []
    for attribute in info["attributes"] or ():
        if attribute["type"].native != "extension_request":
            continue
        for extensions in attribute["values"]:
            for extension in extensions:
                if extension["extn_id"].native == "subject_alt_name":
                    names = extension["extn_value"].parsed
                    found += [str(each.native) for each in names if each.name in ("dns_name", "ip_address")]
    return tuple(found)

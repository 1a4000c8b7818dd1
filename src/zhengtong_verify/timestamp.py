"""A time-stamp token (RFC 3161) checked over a digest, trusting given roots and nothing else."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, tsp, x509

from zhengtong_verify.chain import Problem, check_chain, verify_signature
from zhengtong_verify.faults import READING_FAULTS
from zhengtong_verify.sm2 import sm3

LONGEST_TOKEN = 256 * 1024
_SM3 = "1.2.156.10197.1.401"
_DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda content: hashlib.sha256(content).digest(),
    "sha384": lambda content: hashlib.sha384(content).digest(),
    "sha512": lambda content: hashlib.sha512(content).digest(),
    "sha3_256": lambda content: hashlib.sha3_256(content).digest(),
    "sha3_384": lambda content: hashlib.sha3_384(content).digest(),
    "sha3_512": lambda content: hashlib.sha3_512(content).digest(),
    _SM3: sm3,
}


class Refused(Exception):
    """The token proves nothing; ``problem`` says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, sentence)


@dataclass(frozen=True)
class TokenVerdict:
    """What was found. What the token says is there as soon as it could be read, believed or not."""

    problems: tuple[Problem, ...] = field(default=())
    at: datetime | None = None
    accuracy_ms: int | None = None
    policy: str = ""
    serial: int = 0
    authority: str = ""
    chain: tuple[bytes, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.problems


def check_token(
    token: bytes,
    digest: bytes,
    *,
    anchors: Iterable[bytes],
    algorithm: str = "sha256",
    intermediates: Iterable[bytes] = (),
    lists: Iterable[bytes] = (),
    moment: datetime | None = None,
) -> TokenVerdict:
    """Judge ``token`` (a CMS ContentInfo in DER) as a proof that ``digest`` existed at its time.

    The authority's certificate is judged as of the token's own time, or as of ``moment``: a certificate that has
    expired since was good when it signed. ``lists`` are revocation lists.
    """
    try:
        info, signed, signer = _read(token)
        facts = _facts(info)
    except Refused as error:
        return TokenVerdict((error.problem,))
    except READING_FAULTS:
        return TokenVerdict((Problem("unreadable", "时间戳损坏，或者不是 RFC 3161 时间戳。"),))
    try:
        _check_imprint(info, digest, algorithm)
        certificate = _check_signer(signed, signer)
        given = [each.chosen.dump() for each in signed["certificates"]]
    except Refused as error:
        return TokenVerdict((error.problem,), **facts)
    except READING_FAULTS:
        return TokenVerdict((Problem("unreadable", "时间戳的签名部分损坏，无法核验。"),), **facts)
    verdict = check_chain(
        certificate.dump(),
        anchors=anchors,
        intermediates=[*given, *intermediates],
        at=moment or facts["at"],
        lists=lists,
        usage="digital_signature",
        extended_usage="time_stamping",
    )
    problems = list(verdict.problems)
    if "extended_key_usage" not in certificate.critical_extensions or len(certificate.extended_key_usage_value) != 1:
        problems.append(Problem("wrong-usage", "签发时间戳的证书没有限定只用于时间戳。"))
    name = str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)
    return TokenVerdict(tuple(dict.fromkeys(problems)), authority=name, chain=verdict.chain, **facts)


def check_file(
    content: bytes, message: bytes, *, anchors: Iterable[bytes], intermediates: Iterable[bytes] = ()
) -> TokenVerdict:
    """Judge a token, or an authority's whole answer, as a proof that ``message`` existed, by the digest it names."""
    token = token_of(content)
    try:
        info, _signed, _signer = _read(token)
        name = _name(info["message_imprint"]["hash_algorithm"])
    except (Refused, *READING_FAULTS):
        return TokenVerdict((Problem("unreadable", "时间戳损坏，或者不是 RFC 3161 时间戳。"),))
    digest = _DIGESTS.get(name)
    if digest is None:
        return TokenVerdict((Problem("unsupported", "时间戳用了本程序不支持的摘要算法。"),))
    algorithm = "sm3" if name == _SM3 else name
    return check_token(token, digest(message), anchors=anchors, algorithm=algorithm, intermediates=intermediates)


def token_of(content: bytes) -> bytes:
    """Return the token in an authority's answer (a .tsr file), or what was given when it is none."""
    try:
        answer = core.SequenceOf.load(content, spec=core.Any)
        if len(answer) == 2 and answer[0].parse().tag == core.Sequence.tag:
            whole: bytes = answer[1].dump()
            return whole
    except READING_FAULTS:
        pass
    return content


def _read(token: bytes) -> tuple[Any, Any, Any]:
    if len(token) > LONGEST_TOKEN:
        raise Refused("unreadable", "时间戳异常地大，没有核验。")
    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        raise Refused("unreadable", "时间戳损坏，或者不是 RFC 3161 时间戳。")
    signed = content["content"]
    inner = signed["encap_content_info"]
    if inner["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise Refused("unreadable", "时间戳损坏，或者不是 RFC 3161 时间戳。")
    signed.native  # noqa: B018  # reads every field, so that nothing fails later
    return tsp.TSTInfo.load(bytes(inner["content"]), strict=True), signed, signed["signer_infos"][0]


def _facts(info: Any) -> dict[str, Any]:
    at = info["gen_time"].native
    accuracy = info["accuracy"].native
    milliseconds = None
    if accuracy is not None:
        milliseconds = (accuracy["seconds"] or 0) * 1000 + (accuracy["millis"] or 0) + bool(accuracy["micros"])
    return {
        "at": at.astimezone(UTC),
        "accuracy_ms": milliseconds,
        "policy": info["policy"].dotted,
        "serial": info["serial_number"].native,
    }


def _name(algorithm: Any) -> str:
    # asn1crypto has names for some digests and gives the number of others.
    native = str(algorithm["algorithm"].native)
    return native if native in _DIGESTS else str(algorithm["algorithm"].dotted)


def _check_imprint(info: Any, digest: bytes, algorithm: str) -> None:
    imprint = info["message_imprint"]
    expected = _SM3 if algorithm == "sm3" else algorithm
    if _name(imprint["hash_algorithm"]) != expected or imprint["hashed_message"].native != digest:
        raise Refused("other-digest", "时间戳证明的是另一份内容，不是这一份；内容可能被改动过。")


def _check_signer(signed: Any, signer: Any) -> x509.Certificate:
    certificate = _find_certificate(signed, signer["sid"])
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    digest = _DIGESTS.get(_name(signer["digest_algorithm"]))
    if digest is None or len(attributes) != len(signer["signed_attrs"]):
        raise Refused("unsupported", "时间戳用了本程序不支持的摘要算法，或者签名属性重复。")
    if attributes["content_type"][0].native != "tst_info":
        raise Refused("broken-signature", "时间戳的签名属性和内容不符，可能被改动过。")
    content = bytes(signed["encap_content_info"]["content"])
    if attributes["message_digest"][0].native != digest(content):
        raise Refused("broken-signature", "时间戳的内容和签名不符，时间戳被改动过。")
    _check_named(attributes, certificate)
    message = b"\x31" + signer["signed_attrs"].dump()[1:]
    spki = certificate.public_key.dump()
    algorithm = _complete(signer["signature_algorithm"], signer["digest_algorithm"])
    if not verify_signature(spki, algorithm, message, signer["signature"].native):
        raise Refused("broken-signature", "时间戳的签名不对，时间戳被改动过，或者是冒名签发的。")
    return certificate


def _complete(signature: Any, digest: Any) -> Any:
    # RFC 5652 lets an RSA signature leave its digest to the signer's digest algorithm.
    if signature["algorithm"].native != "rsassa_pkcs1v15":
        return signature
    return type(signature)({"algorithm": f"{digest['algorithm'].native}_rsa"})


def _find_certificate(signed: Any, sid: Any) -> x509.Certificate:
    for each in signed["certificates"] or ():
        found = each.chosen
        if not isinstance(found, x509.Certificate):
            continue
        if sid.name == "issuer_and_serial_number":
            if found.issuer == sid.chosen["issuer"] and found.serial_number == sid.chosen["serial_number"].native:
                return found
        elif found.key_identifier == sid.chosen.native:
            return found
    raise Refused("no-certificate", "时间戳里没有签发它的证书，无法核验。请取带证书的时间戳。")


def _check_named(attributes: dict[str, Any], certificate: x509.Certificate) -> None:
    """RFC 5816: the signer's certificate is named under the signature, so that no other can be put in its place."""
    der = certificate.dump()
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        digest = _DIGESTS.get(_name(named["hash_algorithm"]))
        is_it = digest is not None and named["cert_hash"].native == digest(der)
    elif "signing_certificate" in attributes:
        named = attributes["signing_certificate"][0]["certs"][0]
        is_it = named["cert_hash"].native == hashlib.sha1(der, usedforsecurity=False).digest()
    else:
        is_it = False
    if not is_it:
        raise Refused("other-certificate", "时间戳没有写明由哪张证书签发，或者写的是另一张。")

"""A certificate's chain up to a trusted authority, judged as of a moment, with revocation lists: RFC 5280 for P-256,
other NIST curves and RSA, GM/T 0015 for SM2.

Every objection is a sentence of its own: a person has to do something else about each.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from zhengtong_verify import sm2
from zhengtong_verify.faults import READING_FAULTS

MOST_LINKS = 8
SM2_SM3 = "1.2.156.10197.1.501"
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
# What this program judges by; another extension that is marked critical makes a certificate unusable (RFC 5280 4.2).
_UNDERSTOOD = frozenset(
    (
        "basic_constraints",
        "key_usage",
        "extended_key_usage",
        "subject_alt_name",
        "certificate_policies",
        "ocsp_no_check",
    )
)
_REASONS = {
    "unspecified": "未说明原因",
    "key_compromise": "密钥泄露或者丢失",
    "ca_compromise": "颁发机构密钥泄露",
    "affiliation_changed": "单位或者姓名变更",
    "superseded": "已换发新证书",
    "cessation_of_operation": "不再使用",
    "certificate_hold": "暂停使用",
    "remove_from_crl": "恢复",
    "privilege_withdrawn": "不再具备资格",
    "aa_compromise": "属性机构密钥泄露",
}
_USAGES = {
    "digital_signature": "数字签名",
    "non_repudiation": "不可否认签名",
    "key_encipherment": "密钥加密",
    "key_cert_sign": "颁发证书",
    "crl_sign": "签发吊销列表",
    "time_stamping": "时间戳",
    "ocsp_signing": "证书状态答复",
    "server_auth": "服务器身份",
    "client_auth": "客户端身份",
}


class Unreadable(ValueError):
    """These bytes are no certificate or revocation list."""


@dataclass(frozen=True)
class Problem:
    """One objection: ``code`` for programs, ``sentence`` for people, ``subject`` whose certificate it is about."""

    code: str
    sentence: str
    subject: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was found. ``chain`` leads from the certificate to the trusted one, as far as it could be built."""

    chain: tuple[bytes, ...]
    problems: tuple[Problem, ...] = field(default=())
    is_status_known: bool = False

    @property
    def is_valid(self) -> bool:
        return not self.problems

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(problem.code for problem in self.problems)


def parse_certificate(der: bytes) -> x509.Certificate:
    """Return the parsed certificate, all of it read once. Raises Unreadable, whatever an outsider sends."""
    try:
        parsed: x509.Certificate = x509.Certificate.load(der, strict=True)
        parsed.native  # noqa: B018  # reads every field, so that nothing fails later
    except READING_FAULTS as error:
        raise Unreadable("不是可以读取的证书") from error
    return parsed


def parse_list(der: bytes) -> asn1_crl.CertificateList:
    """Return the parsed revocation list. Raises Unreadable."""
    try:
        parsed: asn1_crl.CertificateList = asn1_crl.CertificateList.load(der, strict=True)
        parsed.native  # noqa: B018
    except READING_FAULTS as error:
        raise Unreadable("不是可以读取的吊销列表") from error
    return parsed


def verify_signature(spki: bytes, algorithm: Any, message: bytes, signature: bytes) -> bool:
    """Say whether ``signature`` over ``message`` was made by the key ``spki`` as ``algorithm`` (asn1crypto's
    SignedDigestAlgorithm) says. SHA-1 and weaker digests never count."""
    if algorithm["algorithm"].dotted == SM2_SM3:
        return sm2.verify(spki, message, signature)
    try:
        digest, key = _HASHES[algorithm.hash_algo](), load_der_public_key(spki)
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm.signature_algo == "ecdsa":
            key.verify(signature, message, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pkcs1v15":
            key.verify(signature, message, padding.PKCS1v15(), digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pss":
            salt = algorithm["parameters"]["salt_length"].native
            key.verify(signature, message, padding.PSS(padding.MGF1(_HASHES[algorithm.hash_algo]()), salt), digest)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, *READING_FAULTS):
        return False
    return True


def is_issued_by(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """Say whether the key in ``parent`` made the signature in ``child``."""
    return verify_signature(
        parent.public_key.dump(),
        child["signature_algorithm"],
        child["tbs_certificate"].dump(),
        bytes(child["signature_value"]),
    )


def check_chain(
    certificate: bytes,
    *,
    anchors: Iterable[bytes],
    intermediates: Iterable[bytes] = (),
    at: datetime | None = None,
    lists: Iterable[bytes] = (),
    usage: str = "",
    extended_usage: str = "",
    needs_status: bool = False,
) -> Verdict:
    """Judge ``certificate`` as of ``at`` (now, when left out), trusting ``anchors`` and nothing else.

    ``intermediates`` help to build the chain, in any order. ``lists`` are revocation lists; one counts when the
    authority that issued the certificate signed it and its time covers ``at``, or is later. ``usage`` and
    ``extended_usage`` (``digital_signature``, ``time_stamping`` …) are what the certificate is to be used for.
    With ``needs_status`` a certificate without a list that counts is refused; otherwise the verdict says it.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    try:
        leaf = parse_certificate(certificate)
    except Unreadable:
        return Verdict((certificate,), (Problem("unreadable", "证书文件损坏或者不是证书，请换一份完整的文件。"),))
    trusted = list(_parse_each(anchors))
    links, problem = _build(leaf, trusted, list(_parse_each(intermediates)))
    found = [] if problem is None else [problem]
    found += _check_leaf(leaf, usage, extended_usage)
    for depth, link in enumerate(links):
        found += _check_time(link, moment)
        found += _check_extensions(link)
        if depth:
            found += _check_authority(link, depth - 1)
    is_known = problem is None and len(links) > 1
    if problem is None:
        parsed_lists = list(_parse_lists(lists))
        for child, parent in pairwise(links):
            state = _check_status(child, parent, parsed_lists, moment)
            if state is None:
                is_known = False
                if needs_status:
                    found.append(_say("status-unknown", "查不到“{}”是否被吊销：没有在有效期内的吊销列表。", child))
            elif isinstance(state, Problem):
                found.append(state)
    return Verdict(tuple(link.dump() for link in links), tuple(dict.fromkeys(found)), is_known)


def name_of(certificate: x509.Certificate) -> str:
    """Return what a certificate is called: its common name, or all of its name."""
    native = certificate.subject.native
    name = native.get("common_name") or native.get("organization_name")
    return str(name if isinstance(name, str) else certificate.subject.human_friendly)


def _say(code: str, sentence: str, certificate: x509.Certificate, *more: str) -> Problem:
    name = name_of(certificate)
    return Problem(code, sentence.format(name, *more), name)


def _shown(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _parse_each(given: Iterable[bytes]) -> Iterator[x509.Certificate]:
    for der in given:
        try:
            yield parse_certificate(der)
        except Unreadable:
            continue


def _parse_lists(given: Iterable[bytes]) -> Iterator[asn1_crl.CertificateList]:
    for der in given:
        try:
            yield parse_list(der)
        except Unreadable:
            continue


def _fingerprint(certificate: x509.Certificate) -> bytes:
    return hashlib.sha256(certificate.dump()).digest()


def _build(
    leaf: x509.Certificate, anchors: Sequence[x509.Certificate], intermediates: Sequence[x509.Certificate]
) -> tuple[list[x509.Certificate], Problem | None]:
    """Return the links from ``leaf`` to an anchor; without a way, the longest that was tried and why it ends."""
    trusted = {_fingerprint(anchor) for anchor in anchors}
    longest: list[x509.Certificate] = [leaf]
    broken: x509.Certificate | None = None

    def climb(path: list[x509.Certificate]) -> list[x509.Certificate] | None:
        nonlocal longest, broken
        at = path[-1]
        if len(path) > len(longest):
            longest = path
        if _fingerprint(at) in trusted:
            return path
        if len(path) >= MOST_LINKS:
            return None
        seen = {_fingerprint(each) for each in path}
        for parent in (*anchors, *intermediates):
            if parent.subject != at.issuer or _fingerprint(parent) in seen or not _keys_may_match(at, parent):
                continue
            if not is_issued_by(at, parent):
                broken = at
            elif (way := climb([*path, parent])) is not None:
                return way
        return None

    if (way := climb([leaf])) is not None:
        return way, None
    top = longest[-1]
    if top.subject == top.issuer and is_issued_by(top, top):
        sentence = "“{}”是自己给自己签发的，不是受信任的颁发机构；名称相同也不能相信。"
        return longest, _say("self-signed", sentence, top)
    if broken is not None:
        return longest, _say("broken-signature", "“{}”的颁发机构签名不对：证书被改动过，或者是冒名签发的。", broken)
    return longest, _say("untrusted", "“{}”的颁发机构不在信任列表里。", top)


def _keys_may_match(child: x509.Certificate, parent: x509.Certificate) -> bool:
    asked, has = child.authority_key_identifier, parent.key_identifier
    return asked is None or has is None or asked == has


def _check_time(certificate: x509.Certificate, moment: datetime) -> Iterator[Problem]:
    first, last = certificate.not_valid_before, certificate.not_valid_after
    if moment < first:
        yield _say("not-yet-valid", "“{}”在 {} 才生效，在此之前不能使用。", certificate, _shown(first))
    if moment > last:
        yield _say("expired", "“{}”已在 {} 过期。", certificate, _shown(last))


def _check_extensions(certificate: x509.Certificate) -> Iterator[Problem]:
    kinds = [each["extn_id"].native for each in certificate["tbs_certificate"]["extensions"] or ()]
    if len(set(kinds)) != len(kinds):
        yield _say("doubled-extension", "“{}”的同一个扩展项写了两次，不合格式。", certificate)
    for kind in sorted(set(certificate.critical_extensions) - _UNDERSTOOD):
        yield _say("unknown-extension", "“{}”有一个必须理解而本程序不认识的扩展项：{}。", certificate, kind)
    inner, outer = certificate["tbs_certificate"]["signature"], certificate["signature_algorithm"]
    if inner.dump() != outer.dump():
        yield _say("algorithm-mismatch", "“{}”里外写的签名算法不一样。", certificate)
    key = certificate.public_key
    if key.algorithm == "rsa" and key.bit_size < 2048:
        yield _say("weak-key", "“{}”的 RSA 密钥只有 {} 位，强度不够。", certificate, str(key.bit_size))


def _check_authority(certificate: x509.Certificate, below: int) -> Iterator[Problem]:
    constraints, usage = certificate.basic_constraints_value, certificate.key_usage_value
    if constraints is None or not constraints["ca"].native:
        yield _say("not-an-authority", "“{}”不是颁发机构的证书，它签发的证书无效。", certificate)
        return
    if usage is not None and "key_cert_sign" not in usage.native:
        yield _say("wrong-usage", "“{}”的密钥用法不包括颁发证书。", certificate)
    longest = constraints["path_len_constraint"].native
    if longest is not None and below > longest:
        yield _say("path-too-long", "“{}”之下的颁发层级超过了它允许的 {} 层。", certificate, str(longest))


def _check_leaf(certificate: x509.Certificate, usage: str, extended: str) -> Iterator[Problem]:
    allowed, purposes = certificate.key_usage_value, certificate.extended_key_usage_value
    if usage and allowed is not None and usage not in allowed.native:
        yield _say("wrong-usage", "“{}”的密钥用法不包括{}。", certificate, _USAGES.get(usage, usage))
    if extended:
        named: Collection[str] = purposes.native if purposes is not None else ()
        # A certificate without the extension may be used for anything, except where a standard asks for it by name.
        must_name = extended in ("time_stamping", "ocsp_signing")
        if (purposes is not None or must_name) and extended not in named:
            yield _say("wrong-usage", "“{}”不能用于{}。", certificate, _USAGES.get(extended, extended))


def _check_status(
    child: x509.Certificate, parent: x509.Certificate, lists: Sequence[asn1_crl.CertificateList], moment: datetime
) -> Problem | bool | None:
    """Return the objection, True when a list says nothing against it, None when no list counts."""
    newest: asn1_crl.CertificateList | None = None
    for each in lists:
        if each.issuer != parent.subject or not _covers(each, moment) or not _is_list_of(each, parent):
            continue
        if newest is None or _order(each) > _order(newest):
            newest = each
    if newest is None:
        return None
    for entry in newest["tbs_cert_list"]["revoked_certificates"] or ():
        if entry["user_certificate"].native != child.serial_number:
            continue
        at = entry["revocation_date"].native
        if at > moment:
            return True
        value = entry.crl_reason_value
        reason = _REASONS.get(value.native if value is not None else "unspecified", "其他原因")
        return _say("revoked", "“{}”已在 {} 吊销，原因：{}。", child, _shown(at), reason)
    return True


def _order(each: asn1_crl.CertificateList) -> tuple[datetime, int]:
    # Two lists of one second (a revocation right after the last list) are told apart by their number.
    number = each.crl_number_value
    return _this_update(each), number.native if number is not None else 0


def _this_update(each: asn1_crl.CertificateList) -> datetime:
    moment: datetime = each["tbs_cert_list"]["this_update"].native
    return moment


def _covers(each: asn1_crl.CertificateList, moment: datetime) -> bool:
    """A list published later than ``moment`` knows more; one from before counts until its time is over."""
    if each.critical_extensions - {"issuing_distribution_point"} or each.delta_crl_indicator_value is not None:
        return False
    point = each.issuing_distribution_point_value
    if point is not None and (point["indirect_crl"].native or point["only_some_reasons"].native):
        return False
    following = each["tbs_cert_list"]["next_update"].native
    return _this_update(each) >= moment or (following is not None and moment <= following)


def _is_list_of(each: asn1_crl.CertificateList, parent: x509.Certificate) -> bool:
    usage = parent.key_usage_value
    if usage is not None and "crl_sign" not in usage.native:
        return False
    return verify_signature(
        parent.public_key.dump(), each["signature_algorithm"], each["tbs_cert_list"].dump(), bytes(each["signature"])
    )

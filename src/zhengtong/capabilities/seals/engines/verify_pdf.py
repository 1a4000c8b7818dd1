"""Judging the seals on a PDF: each signature, what it covers, and what was done to the file after it."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from asn1crypto import x509
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.crypt.api import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from zhengtong.capabilities.seals.engines.cms_checks import STRONG, digest_of, is_signed_by
from zhengtong.capabilities.seals.engines.judging import (
    Register,
    check_certificate,
    check_standing,
    check_time,
    holder_of,
)
from zhengtong.capabilities.seals.engines.material import BrokenPdf, CutPdf, NotAPdf, SealingRefused
from zhengtong.capabilities.seals.engines.pdf_reading import PDF_FAULTS, count_pages, look
from zhengtong.capabilities.seals.engines.report import Check, Outcome, SealReport, failed, passed
from zhengtong.capabilities.seals.engines.trust import Anchors

MOST_SIGNATURES = 60
MOST_OBJECTS = 300_000
_FAULTS = (*PDF_FAULTS, SignatureValidationError, SigningError, ValidationInfoReadingError)


class PasswordNeeded(SealingRefused):
    code = "password_needed"


class WrongPassword(SealingRefused):
    code = "wrong_password"


class TooManySeals(SealingRefused):
    code = "too_many"


class TooManyObjects(SealingRefused):
    code = "too_many_objects"


def open_for_verification(pdf: bytes, password: str) -> PdfFileReader:
    """Return a reader of ``pdf``, decrypted. Raises SealingRefused."""
    if b"%PDF-" not in pdf[:1024]:
        raise NotAPdf
    if b"%%EOF" not in pdf[-2048:]:
        raise CutPdf
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        if reader.encrypted:
            for attempt in dict.fromkeys(("", password)):
                if reader.decrypt(attempt).status is not AuthStatus.FAILED:
                    break
            else:
                raise WrongPassword if password else PasswordNeeded
        count_pages(reader)
        if int(look(reader.trailer_view, "/Size", 0)) > MOST_OBJECTS:
            raise TooManyObjects
    except PDF_FAULTS as error:
        raise BrokenPdf from error
    return reader


def verify_pdf(
    pdf: bytes, *, anchors: Anchors, register: Register, password: str = ""
) -> tuple[int, tuple[SealReport, ...]]:
    """Return how many pages ``pdf`` has, and what was found about each seal. Raises SealingRefused."""
    reader = open_for_verification(pdf, password)
    try:
        signatures = [each for each in reader.embedded_signatures if each.sig_object_type == "/Sig"]
        pages = count_pages(reader)
    except _FAULTS as error:
        raise BrokenPdf from error
    if len(signatures) > MOST_SIGNATURES:
        raise TooManySeals
    certificates, lists = _read_store(reader)
    found = tuple(_judge(each, certificates, lists, anchors, register) for each in signatures)
    return pages, found


def _judge(
    signature: EmbeddedPdfSignature,
    certificates: list[bytes],
    lists: list[bytes],
    anchors: Anchors,
    register: Register,
) -> SealReport:
    try:
        certificate = signature.signer_cert
        holder = holder_of(certificate)
        said = signature.self_reported_timestamp
    except _FAULTS:
        broken = failed("signature", _("签名"), _("签名的数据损坏，读不出是谁盖的章。"))
        return SealReport(_("未知"), "", (broken,))
    value = signature.signer_info["signature"].native
    time_check, moment = check_time(_time_stamp(signature), value, said, anchors, lists)
    given = [*certificates, *(each.dump() for each in signature.other_embedded_certs)]
    standing_check, standing = check_standing(certificate, moment, register)
    signature_check = _check_signature(signature, certificate)
    checks = (
        signature_check,
        # What a signature covers says nothing once it isn't one over these bytes.
        _check_coverage(signature) if signature_check.outcome is Outcome.PASSED else _say_uncovered(),
        time_check,
        *check_certificate(certificate, given, moment, anchors, lists),
        standing_check,
    )
    return SealReport(
        name=standing.name if standing else str(look(signature.sig_object, "/Name", "") or holder),
        holder=holder,
        checks=checks,
        code=standing.code if standing else "",
        sealed_at=moment.at,
        is_time_proved=moment.is_proved,
        pages=tuple(_pages_of(signature)),
        certificate=f"{certificate.serial_number:x}",
        issuer=str(certificate.issuer.native.get("common_name") or certificate.issuer.human_friendly),
    )


def _check_signature(signature: EmbeddedPdfSignature, certificate: x509.Certificate) -> Check:
    name = _("签名")
    try:
        if signature.md_algorithm not in STRONG:
            sentence = _("签名用的摘要算法（%(name)s）太弱，今天可以伪造。")
            return failed("signature", name, sentence % {"name": signature.md_algorithm})
        if not _names_certificate(signature, certificate):
            return failed("signature", name, _("签名写明的证书和附带的证书不是同一张，证书被换过。"))
        is_good = is_signed_by(signature.signer_info, certificate, signature.compute_digest())
    except _FAULTS:
        return failed("signature", name, _("签名的数据损坏，无法验证。"))
    if not is_good:
        return failed("signature", name, _("签名和文件内容对不上：文件被改动过，或者签名是伪造的。"))
    return passed("signature", name, _("签名和文件内容对得上，是用这张证书的密钥签的。"))


def _names_certificate(signature: EmbeddedPdfSignature, certificate: x509.Certificate) -> bool:
    """ESS: the certificate is named under the signature. A signature of an older kind names none, which is no fault."""
    for each in signature.signer_info["signed_attrs"]:
        if each["type"].native == "signing_certificate_v2":
            named = each["values"][0]["certs"][0]
            digest = digest_of(named["hash_algorithm"]["algorithm"].native, certificate.dump())
            return bool(named["cert_hash"].native == digest)
    return True


def _say_uncovered() -> Check:
    sentence = _("签名和内容对不上，盖章后的改动已经分辨不出是哪些。")
    return failed("coverage", _("盖章后有没有改动"), sentence)


def _check_coverage(signature: EmbeddedPdfSignature) -> Check:
    name = _("盖章后有没有改动")
    try:
        signature.compute_integrity_info()
        facts = signature.summarise_integrity_info()
    except _FAULTS:
        return failed("coverage", name, _("签名覆盖的范围写错了，可能是为了藏住改动。"))
    coverage = facts["coverage"]
    if coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return passed("coverage", name, _("签名覆盖整个文件，盖章后没有任何改动。"))
    if coverage is not SignatureCoverageLevel.ENTIRE_REVISION:
        return failed("coverage", name, _("签名没有覆盖整个文件，有的内容不在保护之内。"))
    changes = getattr(signature.diff_result, "modification_level", ModificationLevel.OTHER)
    if changes is ModificationLevel.OTHER or not facts["docmdp_ok"]:
        return failed("coverage", name, _("盖章之后文件内容被改动过。"))
    if changes is ModificationLevel.FORM_FILLING:
        return passed("coverage", name, _("盖章后又盖了别的章或者填了表格栏，原来的页面内容没有改动。"))
    if changes is ModificationLevel.ANNOTATIONS:
        return failed("coverage", name, _("盖章后有人在页面上加了批注。"))
    return passed("coverage", name, _("盖章后只附上了证书状态等验证材料，内容没有改动。"))


def _time_stamp(signature: EmbeddedPdfSignature) -> bytes:
    with suppress(*_FAULTS):
        for each in signature.signer_info["unsigned_attrs"] or ():
            if each["type"].native == "signature_time_stamp_token":
                return bytes(each["values"][0].dump())
    return b""


def _read_store(reader: PdfFileReader) -> tuple[list[bytes], list[bytes]]:
    """Return the certificates and revocation lists that the file brings along: believed by their signatures only."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        certificates = [each.dump() for each in store.load_certs()]
        lists = [bytes(each.get_object().data) for each in store.crls]
    except _FAULTS:
        return [], []
    return certificates, lists


def _pages_of(signature: EmbeddedPdfSignature) -> Iterator[int]:
    """Yield the page that shows the seal; an invisible signature is on none."""
    try:
        field = signature.sig_field
        left, low, right, high = (float(each) for each in look(field, "/Rect", (0, 0, 0, 0)))
        if left == right or low == high:
            return
        page = field.raw_get("/P").reference
        for number, each in enumerate(_list_pages(signature.reader), start=1):
            if each == page:
                yield number
    except _FAULTS:
        return


def _list_pages(reader: PdfFileReader) -> Iterator[object]:
    waiting = [reader.root.raw_get("/Pages")]
    seen = 0
    while waiting:
        reference = waiting.pop()
        node = reference.get_object()
        seen += 1
        if seen > MOST_OBJECTS:
            return
        if "/Kids" in node:
            waiting += reversed(list(node["/Kids"]))
        else:
            yield reference.reference

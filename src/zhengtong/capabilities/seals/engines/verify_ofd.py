"""Judging the seals on an OFD: the digests of its files, the GB/T 38540 signature over them, the seal itself."""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from asn1crypto import x509
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.engines.cms_checks import digest_of
from zhengtong.capabilities.seals.engines.judging import (
    Moment,
    Register,
    check_certificate,
    check_standing,
    check_time,
    holder_of,
)
from zhengtong.capabilities.seals.engines.material import BrokenOfd
from zhengtong.capabilities.seals.engines.ofd_signing import list_sheets, open_document
from zhengtong.capabilities.seals.engines.package import (
    NAMESPACE,
    Package,
    find_text,
    get_file,
    open_package,
    parse_xml,
    resolve,
)
from zhengtong.capabilities.seals.engines.report import Check, SealReport, failed, passed, unknown
from zhengtong.capabilities.seals.engines.ses import (
    SM2_WITH_SM3,
    SM3,
    SealSignature,
    UnreadableSeal,
    list_certificates,
    read_signature,
)
from zhengtong.capabilities.seals.engines.trust import Anchors
from zhengtong.capabilities.seals.engines.verify_pdf import MOST_SIGNATURES, TooManySeals
from zhengtong_verify import sm2
from zhengtong_verify.chain import Unreadable, check_chain, parse_certificate

_METHODS = {SM3: "sm3", "sm3": "sm3", "2.16.840.1.101.3.4.2.1": "sha256", "sha256": "sha256", "sha-256": "sha256"}


@dataclass(frozen=True)
class _Described:
    """One entry of the document's list of signatures: its description and where that lies."""

    place: str
    tree: Element
    content: bytes

    @property
    def value_place(self) -> str:
        return resolve(self.place, find_text(self.tree, "SignedValue"))

    @property
    def seal_place(self) -> str:
        named = find_text(self.tree, "SignedInfo/Seal/BaseLoc")
        return resolve(self.place, named) if named else ""


def verify_ofd(ofd: bytes, *, anchors: Anchors, register: Register) -> tuple[int, tuple[SealReport, ...]]:
    """Return how many pages ``ofd`` has, and what was found about each seal. Raises SealingRefused."""
    package = open_package(ofd)
    _entrance, body = open_document(package)
    sheets = list_sheets(package, body)
    listed = find_text(body, "Signatures")
    if not listed:
        return len(sheets), ()
    listing = resolve("OFD.xml", listed)
    tree = parse_xml(get_file(package.files, listing))
    entries = tree.findall(f"{NAMESPACE}Signature")
    if len(entries) > MOST_SIGNATURES:
        raise TooManySeals
    described = []
    for entry in entries:
        place = resolve(listing, entry.get("BaseLoc", ""))
        content = get_file(package.files, place)
        described.append(_Described(place, parse_xml(content), content))
    document = resolve("OFD.xml", find_text(body, "DocRoot"))
    pages = {sheet.identifier: number for number, sheet in enumerate(sheets, start=1)}
    found = []
    for number, each in enumerate(described):
        # What a later seal brought belongs to that one, and the list grows with each.
        later = {
            name for other in described[number + 1 :] for name in (other.place, other.value_place, other.seal_place)
        }
        allowed = {listing, each.place, each.value_place, *later}
        found.append(_judge(package, each, allowed, document, pages, anchors, register))
    return len(sheets), tuple(found)


def _judge(
    package: Package,
    described: _Described,
    allowed: set[str],
    document: str,
    pages: dict[str, int],
    anchors: Anchors,
    register: Register,
) -> SealReport:
    references = _check_references(package, described, allowed, document)
    shown = _list_pages(described, pages)
    try:
        value = get_file(package.files, described.value_place)
        signature = read_signature(value)
        certificate = parse_certificate(signature["cert"].native)
    except (UnreadableSeal, Unreadable, BrokenOfd):
        sentence = _("签章的数据损坏，或者不是 GB/T 38540 的第 4 版，读不出是谁盖的章。")
        return SealReport(_("未知"), "", (failed("signature", _("签名"), sentence), references), pages=shown)
    signed = signature["signed"]
    info = signed["seal"]["info"]
    token = signature["time_stamp"].native or b""
    time_check, moment = check_time(token, signature["signature"].native, signed["time"].native, anchors)
    standing_check, _standing = check_standing(certificate, moment, register)
    checks = (
        _check_signature(described, signature, certificate),
        references,
        _check_seal(package, described, signature, moment, anchors),
        time_check,
        *check_certificate(certificate, (), moment, anchors),
        standing_check,
    )
    picture = info["picture"]
    return SealReport(
        name=str(info["property"]["name"].native),
        holder=holder_of(certificate),
        checks=checks,
        code=str(info["es_id"].native),
        sealed_at=moment.at,
        is_time_proved=moment.is_proved,
        pages=shown,
        certificate=f"{certificate.serial_number:x}",
        issuer=str(certificate.issuer.native.get("common_name") or certificate.issuer.human_friendly),
        picture=picture["data"].native if picture["type"].native.lower() == "png" else b"",
    )


def _check_signature(described: _Described, signature: SealSignature, certificate: x509.Certificate) -> Check:
    name = _("签名")
    signed = signature["signed"]
    if signature["algorithm"].native != SM2_WITH_SM3:
        return unknown("signature", name, _("签名用的不是国密 SM2 算法，这里不能验证。"))
    if not hmac.compare_digest(signed["digest"].native, sm2.sm3(described.content)):
        return failed("signature", name, _("签名和签章描述对不上：文件被改动过，或者签名是伪造的。"))
    if signed["property"].native.lstrip("/") != described.place:
        return failed("signature", name, _("签名是给另一份签章描述签的，被人挪用了。"))
    if not sm2.verify(certificate.public_key.dump(), signed.dump(), signature["signature"].native):
        return failed("signature", name, _("签名不对：签章数据被改动过，或者是伪造的。"))
    return passed("signature", name, _("签名用国密 SM2 验证通过，是用这张证书的密钥签的。"))


def _check_references(package: Package, described: _Described, allowed: set[str], document: str) -> Check:
    """Every file of the package has to have the digest that was sealed; none may have come to it since."""
    name = _("盖章后有没有改动")
    references = described.tree.find(f"{NAMESPACE}SignedInfo/{NAMESPACE}References")
    if references is None:
        return failed("references", name, _("签章没有写明保护哪些文件。"))
    method = _METHODS.get(references.get("CheckMethod", "").lower())
    if method is None:
        return failed("references", name, _("保护文件的摘要算法太弱或者不认识，今天可以伪造。"))
    covered = set()
    for each in references.iterfind(f"{NAMESPACE}Reference"):
        place = resolve(described.place, each.get("FileRef", ""))
        content = package.files.get(place)
        if content is None:
            return failed("references", name, _("盖章后文件里少了内容：%(file)s。") % {"file": place})
        try:
            stated = b64decode(find_text(each, "CheckValue"), validate=True)
        except (NotBase64, ValueError):
            stated = b""
        if not hmac.compare_digest(stated, digest_of(method, content)):
            return failed("references", name, _("盖章后文件被改动过：%(file)s。") % {"file": place})
        covered.add(place)
    if document not in covered:
        return failed("references", name, _("签章没有保护文档本身，内容可以随意更换。"))
    # Others leave the entrance out; all that it says, which document is meant, was looked at above.
    added = sorted(set(package.files) - covered - allowed - {"OFD.xml"})
    if added:
        return failed("references", name, _("盖章后文件里加进了内容：%(file)s。") % {"file": added[0]})
    sentence = _("包里的 %(count)s 个文件都在签章保护之内，和盖章时一字不差。")
    return passed("references", name, sentence % {"count": len(covered)})


def _check_seal(
    package: Package, described: _Described, signature: SealSignature, moment: Moment, anchors: Anchors
) -> Check:
    """The seal itself: made by whom, for which certificates, for which time, and the one that the file shows."""
    name = _("印章数据")
    seal = signature["signed"]["seal"]
    if described.seal_place and package.files.get(described.seal_place, b"") != seal.dump():
        return failed("seal_binding", name, _("显示的印章和签名里的印章不是同一枚。"))
    try:
        maker = parse_certificate(seal["cert"].native)
        certificates, digests = list_certificates(seal)
    except (Unreadable, UnreadableSeal):
        return failed("seal_binding", name, _("印章数据损坏，读不出是谁制作的。"))
    if seal["algorithm"].native != SM2_WITH_SM3:
        return unknown("seal", name, _("制作印章用的不是国密 SM2 算法，这里不能验证。"))
    if not sm2.verify(maker.public_key.dump(), seal["info"].dump(), seal["signature"].native):
        return failed("seal_binding", name, _("印章数据被改动过，或者不是制章单位制作的。"))
    used = signature["cert"].native
    if used not in certificates and sm2.sm3(used) not in digests:
        return failed("seal_binding", name, _("盖章用的证书不在这枚印章准许的证书里。"))
    named = seal["info"]["property"]
    if moment.at is not None and not named["valid_from"].native <= moment.at <= named["valid_until"].native:
        return failed("seal", name, _("盖章时印章不在它的有效期内。"))
    verdict = check_chain(
        maker.dump(),
        anchors=anchors.all,
        intermediates=anchors.intermediates,
        at=named["created"].native,
        lists=anchors.lists,
    )
    if verdict.problems:
        sentence = _("制作印章的单位不能认可：%(why)s") % {"why": verdict.problems[0].sentence}
        return failed("seal", name, sentence)
    return passed("seal", name, _("印章由“%(maker)s”制作，没有被改动。") % {"maker": holder_of(maker)})


def _list_pages(described: _Described, pages: dict[str, int]) -> tuple[int, ...]:
    stamps = described.tree.iterfind(f"{NAMESPACE}SignedInfo/{NAMESPACE}StampAnnot")
    return tuple(sorted({pages[each.get("PageRef", "")] for each in stamps if each.get("PageRef", "") in pages}))

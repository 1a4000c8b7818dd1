"""Sealing an OFD: a GB/T 38540 signature with SM2 over the SM3 digests of every file, the key in the signer."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from zhengtong.capabilities.seals.engines.certificates import check_for_sealing
from zhengtong.capabilities.seals.engines.material import (
    LARGEST_FILE,
    BrokenOfd,
    EncryptedOfd,
    FileTooLarge,
    NoPlacement,
    NoSm2Side,
    OtherDocument,
    OutsideThePage,
    PageMissing,
    Placement,
    SealMaterial,
    SeveralDocuments,
)
from zhengtong.capabilities.seals.engines.ofd import NAMESPACE, element, root, shown
from zhengtong.capabilities.seals.engines.package import NAMESPACE as TAGS
from zhengtong.capabilities.seals.engines.package import (
    Package,
    find_text,
    get_file,
    open_package,
    parse_xml,
    resolve,
)
from zhengtong.capabilities.seals.engines.ses import SM2_WITH_SM3, SM3, join_signature, make_to_be_signed
from zhengtong.capabilities.seals.engines.trust import Trust, get_trust
from zhengtong.core.crypto.public import Purpose, signer
from zhengtong_verify.sm2 import sm3

register_namespace("ofd", NAMESPACE)
_PROVIDER = {"ProviderName": "Zhengtong", "Version": "1.0", "Company": "Zhengtong"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the document: its number in the file, and its size."""

    identifier: str
    width: float
    height: float


def sign_ofd(
    ofd: bytes,
    *,
    seal: SealMaterial,
    placements: Sequence[Placement],
    token: str,
    document: str,
    trust: Trust | None = None,
) -> bytes:
    """Return ``ofd`` with one signature more, which shows the seal at every placement and is stamped with the time.

    The token is spent once. Raises SealingRefused, SignerRefused and SignerUnavailable.
    """
    if not placements:
        raise NoPlacement
    if not (seal.sm2_certificate and seal.sm2_key_name and seal.ses_seal):
        raise NoSm2Side
    if len(ofd) > LARGEST_FILE:
        raise FileTooLarge
    if sha256(ofd).hexdigest() != document.lower():
        raise OtherDocument
    trust = trust or get_trust()
    check_for_sealing(seal.sm2_certificate, seal.sm2_key_name, trust)
    package = open_package(ofd)
    entrance, body = open_document(package)
    sheets = list_sheets(package, body)
    boxes = [_locate(each, sheets, seal) for each in placements]
    listing, place = _enlist(package, entrance, body)
    now = datetime.now(UTC)
    package.put(f"{place}/Seal.esl", seal.ses_seal)
    description = _describe(package, listing, place, boxes, now)
    package.put(f"{place}/Signature.xml", description)
    signed = make_to_be_signed(seal.ses_seal, digest=sm3(description), at=now, path=f"/{place}/Signature.xml")
    signature = signer.sign(seal.sm2_key_name, signed, purpose=Purpose.SEAL, token=token, document=document)
    value = join_signature(
        signed,
        certificate=seal.sm2_certificate,
        signature=signature,
        time_stamp=trust.make_token(sha256(signature).digest(), "sha256"),
    )
    package.put(f"{place}/SignedValue.dat", value)
    return package.write()


def open_document(package: Package) -> tuple[Element, Element]:
    """Return the entrance of a package and the one document in it. Raises SealingRefused."""
    entrance = parse_xml(get_file(package.files, "OFD.xml"))
    bodies = entrance.findall(f"{TAGS}DocBody")
    if any(name.split("/")[-1].lower() in ("encryptions.xml", "encryption.xml") for name in package.files):
        raise EncryptedOfd
    if len(bodies) > 1:
        raise SeveralDocuments
    if not bodies or not find_text(bodies[0], "DocRoot"):
        raise BrokenOfd
    return entrance, bodies[0]


def list_sheets(package: Package, body: Element) -> list[Sheet]:
    """Return the pages of the document in their order. Raises BrokenOfd."""
    place = resolve("OFD.xml", find_text(body, "DocRoot"))
    tree = parse_xml(get_file(package.files, place))
    usual = find_text(tree, "CommonData/PageArea/PhysicalBox")
    sheets = []
    for page in tree.iterfind(f"{TAGS}Pages/{TAGS}Page"):
        content = parse_xml(get_file(package.files, resolve(place, page.get("BaseLoc", ""))))
        box = (find_text(content, "Area/PhysicalBox") or usual or "0 0 210 297").split()
        try:
            sheets.append(Sheet(page.attrib["ID"], float(box[2]), float(box[3])))
        except (KeyError, ValueError, IndexError) as error:
            raise BrokenOfd from error
    if not sheets:
        raise BrokenOfd
    return sheets


def _locate(placement: Placement, sheets: Sequence[Sheet], seal: SealMaterial) -> dict[str, str]:
    if not 1 <= placement.page <= len(sheets):
        raise PageMissing(page=placement.page, pages=len(sheets))
    sheet = sheets[placement.page - 1]
    right, low = placement.x_mm + seal.width_mm, placement.y_mm + seal.height_mm
    if placement.x_mm < -0.01 or placement.y_mm < -0.01 or right > sheet.width + 0.01 or low > sheet.height + 0.01:
        raise OutsideThePage(page=placement.page)
    box = shown(placement.x_mm, placement.y_mm, seal.width_mm, seal.height_mm)
    return {"PageRef": sheet.identifier, "Boundary": box}


def _enlist(package: Package, entrance: Element, body: Element) -> tuple[str, str]:
    """Put one signature more on the document's list; return the list's folder and the new signature's."""
    listed = find_text(body, "Signatures")
    if listed:
        listing = resolve("OFD.xml", listed)
        tree = parse_xml(get_file(package.files, listing))
    else:
        listing = f"{resolve('OFD.xml', find_text(body, 'DocRoot')).rpartition('/')[0]}/Signs/Signatures.xml".lstrip(
            "/"
        )
        # From here on the entrance stays as it is: every signature covers it.
        SubElement(body, f"{TAGS}Signatures").text = f"/{listing}"
        package.put("OFD.xml", _write(entrance))
        tree = Element(f"{TAGS}Signatures")
    folder = listing.rpartition("/")[0]
    numbers = [int(each.get("ID", "0")) for each in tree.iterfind(f"{TAGS}Signature") if each.get("ID", "").isdigit()]
    number = max(numbers, default=0) + 1
    latest = tree.find(f"{TAGS}MaxSignId")
    if latest is None:
        latest = Element(f"{TAGS}MaxSignId")
        tree.insert(0, latest)
    elif (latest.text or "").strip().isdigit():
        number = max(number, int(str(latest.text)) + 1)
    latest.text = str(number)
    place = f"{folder}/Sign_{number - 1}"
    while any(name.startswith(f"{place}/") for name in package.files):
        place += "_"
    attributes = {"ID": str(number), "Type": "Seal", "BaseLoc": f"/{place}/Signature.xml"}
    SubElement(tree, f"{TAGS}Signature", attributes)
    package.put(listing, _write(tree))
    return listing, place


def _describe(package: Package, listing: str, place: str, boxes: Sequence[dict[str, str]], at: datetime) -> bytes:
    """Return what the signature is over: the digest of each file but the list, which the next seal will change."""
    tree = root("Signature")
    info = element("SignedInfo", tree)
    element("Provider", info, **_PROVIDER)
    element("SignatureMethod", info, SM2_WITH_SM3)
    element("SignatureDateTime", info, f"{at:%Y%m%d%H%M%S}Z")
    references = element("References", info, CheckMethod=SM3)
    for name in sorted(package.files):
        if name != listing:
            reference = element("Reference", references, FileRef=f"/{name}")
            element("CheckValue", reference, b64encode(sm3(package.files[name])).decode())
    for number, box in enumerate(boxes, start=1):
        element("StampAnnot", info, ID=str(number), **box)
    element("BaseLoc", element("Seal", info), f"/{place}/Seal.esl")
    element("SignedValue", tree, f"/{place}/SignedValue.dat")
    return _write(tree)


def _write(tree: Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(tostring(tree, "utf-8"))

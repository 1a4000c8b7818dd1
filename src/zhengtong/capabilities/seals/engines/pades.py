"""Sealing a PDF: PAdES B-LT by pyHanko, the key in the signer, the image where it was approved to the millimetre."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

from asn1crypto import crl, ocsp, x509
from django.utils.translation import gettext as _
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhengtong.capabilities.seals.engines.certificates import check_for_sealing
from zhengtong.capabilities.seals.engines.cms_checks import has_its_digest
from zhengtong.capabilities.seals.engines.material import (
    LARGEST_FILE,
    BrokenPdf,
    BrokenSeal,
    FileTooLarge,
    NoPlacement,
    NoTrustedTime,
    OtherDocument,
    Placement,
    SealingForbidden,
    SealMaterial,
)
from zhengtong.capabilities.seals.engines.pdf_reading import PDF_FAULTS, list_form_fields, locate, look, open_pdf
from zhengtong.capabilities.seals.engines.picture import draw_pdf
from zhengtong.capabilities.seals.engines.trust import RecordingClock, Trust, get_trust
from zhengtong.core.crypto.public import Purpose, signer

_MARGINLESS = layout.SimpleBoxLayoutRule(
    x_align=layout.AxisAlignment.ALIGN_MID,
    y_align=layout.AxisAlignment.ALIGN_MID,
    margins=layout.Margins.uniform(0),
    inner_content_scaling=layout.InnerScaling.STRETCH_FILL,
)
# A P-256 signature in DER has at most 72 bytes, an RSA-3072 one 384.
_LONGEST_SIGNATURE = 384
# A time stamp brings its chain of up to three certificates along, some 3 kB; attributes and names the rest.
_ROOM_FOR_TIME = 6 * 1024


class SignerProcess(Signer):
    """Has the signer process sign for pyHanko. The token is spent by each signature that is really made."""

    def __init__(
        self, certificate: bytes, chain: tuple[bytes, ...], *, key_name: str, token: str, document: str
    ) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple([x509.Certificate.load(each) for each in chain])
        super().__init__(signing_cert=x509.Certificate.load(certificate), cert_registry=registry, embed_roots=False)
        self._key_name, self._token, self._document = key_name, token, document

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(_LONGEST_SIGNATURE)
        return signer.sign(self._key_name, data, purpose=Purpose.SEAL, token=self._token, document=self._document)


class _SealImage(PdfContent):
    """The seal's page as it is, upright on a sheet that is shown turned."""

    def __init__(self, page: bytes, turned: int) -> None:
        super().__init__()
        self._page, self._turned = page, turned

    def render(self) -> bytes:
        form = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._page)), page_ix=0)
        left, low, right, high = (float(each) for each in form.get_object()["/BBox"])
        wide, tall = abs(right - left), abs(high - low)
        sideways = self._turned in (90, 270)
        self.box = layout.BoxConstraints(width=tall if sideways else wide, height=wide if sideways else tall)
        self.resources.xobject["/Seal"] = form
        turn = {
            0: b"",
            90: b"0 1 -1 0 %g 0 cm " % tall,
            180: b"-1 0 0 -1 %g %g cm " % (wide, tall),
            270: b"0 -1 1 0 0 %g cm " % wide,
        }[self._turned]
        return b"q " + turn + b"/Seal Do Q"


def sign_pdf(
    pdf: bytes,
    *,
    seal: SealMaterial,
    placements: Sequence[Placement],
    token: str,
    document: str,
    reason: str = "",
    trust: Trust | None = None,
) -> bytes:
    """Return ``pdf`` with one signature for each placement, each with the seal's image, and all that a verifier needs
    in years to come: chains, revocation, time.

    ``token`` is spent once for each placement. Raises SealingRefused, SignerRefused and SignerUnavailable; what was
    sealed until then is thrown away.
    """
    if not placements:
        raise NoPlacement
    if len(pdf) > LARGEST_FILE:
        raise FileTooLarge
    if sha256(pdf).hexdigest() != document.lower():
        raise OtherDocument
    trust = trust or get_trust()
    check_for_sealing(seal.certificate, seal.key_name, trust)
    reader = open_pdf(pdf)
    _check_former_seals(reader)
    # All of them before the first: a seal outside the page leaves nothing half sealed.
    boxes = [locate(reader, each, seal.width_mm, seal.height_mm) for each in placements]
    image = draw_pdf(seal.image_svg, seal.width_mm, seal.height_mm)
    process = SignerProcess(seal.certificate, seal.chain, key_name=seal.key_name, token=token, document=document)
    clock = RecordingClock(trust.make_clock())
    locked = list_form_fields(reader)
    sealed = BytesIO(pdf)
    sealed.seek(0)
    try:
        for placement, (box, turned) in zip(placements, boxes, strict=True):
            field = SigFieldSpec(
                sig_field_name=f"Seal-{uuid4().hex[:12]}",
                on_page=placement.page - 1,
                box=box,  # type: ignore[arg-type]  # points need not be whole
                readable_field_name=_("电子印章：%(name)s") % {"name": seal.name},
                # Whoever fills in the form after the seal is found out.
                field_mdp_spec=FieldMDPSpec(FieldMDPAction.INCLUDE, fields=locked) if locked else None,
            )
            metadata = PdfSignatureMetadata(
                field_name=field.sig_field_name,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                name=seal.name,
                reason=reason or None,
                # No certification (DocMDP): after one no further visible seal would be allowed (ISO 32000-2, 12.8.2.2).
                certify=False,
            )
            style = StaticStampStyle(
                border_width=0,
                background=_SealImage(image, turned),
                background_opacity=1.0,
                background_layout=_MARGINLESS,
            )
            pdf_signer = PdfSigner(metadata, process, timestamper=clock, stamp_style=style, new_field_spec=field)
            writer = IncrementalPdfFileWriter(sealed)
            asyncio.run(pdf_signer.async_sign_pdf(writer, in_place=True, bytes_reserved=_reserve(seal)))
        _add_proofs(sealed, seal, clock.certificates, trust)
    except TimestampRequestError as error:
        raise NoTrustedTime from error
    except (*PDF_FAULTS, SigningError) as error:
        raise BrokenPdf from error
    return sealed.getvalue()


def _check_former_seals(reader: PdfFileReader) -> None:
    """Raise SealingForbidden or BrokenSeal where what was signed before doesn't bear a seal now."""
    try:
        for each in reader.embedded_signatures:
            # A certified document bears no further visible signature, whatever else it allows.
            if each.docmdp_level is not None and _is_certification(reader):
                raise SealingForbidden
            if not has_its_digest(each):
                raise BrokenSeal
    except PDF_FAULTS as error:
        raise BrokenPdf from error


def _is_certification(reader: PdfFileReader) -> bool:
    return "/DocMDP" in look(reader.root, "/Perms", {})


def _reserve(seal: SealMaterial) -> int:
    """Return the hexadecimal characters kept free for a signature: chain, time stamp with its chain, attributes."""
    return 2 * (len(seal.certificate) + sum(map(len, seal.chain)) + _ROOM_FOR_TIME)


def _add_proofs(sealed: BytesIO, seal: SealMaterial, time_chain: list[bytes], trust: Trust) -> None:
    """Append the document security store: the certificates of seal and time, and what shows that they were in force."""
    proofs = trust.find_proofs([seal.certificate, *seal.chain]) + trust.find_proofs(time_chain)
    certificates = dict.fromkeys((seal.certificate, *seal.chain, *time_chain, *proofs.certificates))
    DocumentSecurityStore.add_dss(
        sealed,
        None,
        certs=[x509.Certificate.load(each) for each in certificates],
        ocsps=[ocsp.OCSPResponse.load(each) for each in proofs.ocsps],
        crls=[crl.CertificateList.load(each) for each in proofs.crls],
    )

"""Setting the seal: what was approved is checked again, the signer gives a one-time token, the ledger gains a row.

One copy is one transaction. Whatever is killed in its middle leaves nothing: the copy is still waiting, and is sealed
when somebody goes on. A copy that has its row in the ledger is never sealed again.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.domain import canonical
from zhengtong.capabilities.seals.engines.material import Placement, SealingRefused, SealMaterial
from zhengtong.capabilities.seals.engines.ofd_signing import sign_ofd
from zhengtong.capabilities.seals.engines.pades import sign_pdf
from zhengtong.capabilities.seals.events import DocumentSealed
from zhengtong.capabilities.seals.models import (
    CopyState,
    LedgerRow,
    Making,
    Render,
    Seal,
    SealedCopy,
    SealUse,
    UseState,
)
from zhengtong.capabilities.seals.permissions import USE
from zhengtong.capabilities.seals.selectors import bind, digest_of
from zhengtong.capabilities.seals.services.settling import require_seal
from zhengtong.capabilities.seals.services.using import lock_use, require_usable
from zhengtong.core.audit.public import record, sm3
from zhengtong.core.crypto.public import signer
from zhengtong.core.files.public import StoredFile, open_bytes, store_bytes
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor

TOKEN_SECONDS = 120
CONTENT_TYPES = {Render.PDF: "application/pdf", Render.OFD: "application/ofd"}


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A sealed document: its use's number, the first copy's bytes and digest in each form it has."""

    number: str
    pdf: bytes
    pdf_sha256: str
    ofd: bytes = b""
    ofd_sha256: str = ""


def seal_use(*, actor: Actor, use: SealUse) -> SealUse:
    """Seal every copy of an approved use that isn't yet; what was sealed before stays as it is.

    Raises Refused when the approval is over, the seal was suspended or ended meanwhile, or the document is another;
    SealingRefused where the document can't be sealed; SignerUnavailable, after which one can go on.
    """
    if use.system_id is None:
        require_seal(actor, USE, use)
    if use.state != UseState.APPROVED:
        raise Refused(
            "not-approved", _("这件用印申请现在是“%(state)s”，不能用印。") % {"state": use.get_state_display()}
        )
    for copy_id in use.sealed_copies.exclude(state=CopyState.SEALED).values_list("pk", flat=True):
        try:
            seal_copy(actor=actor, copy_id=copy_id)
        except SealingRefused as error:
            fail_copy(actor=actor, copy_id=copy_id, why=str(error))
            raise
    use.refresh_from_db()
    return use


@transaction.atomic
def seal_copy(*, actor: Actor, copy_id: int) -> SealedCopy:
    """Seal one copy; the same call again returns it as it is. Raises as :func:`seal_use` does."""
    use = lock_use(SealedCopy.objects.values_list("use_id", flat=True).get(pk=copy_id))
    copy = SealedCopy.objects.select_for_update(of=("self",)).get(pk=copy_id)
    copy.use = use
    if copy.state == CopyState.SEALED:
        return copy
    if copy.state == CopyState.CANCELLED or use.state not in (UseState.APPROVED, UseState.FAILED):
        raise Refused("not-approved", _("这份文件的用印已经取消，不能再盖。"))
    making = _check(use)
    source, before = (use.file, use.sha256) if copy.render == Render.PDF else (use.ofd_file, use.ofd_sha256)
    assert source is not None
    content = open_bytes(source)
    sealed = _sign(use, making, content, Render(copy.render), before)
    file = store_bytes(
        actor=actor,
        name=_name(use, copy, source),
        data=sealed,
        content_type=CONTENT_TYPES[Render(copy.render)],
    )
    copy.state, copy.file, copy.sha256, copy.failure = CopyState.SEALED, file, file.sha256, ""
    copy.sealed_at = timezone.now()
    copy.save()
    row = write_ledger(actor=actor, copy=copy, before=before, making=making)
    if not use.sealed_copies.exclude(state=CopyState.SEALED).exists():
        use.state, use.failure = UseState.SEALED, ""
        use.save(update_fields=["state", "failure"])
    record(
        actor,
        "seals.seal_document",
        use,
        after={"number": use.number, "code": use.seal.code, "ledger": row.number, "sha256": copy.sha256},
    )
    publish(DocumentSealed(actor, use.pk, row.pk, before, copy.sha256))
    return copy


@transaction.atomic
def fail_copy(*, actor: Actor, copy_id: int, why: str) -> None:
    """Note that a copy can't be sealed, and why: the document's fault, not the moment's."""
    copy = SealedCopy.objects.select_for_update(of=("self",)).select_related("use").get(pk=copy_id)
    if copy.state == CopyState.SEALED:
        return
    copy.state, copy.failure = CopyState.FAILED, why[:300]
    copy.save(update_fields=["state", "failure"])
    SealUse.objects.filter(pk=copy.use_id).update(state=UseState.FAILED, failure=why[:300])
    record(actor, "seals.fail_copy", copy.use, after={"number": copy.use.number, "failure": copy.failure})


def describe_material(seal: Seal, making: Making) -> SealMaterial:
    """Return the seal as the engines need it."""
    return SealMaterial(
        code=seal.code,
        name=seal.name,
        kind=seal.kind,
        image_svg=making.image_svg,
        width_mm=float(seal.width_mm),
        height_mm=float(seal.height_mm),
        certificate=bytes(making.certificate.der),
        chain=tuple(making.certificate.chain_der()),
        key_name=making.key_name,
        sm2_certificate=bytes(making.sm2_certificate.der),
        sm2_chain=tuple(making.sm2_certificate.chain_der()),
        sm2_key_name=making.sm2_key_name,
        ses_seal=bytes(making.ses_seal),
    )


def write_ledger(*, actor: Actor, copy: SealedCopy, before: str, making: Making) -> LedgerRow:
    """Add the copy to the seal's ledger, chained to the row before. The seal is locked, so rows follow each other."""
    use, seal = copy.use, copy.use.seal
    last = LedgerRow.objects.filter(seal=seal).order_by("-number").first()
    number, previous = (last.number + 1, last.digest) if last else (1, "")
    at = copy.sealed_at or timezone.now()
    content = {
        "at": timezone.localtime(at).isoformat(timespec="seconds"),
        "authorisation": use.authorisation_id or "",
        "approved_by": use.decided_by.staff.name if use.decided_by else "",
        "asked_by": use.applicant.staff.name if use.applicant else str(use.system or ""),
        "binding": use.binding,
        "certificate": (making.certificate if copy.render == Render.PDF else making.sm2_certificate).serial,
        "copy": copy.copy,
        "copies": use.copies,
        "number": number,
        "places": use.places,
        "reason": use.reason,
        "render": copy.render,
        "seal": seal.code,
        "sha256_after": copy.sha256,
        "sha256_before": before,
        "title": use.title,
        "use": use.number,
    }
    return LedgerRow.objects.create(
        seal=seal,
        number=number,
        copy=copy,
        organisation_id=use.organisation_id,
        at=at,
        title=use.title,
        sha256_before=before,
        sha256_after=copy.sha256,
        content=content,
        previous=previous,
        digest=sm3(previous.encode() + canonical(content)),
    )


def _check(use: SealUse) -> Making:
    """Return the making to seal with, after asking again all that the approval stood on. Raises Refused."""
    require_usable(use.seal)
    making = use.seal.making
    assert making is not None
    if digest_of(bind(use, making)) != use.binding:
        raise Refused("other-document", _("文件、位置、份数或者印章与批准的不一致，不能用印。请重新申请。"))
    if use.valid_until is not None and use.valid_until < timezone.now():
        raise Refused(
            "expired",
            _("用印的批准在 %(at)s 已经过期，请重新申请。")
            % {"at": timezone.localtime(use.valid_until).strftime("%Y-%m-%d %H:%M")},
        )
    if use.authorisation is not None and use.authorisation.revoked_at is not None:
        raise Refused("authorisation-revoked", _("常设授权已经撤销，不能用印。"))
    return making


def _sign(use: SealUse, making: Making, content: bytes, render: Render, document: str) -> bytes:
    material = describe_material(use.seal, making)
    placements = [Placement(int(page), float(x), float(y)) for page, x, y in use.places]
    is_pdf = render is Render.PDF
    # A PDF gets a signature for each place, an OFD one for all of them.
    token = signer.call(
        "permit",
        key=making.key_name if is_pdf else making.sm2_key_name,
        document=document,
        uses=len(placements) if is_pdf else 1,
        seconds=TOKEN_SECONDS,
    )["token"]
    if is_pdf:
        return sign_pdf(
            content, seal=material, placements=placements, token=token, document=document, reason=use.reason[:100]
        )
    return sign_ofd(content, seal=material, placements=placements, token=token, document=document)


def _name(use: SealUse, copy: SealedCopy, source: StoredFile) -> str:
    stem, _dot, ending = source.name.rpartition(".")
    part = _("（第%(n)s份）") % {"n": copy.copy} if use.copies > 1 else ""
    name = _("%s（已盖章）") % f"{(stem or source.name)[:100]}{part}"
    return f"{name}.{ending if stem else copy.render}"


def read_sealed(use: SealUse) -> SealedDocument:
    """Return the first copy of a use, with its OFD where there is one. Raises LookupError before it is sealed."""
    copies = {
        copy.render: copy for copy in use.sealed_copies.filter(copy=1, state=CopyState.SEALED).select_related("file")
    }
    pdf, ofd = copies.get(Render.PDF), copies.get(Render.OFD)
    if pdf is None or pdf.file is None:
        raise LookupError(use.number)
    return SealedDocument(
        number=use.number,
        pdf=open_bytes(pdf.file),
        pdf_sha256=pdf.sha256,
        ofd=open_bytes(ofd.file) if ofd and ofd.file else b"",
        ofd_sha256=ofd.sha256 if ofd else "",
    )

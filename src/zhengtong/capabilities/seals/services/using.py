"""Asking for a seal on a document and answering: what is approved is bound to bytes, places and copies."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.documents import Place, check_places, inspect_pdf, make_ofd_of
from zhengtong.capabilities.seals.models import (
    Batch,
    CopyState,
    OutsideSystem,
    Render,
    RuleKey,
    Seal,
    SealedCopy,
    SealUse,
    StandingAuthorisation,
    StateWords,
    UseState,
)
from zhengtong.capabilities.seals.permissions import KEEP, USE
from zhengtong.capabilities.seals.selectors import bind, digest_of, get_rule, is_kept
from zhengtong.capabilities.seals.services.settling import (
    USE_KIND,
    due_in,
    lock_seal,
    next_number,
    require_seal,
    say_opinion,
    say_reason,
    tell,
)
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import FileKind, StoredFile, open_bytes, receive_upload, store_bytes
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.kernel.steps import step

MOST_COPIES = 50


def take_document(*, actor: Actor, upload: "UploadedFile[bytes]") -> StoredFile:
    """Take in a PDF that is to be sealed. Raises UploadRefused and SealingRefused, each with its own sentence."""
    content = upload.read()
    upload.seek(0)
    inspect_pdf(content)
    return receive_upload(actor=actor, upload=upload, allowed=frozenset({FileKind.PDF}))


@step()
def start_use(
    *,
    actor: Actor,
    seal: Seal,
    file: StoredFile,
    title: str,
    reason: str,
    copies: int = 1,
    with_ofd: bool = False,
    batch: Batch | None = None,
    system: OutsideSystem | None = None,
    document_kind: str = "",
    idempotency_key: str = "",
) -> SealUse:
    """Begin an application for use: the document is there, where the seal goes is still to be chosen.

    Raises Refused, Denied and SealingRefused.
    """
    locked = lock_seal(seal.pk)
    if system is None:
        require_seal(actor, USE, locked)
    require_usable(locked)
    if not 1 <= copies <= MOST_COPIES:
        raise Refused("copies", _("份数应在 1 到 %(n)s 之间。") % {"n": MOST_COPIES}, "copies")
    content = open_bytes(file)
    pages = inspect_pdf(content)
    ofd = None
    if with_ofd:
        made = make_ofd_of(content)
        name = f"{file.name.rsplit('.', 1)[0]}.ofd"
        ofd = store_bytes(actor=actor, name=name, data=made, content_type="application/ofd")
    use = SealUse.objects.create(
        number=next_number("YY", SealUse),
        seal=locked,
        organisation=locked.organisation,
        title=" ".join(title.split())[:200] or file.name[:200],
        document_kind=document_kind,
        reason=say_reason(reason),
        file=file,
        sha256=file.sha256,
        pages=pages,
        ofd_file=ofd,
        ofd_sha256=ofd.sha256 if ofd else "",
        places=[],
        copies=copies,
        state=UseState.DRAFT,
        applicant_id=actor.appointment,
        system=system,
        idempotency_key=idempotency_key,
        asked_at=timezone.now(),
        batch=batch,
    )
    record(actor, "seals.start_use", use, after={"number": use.number, "code": locked.code, "sha256": use.sha256})
    return use


@step()
def submit_use(*, actor: Actor, use: SealUse, places: Sequence[Place]) -> SealUse:
    """Say where the seal goes and ask its keeper. Raises Refused, Denied and SealingRefused."""
    locked = lock_use(use.pk)
    if locked.system_id is None:
        require_seal(actor, USE, locked)
    _require_state(locked, UseState.DRAFT)
    set_places(locked, places)
    locked.state, locked.asked_at = UseState.WAITING, timezone.now()
    locked.save(update_fields=["places", "state", "asked_at"])
    open_item(
        kind=USE_KIND,
        object_id=locked.pk,
        organisation_id=locked.organisation_id,
        permission=KEEP,
        reference=locked.number,
        title=_("用印：%(title)s") % {"title": locked.title},
        party=locked.applicant.staff.name if locked.applicant else str(locked.system),
        step=str(UseState.WAITING.label),
        url=reverse("seals_desk:use", args=[locked.number]),
        due_at=due_in(get_rule(RuleKey.USE_DAYS)),
    )
    record(
        actor,
        "seals.ask_use",
        locked,
        after={"number": locked.number, "sha256": locked.sha256, "places": locked.places, "copies": locked.copies},
    )
    return locked


@step()
def approve_use(*, actor: Actor, use: SealUse, opinion: str = "") -> SealUse:
    """Approve: from now on this document, at these places, in so many copies, may be sealed, for some hours.

    Raises Refused, for the applicant herself too, and Denied.
    """
    locked = lock_use(use.pk)
    require_decider(actor, locked.applicant, locked)
    _require_state(locked, UseState.WAITING)
    require_usable(locked.seal)
    approve(locked, by=actor.appointment, opinion=opinion)
    close_item(kind=USE_KIND, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(
        actor,
        "seals.approve_use",
        locked,
        before={"state": UseState.WAITING},
        after={"state": locked.state, "binding": locked.binding, "sha256": locked.sha256, "places": locked.places},
    )
    tell(
        locked.applicant,
        "seals.use_approved",
        actor=actor,
        link=reverse("seals_desk:use", args=[locked.number]),
        title=locked.title[:60],
        number=locked.number,
        until=timezone.localtime(locked.valid_until).strftime("%m月%d日 %H:%M"),
    )
    return locked


@step()
def refuse_use(*, actor: Actor, use: SealUse, opinion: str) -> SealUse:
    """Refuse a use with a reason. Raises Refused and Denied."""
    locked = lock_use(use.pk)
    require_decider(actor, locked.applicant, locked)
    _require_state(locked, UseState.WAITING)
    locked.opinion = say_opinion(opinion)
    locked.state, locked.decided_by_id, locked.decided_at = UseState.REFUSED, actor.appointment, timezone.now()
    locked.save(update_fields=["state", "opinion", "decided_by", "decided_at"])
    close_item(kind=USE_KIND, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, "seals.refuse_use", locked, after={"state": locked.state, "opinion": locked.opinion})
    tell(
        locked.applicant,
        "seals.use_refused",
        actor=actor,
        link=reverse("seals_desk:use", args=[locked.number]),
        title=locked.title[:60],
        number=locked.number,
        opinion=locked.opinion[:200],
    )
    return locked


@step()
def withdraw_use(*, actor: Actor, use: SealUse) -> SealUse:
    """Take an application for use back before anything is sealed. Raises Refused and Denied."""
    locked = lock_use(use.pk)
    require_seal(actor, USE, locked)
    _require_state(locked, UseState.DRAFT, UseState.WAITING, UseState.APPROVED)
    if locked.applicant_id != actor.appointment:
        raise Refused("not-yours", _("只有申请人可以撤回。"))
    before = locked.state
    locked.state = UseState.WITHDRAWN
    locked.save(update_fields=["state"])
    locked.sealed_copies.filter(state=CopyState.WAITING).update(state=CopyState.CANCELLED)
    close_item(kind=USE_KIND, object_id=locked.pk, done_by_id=None)
    record(actor, "seals.withdraw_use", locked, before={"state": before}, after={"state": locked.state})
    return locked


def approve(
    use: SealUse,
    *,
    by: int | None,
    opinion: str = "",
    authorisation: StandingAuthorisation | None = None,
) -> None:
    """Let a locked use be approved: bind it, give it its hours, make a row for each copy and form."""
    assert use.seal.making is not None
    now = timezone.now()
    use.binding = digest_of(bind(use, use.seal.making))
    use.state, use.opinion, use.decided_by_id, use.decided_at = UseState.APPROVED, opinion.strip()[:500], by, now
    use.authorisation = authorisation
    use.valid_until = now + timedelta(hours=get_rule(RuleKey.APPROVED_HOURS))
    use.save()
    renders = [Render.PDF, Render.OFD] if use.ofd_file_id else [Render.PDF]
    SealedCopy.objects.bulk_create(
        SealedCopy(use=use, copy=number, render=render) for number in range(1, use.copies + 1) for render in renders
    )


def set_places(use: SealUse, places: Sequence[Place]) -> None:
    """Keep where the seal goes, checked against the document's own pages. Raises SealingRefused."""
    seal = use.seal
    checked = check_places(open_bytes(use.file), places, width=float(seal.width_mm), height=float(seal.height_mm))
    use.places = [[place.page, round(place.x_mm, 1), round(place.y_mm, 1)] for place in checked]


def lock_use(use_id: int) -> SealUse:
    """Return the use with its seal, both locked, the seal first."""
    seal = lock_seal(SealUse.objects.values_list("seal_id", flat=True).get(pk=use_id))
    related = ("file", "ofd_file", "applicant__staff__account", "system", "batch", "authorisation")
    use = SealUse.objects.select_for_update(of=("self",)).select_related(*related).get(pk=use_id)
    use.seal = seal
    return use


def require_usable(seal: Seal) -> None:
    """Raise Refused unless the seal is in use, kept by somebody in office, and its certificates hold."""
    if seal.state != StateWords.ACTIVE or seal.making is None:
        raise Refused(
            "not-active",
            _("“%(seal)s”现在是“%(state)s”，不能用印。") % {"seal": seal.name, "state": seal.get_state_display()},
        )
    if not is_kept(seal):
        raise Refused("no-keeper", _("“%(seal)s”的保管人已离任，请先移交保管再用印。") % {"seal": seal.name})
    for certificate in (seal.making.certificate, seal.making.sm2_certificate):
        if certificate.is_revoked:
            raise Refused("revoked", _("“%(seal)s”的证书已被吊销，不能用印。") % {"seal": seal.name})
        if certificate.not_after <= timezone.now():
            raise Refused("expired", _("“%(seal)s”的证书已过期，请先重新制作。") % {"seal": seal.name})


def _require_state(use: SealUse, *states: UseState) -> None:
    if use.state not in states:
        raise Refused(
            "not-now",
            _("这件用印申请现在是“%(state)s”，不能再办这一步。") % {"state": use.get_state_display()},
        )


def require_decider(actor: Actor, applicant: Appointment | None, row: SealUse | Batch) -> None:
    """Raise Denied and Refused unless ``actor`` keeps seals there and didn't ask herself."""
    require_seal(actor, KEEP, row)
    if actor.kind is ActorKind.SYSTEM or applicant is None:
        return
    if applicant.staff.account_id == actor.account_id:
        raise Refused("same-person", _("不能批准自己的用印申请，请由本单位另一位印章保管人批准。"))

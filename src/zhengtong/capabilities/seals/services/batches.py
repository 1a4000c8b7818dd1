"""Many documents under one approval: sealed by a job that goes on where it was interrupted."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.documents import Place
from zhengtong.capabilities.seals.engines.material import SealingRefused
from zhengtong.capabilities.seals.models import (
    Batch,
    BatchState,
    CopyState,
    RuleKey,
    Seal,
    SealedCopy,
    SealUse,
    UseState,
)
from zhengtong.capabilities.seals.permissions import KEEP, USE
from zhengtong.capabilities.seals.selectors import count_batch, get_rule
from zhengtong.capabilities.seals.services.sealing import fail_copy, seal_copy
from zhengtong.capabilities.seals.services.settling import (
    BATCH_KIND,
    due_in,
    lock_seal,
    require_seal,
    say_opinion,
    say_reason,
    tell,
)
from zhengtong.capabilities.seals.services.using import (
    approve,
    lock_use,
    require_decider,
    require_usable,
    set_places,
    start_use,
    take_document,
)
from zhengtong.core.audit.public import record, sm3
from zhengtong.core.crypto.public import SignerRefused
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step


@step()
def start_batch(*, actor: Actor, seal: Seal, title: str, reason: str) -> Batch:
    """Begin a batch; documents are added to it. Raises Refused and Denied."""
    locked = lock_seal(seal.pk)
    require_seal(actor, USE, locked)
    require_usable(locked)
    batch = Batch.objects.create(
        title=" ".join(title.split())[:120] or _("批量用印"),
        seal=locked,
        organisation=locked.organisation,
        applicant_id=actor.held_appointment,
        reason=say_reason(reason),
        asked_at=timezone.now(),
    )
    record(actor, "seals.start_batch", batch, after={"code": locked.code, "title": batch.title})
    return batch


@step()
def add_document(*, actor: Actor, batch: Batch, upload: "UploadedFile[bytes]") -> SealUse:
    """Add a document to a batch; where it can't be sealed it isn't added. Raises Refused, SealingRefused."""
    locked = _lock(batch)
    require_seal(actor, USE, locked)
    _require_state(locked, BatchState.COLLECTING)
    most = get_rule(RuleKey.BATCH_MOST)
    if locked.uses.count() >= most:
        raise Refused("too-many", _("一批最多 %(n)s 份文件，请分批办理。") % {"n": most})
    file = take_document(actor=actor, upload=upload)
    if locked.uses.filter(sha256=file.sha256).exists():
        raise Refused("there-already", _("这份文件已经在这一批里了。"))
    name = file.name.rsplit(".", 1)[0]
    return start_use(actor=actor, seal=locked.seal, file=file, title=name, reason=locked.reason, batch=locked)


@step()
def submit_batch(*, actor: Actor, batch: Batch, places: Sequence[Place], on_last_page: bool = False) -> Batch:
    """Say where the seal goes on each document and ask the keeper. ``on_last_page``: on each one's last page instead.

    Raises Refused, and SealingRefused naming the document where the place lies outside its page.
    """
    locked = _lock(batch)
    require_seal(actor, USE, locked)
    _require_state(locked, BatchState.COLLECTING)
    uses = list(locked.uses.select_related("file", "seal").order_by("id"))
    if not uses:
        raise Refused("empty", _("这一批还没有文件，请先添加。"))
    for use in uses:
        chosen = [Place(use.pages, each.x_mm, each.y_mm) for each in places] if on_last_page else list(places)
        try:
            set_places(use, chosen)
        except SealingRefused as error:
            said = _("“%(title)s”：%(why)s") % {"title": use.title, "why": str(error)}
            raise Refused("place", said, "places") from error
        use.state = UseState.WAITING
    SealUse.objects.bulk_update(uses, ["places", "state"])
    locked.state, locked.asked_at = BatchState.WAITING, timezone.now()
    locked.save(update_fields=["state", "asked_at"])
    open_item(
        kind=BATCH_KIND,
        object_id=locked.pk,
        organisation_id=locked.organisation_id,
        permission=KEEP,
        reference=_("%(n)s 份") % {"n": len(uses)},
        title=_("批量用印：%(title)s") % {"title": locked.title},
        party=actor.name,
        step=str(BatchState.WAITING.label),
        url=reverse("seals_desk:batch", args=[locked.public_id]),
        due_at=due_in(get_rule(RuleKey.USE_DAYS)),
    )
    record(actor, "seals.submit_batch", locked, after={"documents": len(uses), "title": locked.title})
    return locked


@step()
def approve_batch(*, actor: Actor, batch: Batch, opinion: str = "") -> Batch:
    """Approve all documents of a batch at once and have them sealed. Raises Refused and Denied."""
    locked = _lock(batch)
    require_decider(actor, locked.applicant, locked)
    _require_state(locked, BatchState.WAITING)
    require_usable(locked.seal)
    uses = list(locked.uses.order_by("id"))
    for each in uses:
        approve(lock_use(each.pk), by=actor.appointment, opinion=opinion)
    bindings = locked.uses.order_by("id").values_list("binding", flat=True)
    locked.binding = sm3("".join(bindings).encode())
    locked.state, locked.opinion = BatchState.RUNNING, opinion.strip()[:500]
    locked.decided_by_id, locked.decided_at = actor.appointment, timezone.now()
    locked.save(update_fields=["state", "opinion", "binding", "decided_by", "decided_at"])
    close_item(kind=BATCH_KIND, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, "seals.approve_batch", locked, after={"documents": len(uses), "binding": locked.binding})
    from zhengtong.capabilities.seals.tasks import run_batch as job

    enqueue(job, batch_id=locked.pk)
    return locked


@step()
def refuse_batch(*, actor: Actor, batch: Batch, opinion: str) -> Batch:
    """Refuse a batch with a reason. Raises Refused and Denied."""
    locked = _lock(batch)
    require_decider(actor, locked.applicant, locked)
    _require_state(locked, BatchState.WAITING)
    locked.opinion = say_opinion(opinion)
    _end(locked, BatchState.REFUSED, UseState.REFUSED)
    locked.decided_by_id, locked.decided_at = actor.appointment, timezone.now()
    locked.save(update_fields=["opinion", "decided_by", "decided_at"])
    close_item(kind=BATCH_KIND, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, "seals.refuse_batch", locked, after={"opinion": locked.opinion})
    return locked


@step()
def cancel_batch(*, actor: Actor, batch: Batch) -> Batch:
    """Cancel what of a batch isn't sealed yet; what is sealed stays sealed. Raises Refused and Denied."""
    locked = _lock(batch)
    require_seal(actor, USE, locked)
    _require_state(locked, BatchState.COLLECTING, BatchState.WAITING, BatchState.RUNNING)
    _end(locked, BatchState.CANCELLED, UseState.WITHDRAWN)
    close_item(kind=BATCH_KIND, object_id=locked.pk, done_by_id=None)
    record(actor, "seals.cancel_batch", locked, after=count_batch(locked))
    return locked


def run_batch(batch_id: int) -> None:
    """Seal the copies of a batch that are waiting. Killed and begun anew it goes on; cancelled it stops.

    A signer that is away ends the run with its error: the queue begins it again. What is the document's own fault is
    written to that document, and the others go on.
    """
    while True:
        batch = Batch.objects.get(pk=batch_id)
        if batch.state != BatchState.RUNNING:
            return
        waiting = SealedCopy.objects.filter(use__batch=batch, state=CopyState.WAITING)
        copy_id = waiting.order_by("use_id", "copy", "-render").values_list("pk", flat=True).first()
        if copy_id is None:
            break
        try:
            seal_copy(actor=SYSTEM, copy_id=copy_id)
        except (Refused, SealingRefused, SignerRefused) as error:
            fail_copy(actor=SYSTEM, copy_id=copy_id, why=str(getattr(error, "message", error)))
    _finish(batch_id)


@transaction.atomic
def _finish(batch_id: int) -> None:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("applicant__staff__account").get(pk=batch_id)
    if batch.state != BatchState.RUNNING:
        return
    batch.state, batch.ended_at = BatchState.DONE, timezone.now()
    batch.save(update_fields=["state", "ended_at"])
    counts = count_batch(batch)
    tell(
        batch.applicant,
        "seals.batch_done",
        actor=SYSTEM,
        link=reverse("seals_desk:batch", args=[batch.public_id]),
        title=batch.title,
        sealed=counts["sealed"],
        failed=counts["failed"],
    )


def _end(batch: Batch, state: BatchState, use_state: UseState) -> None:
    batch.state, batch.ended_at = state, timezone.now()
    batch.save(update_fields=["state", "ended_at"])
    open_copies = SealedCopy.objects.filter(use__batch=batch, state=CopyState.WAITING)
    open_copies.update(state=CopyState.CANCELLED)
    batch.uses.exclude(state__in=[UseState.SEALED, UseState.FAILED]).update(state=use_state)


def _lock(batch: Batch) -> Batch:
    """Return the batch locked, its seal first: as in every act."""
    seal = lock_seal(batch.seal_id)
    rows = Batch.objects.select_for_update(of=("self",)).select_related("applicant__staff__account")
    locked = rows.get(pk=batch.pk)
    locked.seal = seal
    return locked


def _require_state(batch: Batch, *states: BatchState) -> None:
    if batch.state not in states:
        raise Refused("not-now", _("这一批现在是“%(state)s”，不能再办这一步。") % {"state": batch.get_state_display()})

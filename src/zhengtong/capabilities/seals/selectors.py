"""Reading seals: who may see and use which, what rules hold, what the ledger says and whether it is whole."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.seals.domain import Binding, canonical, find_break
from zhengtong.capabilities.seals.models import (
    Batch,
    CopyState,
    LedgerRow,
    Making,
    RuleKey,
    Seal,
    SealApplication,
    SealedCopy,
    SealRule,
    SealUse,
    StandingAuthorisation,
    StateWords,
)
from zhengtong.capabilities.seals.permissions import APPLY, USE, VIEW
from zhengtong.core.audit.public import sm3
from zhengtong.kernel.policy import Actor, can, visible


def get_rule(key: RuleKey, on: date | None = None) -> int:
    """Return what the rule says on a day. Raises LookupError before any holds."""
    found = SealRule.objects.filter(key=key, valid_from__lte=on or timezone.localdate()).order_by("-valid_from")
    value = found.values_list("value", flat=True).first()
    if value is None:
        raise LookupError(f"no rule {key}")
    return value


def list_seals(actor: Actor) -> QuerySet[Seal]:
    """Return the seals that ``actor`` may see."""
    found = Seal.objects.select_related("organisation", "keeper__staff", "making")
    return visible(actor, VIEW, found).defer("making__image_svg", "making__ses_seal")


def list_usable(actor: Actor) -> QuerySet[Seal]:
    """Return the seals in use that ``actor`` may ask for."""
    found = visible(actor, USE, Seal.objects.select_related("organisation", "keeper__staff"))
    return found.filter(state=StateWords.ACTIVE).order_by("organisation_id", "name")


def find_seal(*, organisation_id: int, kind: str = "", line: str = "") -> Seal | None:
    """Return the newest seal in use of an organisation, optionally of a kind or with a special name."""
    found = Seal.objects.filter(organisation_id=organisation_id, state=StateWords.ACTIVE).select_related("making")
    if kind:
        found = found.filter(kind=kind)
    if line:
        found = found.filter(line=line)
    return found.order_by("-id").first()


def list_applications(actor: Actor) -> QuerySet[SealApplication]:
    found = SealApplication.objects.select_related("seal", "organisation", "applicant__staff")
    return visible(actor, VIEW, found)


def list_uses(actor: Actor) -> QuerySet[SealUse]:
    found = SealUse.objects.select_related("seal", "organisation", "applicant__staff", "decided_by__staff", "system")
    return visible(actor, VIEW, found)


def list_batches(actor: Actor) -> QuerySet[Batch]:
    return visible(actor, VIEW, Batch.objects.select_related("seal", "applicant__staff"))


def list_authorisations(actor: Actor) -> QuerySet[StandingAuthorisation]:
    found = StandingAuthorisation.objects.select_related("seal", "organisation", "granted_by__staff", "system")
    return visible(actor, VIEW, found)


def count_batch(batch: Batch) -> dict[str, int]:
    """Return how many copies of a batch stand where: total, sealed, failed, waiting, cancelled."""
    found_copies = SealedCopy.objects.filter(use__batch=batch).order_by()
    counts = dict(found_copies.values("state").annotate(n=Count("pk")).values_list("state", "n"))
    found = {state.value: counts.get(state.value, 0) for state in CopyState}
    return {**found, "total": sum(found.values())}


def bind(use: SealUse, making: Making) -> Binding:
    """Return what an approval of ``use`` binds with the making at hand."""
    return Binding(
        seal=use.seal.code,
        making=making.number,
        sha256=use.sha256,
        ofd_sha256=use.ofd_sha256,
        places=tuple((int(page), float(x), float(y)) for page, x, y in use.places),
        copies=use.copies,
    )


def digest_of(binding: Binding) -> str:
    return sm3(binding.canonical())


def find_ledger_row(sha256: str) -> LedgerRow | None:
    """Return the row of a sealed file by its digest: what a stranger who has the file may be told."""
    return LedgerRow.objects.filter(sha256_after=sha256.lower()).select_related("seal__organisation").first()


def list_ledger(actor: Actor) -> QuerySet[LedgerRow]:
    return visible(actor, VIEW, LedgerRow.objects.select_related("seal", "organisation"))


def verify_ledger(seal: Seal) -> LedgerRow | None:
    """Return the first row of the seal's ledger that was altered or doesn't follow from the one before; None: whole."""
    rows = list(LedgerRow.objects.filter(seal=seal).order_by("number"))
    place = find_break([(row.previous, row.digest, canonical(row.content)) for row in rows], sm3)
    if place is None:
        place = next((at for at, row in enumerate(rows) if not _agrees(row, at + 1)), None)
    return None if place is None else rows[place]


def _agrees(row: LedgerRow, number: int) -> bool:
    """Return whether the columns say what the content says, and no row before is missing."""
    said = row.content
    return bool(
        row.number == number == said.get("number")
        and row.sha256_before == said.get("sha256_before")
        and row.sha256_after == said.get("sha256_after")
        and row.title == said.get("title")
    )


def export_ledger(seal: Seal) -> Iterator[dict[str, Any]]:
    """Yield the rows as a program that checks the chain needs them."""
    for row in LedgerRow.objects.filter(seal=seal).order_by("number").iterator():
        yield {"content": row.content, "previous": row.previous, "digest": row.digest}


def count_today(authorisation: StandingAuthorisation) -> int:
    """Return how many documents were taken under the authorisation today."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = SealUse.objects.filter(authorisation=authorisation, asked_at__gte=start)
    return sum(found.values_list("copies", flat=True))


def is_kept(seal: Seal, on: date | None = None) -> bool:
    """Return whether the seal has a keeper who is in office."""
    day, keeper = on or timezone.localdate(), seal.keeper
    return keeper is not None and keeper.start_date <= day and (keeper.end_date is None or keeper.end_date >= day)


def list_steps(seal: Seal) -> QuerySet[Any]:
    return seal.steps.select_related("by__staff", "by__post__organisation", "application").order_by("id")


def get_seal_by_code(code: str) -> Seal | None:
    """Return a seal for the public: it must have been enabled once."""
    found = Seal.objects.filter(~Q(enabled_at=None), code=code).select_related("organisation", "making")
    return found.first()


def may_apply(actor: Actor, row: Seal | SealApplication) -> bool:
    """Return whether ``actor`` may apply in this row's organisation."""
    return can(actor, APPLY, row)

"""What every act on an entry shares: lock, authorise, number, and let the entry's columns follow its versions."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.powers.domain import Basis, PowerText, Standing, standing_on, turn_on
from zhengtong.capabilities.powers.models import (
    OPEN,
    PowerBasis,
    PowerEntry,
    PowerVersion,
    VersionStatus,
)
from zhengtong.capabilities.powers.selectors import list_turns
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, ActorKind, Denied, can, require

COMPILE, REVIEW, VIEW = "powers.compile", "powers.review", "powers.view"
WORK_KIND = "powers.review"


def version_url(version: PowerVersion) -> str:
    """Return the address of a version's page at the desk, where it is reviewed."""
    return reverse("screens:powers.versions.detail", kwargs={"id": version.pk})


def lock_entry(entry_id: int) -> PowerEntry:
    return (
        PowerEntry.objects.select_for_update(of=("self",)).select_related("power_list", "organisation").get(pk=entry_id)
    )


def lock_version(version_id: int) -> PowerVersion:
    """Return the version with its entry, both locked, the entry first: as in every act."""
    entry_id = PowerVersion.objects.values_list("entry_id", flat=True).get(pk=version_id)
    entry = lock_entry(entry_id)
    version = PowerVersion.objects.select_for_update(of=("self",)).prefetch_related("basis").get(pk=version_id)
    version.entry = entry
    return version


def require_keeper(actor: Actor, entry: PowerEntry) -> None:
    """Let ``actor`` compile ``entry``: her office's own, or one that no office keeps yet. Raises Denied and Refused."""
    require(actor, COMPILE)
    if actor.kind is ActorKind.SYSTEM or entry.organisation_id is None:
        return
    if entry.organisation_id not in actor.reach(COMPILE):
        raise Refused(
            "not-kept-here",
            _("“%(name)s”由%(office)s编制，请与该单位联系。") % {"name": entry.name, "office": entry.organisation},
        )


def require_version(actor: Actor, permission: str, version: PowerVersion) -> None:
    """Raise Denied where ``actor`` may not do this in the version's office; invisible where she may not even see it."""
    if not can(actor, VIEW, version) and not can(actor, permission, version):
        raise Denied(permission, visible=False)
    require(actor, permission, version)


def refuse_open(entry: PowerEntry) -> None:
    """Raise Refused when another version of ``entry`` is under way."""
    if (found := entry.versions.filter(status__in=OPEN).first()) is not None:
        raise Refused(
            "under-way",
            _("“%(name)s”已有第%(number)s版在编制或者审核中，请先办完或者放弃那一版。")
            % {"name": entry.name, "number": found.number},
        )


def next_number(entry: PowerEntry) -> int:
    return (entry.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def keep_basis(version: PowerVersion, basis: Sequence[Basis]) -> None:
    """Replace the version's legal basis."""
    version.basis.all().delete()
    PowerBasis.objects.bulk_create(
        PowerBasis(version=version, position=place, title=each.title, article=each.article, text=each.text)
        for place, each in enumerate(basis, 1)
    )


def say_text(entry: PowerEntry, text: PowerText) -> None:
    """Write what a version says into the columns of its entry."""
    entry.name, entry.kind, entry.organ, entry.level = text.name, text.kind, text.organ, text.level
    entry.inquiry_phone, entry.accountability = text.inquiry_phone, text.accountability
    entry.basis_words = "\n".join(map(str, text.basis))
    entry.procedure_words = "\n".join(text.procedure)
    entry.responsibility_words = "\n".join(text.responsibilities)


def settle(entry: PowerEntry, day: date) -> bool:
    """Let the locked entry's columns say what holds on ``day``; return whether anything moved."""
    turns = list_turns(entry)
    standing = standing_on(turns, day)
    holding = turn_on(turns, day) or min(turns, key=lambda turn: turn.day, default=None)
    before = (
        entry.state,
        entry.effective_from,
        entry.ended_on,
        entry.basis_words,
        entry.name,
        entry.organ,
        entry.level,
    )
    entry.state = standing.value
    entry.ended_on = holding.day if holding is not None and standing is Standing.WITHDRAWN else None
    if holding is None:
        newest = entry.versions.prefetch_related("basis").order_by("-number").first()
        said = newest
    else:
        said = entry.versions.prefetch_related("basis").get(number=holding.number)
        held = (turn.day for turn in turns if not turn.ends and turn.day <= holding.day)
        entry.effective_from = max(held, default=holding.day)
    if said is not None:
        say_text(entry, said.text)
    entry.save()
    after = (entry.state, entry.effective_from, entry.ended_on, entry.basis_words, entry.name, entry.organ, entry.level)
    return before != after


def close_span(entry: PowerEntry, version: PowerVersion) -> None:
    """Let the published version before ``version`` hold until the day before it."""
    assert version.effective_from is not None
    entry.versions.filter(
        status=VersionStatus.PUBLISHED, effective_to=None, effective_from__lt=version.effective_from
    ).exclude(pk=version.pk).update(effective_to=date.fromordinal(version.effective_from.toordinal() - 1))

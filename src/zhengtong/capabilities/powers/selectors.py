"""Reading the lists: what may be exercised on a day, and what became of the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from zhengtong.capabilities.powers.domain import Turn
from zhengtong.capabilities.powers.models import (
    AdjustmentKind,
    PowerEntry,
    PowerList,
    PowerState,
    PowerVersion,
    VersionStatus,
)

SHOWN = (PowerState.LIVE, PowerState.COMING, PowerState.WITHDRAWN)


@dataclass(frozen=True)
class Withdrawal:
    """Since when a power may not be exercised any more, and on what basis."""

    name: str
    day: date
    basis: str


def get_version_on(code: str, day: date) -> PowerVersion | None:
    """Return the published version of the entry ``code`` that holds on ``day``; it may be one that ends the power."""
    return (
        PowerVersion.objects.filter(entry__code=code, status=VersionStatus.PUBLISHED, effective_from__lte=day)
        .select_related("entry", "into")
        .order_by("-effective_from", "-number")
        .first()
    )


def _follow(code: str, day: date) -> PowerVersion | None:
    """Return the version that holds for ``code`` on ``day``: that of the entry it was merged into, where it was."""
    passed: set[str] = set()
    while True:
        version = get_version_on(code, day)
        passed.add(code)
        if version is None or version.adjustment != AdjustmentKind.MERGE or version.into is None:
            return version
        if version.into.code in passed:
            return version
        code = version.into.code


def find_live(code: str, day: date) -> PowerEntry | None:
    """Return the entry under which the power ``code`` may be exercised on ``day``, None when it may not.

    One that was merged into another goes on as that one.
    """
    version = _follow(code, day) if code else None
    return None if version is None or version.ends else version.entry


def find_withdrawal(code: str, day: date) -> Withdrawal | None:
    """Return since when the power ``code`` is withdrawn on ``day``; None when it isn't, or never was in a list."""
    version = _follow(code, day) if code else None
    if version is None or not version.ends or version.effective_from is None:
        return None
    return Withdrawal(version.entry.name, version.effective_from, version.reason)


def list_turns(entry: PowerEntry) -> list[Turn]:
    """Return the days from which the published versions of ``entry`` hold."""
    rows = entry.versions.filter(status=VersionStatus.PUBLISHED, effective_from__isnull=False)
    return [
        Turn(day, number, adjustment in (AdjustmentKind.CANCEL, AdjustmentKind.MERGE))
        for day, number, adjustment in rows.values_list("effective_from", "number", "adjustment")
        if day is not None
    ]


def list_shown() -> QuerySet[PowerEntry]:
    """Return what the public may see: everything that was published, withdrawn entries as such."""
    return (
        PowerEntry.objects.filter(state__in=SHOWN).select_related("power_list").order_by("power_list__position", "code")
    )


def list_lists() -> QuerySet[PowerList]:
    return PowerList.objects.all()


def list_organs() -> list[str]:
    """Return the titles of the organs whose powers are published."""
    found = PowerEntry.objects.filter(state__in=SHOWN).order_by("organ").values_list("organ", flat=True)
    return list(found.distinct())


def get_shown(code: str) -> PowerEntry | None:
    return list_shown().filter(code=code).first()


def list_versions(entry: PowerEntry, statuses: Iterable[str] = ()) -> QuerySet[PowerVersion]:
    """Return the versions of ``entry``, the newest first."""
    found = entry.versions.select_related("into", "compiled_by__staff", "reviewed_by__staff").prefetch_related("basis")
    if statuses:
        found = found.filter(status__in=list(statuses))
    return found.order_by("-number")


def list_merged(entry: PowerEntry, day: date) -> list[PowerEntry]:
    """Return the entries that became part of ``entry`` by ``day``: what was done under them counts with it."""
    found = PowerVersion.objects.filter(
        into=entry, adjustment=AdjustmentKind.MERGE, status=VersionStatus.PUBLISHED, effective_from__lte=day
    )
    return [version.entry for version in found.select_related("entry").order_by("entry__code")]

"""What the platform starts with: the kinds of list and the powers that sectors bring; and the turn of each day."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.powers.declarations import PowerFile
from zhengtong.capabilities.powers.domain import Adjustment, PowerText
from zhengtong.capabilities.powers.models import (
    AdjustmentKind,
    PowerEntry,
    PowerList,
    PowerState,
    PowerVersion,
    VersionStatus,
)
from zhengtong.capabilities.powers.services.compiling import check_text
from zhengtong.capabilities.powers.services.settling import (
    COMPILE,
    close_span,
    keep_basis,
    lock_entry,
    next_number,
    say_text,
    settle,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM, Actor, require

LISTS = Path(__file__).parents[1] / "seed" / "lists.toml"


class UnusablePowers(ValueError):
    """A file of powers says something that no list can hold. Raised when it is loaded."""


@transaction.atomic
def load_lists(*, actor: Actor) -> None:
    """Add the kinds of list that aren't there yet; what is there is never changed."""
    require(actor, COMPILE)
    for position, row in enumerate(tomllib.loads(LISTS.read_text("utf-8"))["lists"], 1):
        made, is_new = PowerList.objects.get_or_create(code=row["code"], defaults={**row, "position": position * 10})
        if is_new:
            record(actor, "powers.add_list", made, after=row)


@transaction.atomic
def load_powers(*, actor: Actor, rows: list[Mapping[str, Any]], source: str) -> int:
    """Add the powers, and the later versions of them, that aren't there yet; return how many versions were new.

    Rows of one code are its versions, in the order of their days. A version whose day is there already, and one
    before what was published since, is left out: what is in the lists is changed by people. Raises UnusablePowers.
    """
    require(actor, COMPILE)
    lists = {each.code: each for each in PowerList.objects.all()}
    known = {entry.code: entry for entry in PowerEntry.objects.filter(code__in={row.get("code") for row in rows})}
    days: dict[int, date] = {}
    published = PowerVersion.objects.filter(entry__in=known.values(), status=VersionStatus.PUBLISHED)
    for entry_id, day in published.order_by("effective_from").values_list("entry_id", "effective_from"):
        if day is not None:
            days[entry_id] = day
    count, touched = 0, {}
    for row in sorted(rows, key=lambda each: str(each.get("effective_from", ""))):
        try:
            entry = known.get(row["code"])
            if entry is not None and entry.pk in days and days[entry.pk] >= row["effective_from"]:
                continue
            version = _add(row, entry, lists, known)
        except (KeyError, Refused, ValueError) as error:
            said = error.message if isinstance(error, Refused) else f"{error!r}"
            raise UnusablePowers(f"{source}: {row.get('code', '?')}: {said}") from error
        known[row["code"]], days[version.entry_id] = version.entry, row["effective_from"]
        touched[version.entry_id] = version.entry
        count += 1
    for entry in touched.values():
        settle(entry, timezone.localdate())
    if count:
        record(actor, "powers.load_powers", ("powers.powerentry", source), after={"versions": count})
    return count


def _add(
    row: Mapping[str, Any], entry: PowerEntry | None, lists: Mapping[str, PowerList], known: Mapping[str, PowerEntry]
) -> PowerVersion:
    text = PowerText.of(row)
    check_text(text)
    adjustment = Adjustment(row.get("adjustment", "change" if entry else "new"))
    if entry is None:
        entry = PowerEntry(code=row["code"], power_list=lists[row["list"]])
        say_text(entry, text)
        entry.save(force_insert=True)
    into = known[row["into"]] if adjustment is Adjustment.MERGE else None
    version = PowerVersion.objects.create(
        entry=entry,
        number=next_number(entry),
        status=VersionStatus.PUBLISHED,
        adjustment=AdjustmentKind(adjustment.value),
        reason=row.get("reason", "")
        or "、".join(dict.fromkeys(f"《{each.title}》{each.article}" for each in text.basis))[:500],
        content=text.plain(),
        into=into,
        effective_from=row["effective_from"],
    )
    keep_basis(version, text.basis)
    close_span(entry, version)
    return version


def load_declared(*, actor: Actor) -> None:
    """Load the powers that the sectors bring."""
    for file in registry.of(PowerFile):
        rows = tomllib.loads(file.path.read_text("utf-8"))["powers"]
        load_powers(actor=actor, rows=rows, source=file.key)


def turn_day(day: date) -> int:
    """Let the columns of entries say what holds on ``day``; return how many changed. Run again it finds none."""
    turned = 0
    for entry_id in _list_turning(day):
        with transaction.atomic():
            entry = lock_entry(entry_id)
            before = {"state": entry.state, "effective_from": entry.effective_from}
            if settle(entry, day):
                after = {"state": entry.state, "effective_from": entry.effective_from}
                record(SYSTEM, "powers.turn_day", entry, before=before, after=after)
                turned += 1
    return turned


def _list_turning(day: date) -> Iterator[int]:
    """Yield the entries for which a version began to hold since their columns were last written."""
    found = PowerVersion.objects.filter(status=VersionStatus.PUBLISHED, effective_from__lte=day).order_by("entry_id")
    rows = found.values_list("entry_id", "effective_from", "entry__state", "entry__effective_from", "entry__ended_on")
    seen: set[int] = set()
    for entry_id, starts, state, holds_from, ended_on in rows:
        shown = ended_on if state == PowerState.WITHDRAWN else holds_from
        if entry_id not in seen and (state == PowerState.COMING or shown is None or (starts and starts > shown)):
            seen.add(entry_id)
            yield entry_id

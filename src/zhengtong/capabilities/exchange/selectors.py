"""Reading the exchange: runs, proofs, held rows, turns, links and flows, for both sides of each contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract, Mode
from zhengtong.capabilities.exchange.models import (
    Capture,
    CaptureState,
    CorrectionTicket,
    HeldRow,
    Receipt,
    Run,
    RunAlert,
    RunState,
    Schedule,
)
from zhengtong.capabilities.exchange.permissions import VIEW
from zhengtong.capabilities.exchange.services.scheduling import limit_of
from zhengtong.capabilities.exchange.sides import of_sides
from zhengtong.capabilities.sources.public import Source
from zhengtong.kernel.policy import Actor

BUSY = (RunState.WAITING, RunState.RUNNING)
TROUBLED = (RunState.FAILED, RunState.STOPPED)
_PARTIES = ("contract__resource", "contract__provider", "contract__consumer")


def list_runs(actor: Actor) -> QuerySet[Run]:
    """Return the runs of the actor's own contracts, on either side."""
    return of_sides(actor, VIEW, Run.objects.select_related(*_PARTIES))


def list_receipts(actor: Actor) -> QuerySet[Receipt]:
    found = Receipt.objects.select_related("run", *(f"run__{name}" for name in _PARTIES)).defer("archive")
    return of_sides(actor, VIEW, found, "run__contract__")


def list_contracts(actor: Actor) -> QuerySet[Contract]:
    """Return the contracts that are carried by runs."""
    related = ("resource", "provider", "consumer", "source", "target")
    found = Contract.objects.select_related(*related).exclude(mode=Mode.INTERFACE)
    return of_sides(actor, VIEW, found, "")


def list_schedules(actor: Actor) -> QuerySet[Schedule]:
    return of_sides(actor, VIEW, Schedule.objects.select_related(*_PARTIES, "last_run"))


def list_tickets(actor: Actor) -> QuerySet[CorrectionTicket]:
    related = (*_PARTIES, "provider", "replay", "opened_by__staff", "answered_by__staff")
    return of_sides(actor, VIEW, CorrectionTicket.objects.select_related(*related))


def list_held(actor: Actor) -> QuerySet[HeldRow]:
    """Return held rows without their content, which is asked for one by one and for a purpose."""
    return of_sides(actor, VIEW, HeldRow.objects.select_related(*_PARTIES, "ticket").defer("original"))


def list_captures(actor: Actor) -> QuerySet[Capture]:
    found = Capture.objects.select_related(*_PARTIES, "contract__source").exclude(state=CaptureState.ENDED)
    return of_sides(actor, VIEW, found)


def list_alerts(actor: Actor) -> QuerySet[RunAlert]:
    found = RunAlert.objects.select_related(*_PARTIES, "run").filter(closed_at=None)
    return of_sides(actor, VIEW, found)


def count_states(actor: Actor) -> dict[str, int]:
    """Return how many runs are in each state: open ones all, ended ones of the last seven days."""
    since = timezone.now() - timedelta(days=7)
    found = of_sides(actor, VIEW, Run.objects.filter(Q(ended_at=None) | Q(ended_at__gte=since)))
    return dict(found.order_by().values_list("state").annotate(n=Count("id")))


# Quarantine ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Waiting and ticketed rows of one contract by rule and column."""

    contract: Contract
    rule: str
    column: str
    waiting: int
    ticketed: int
    last_at: Any


def list_held_groups(actor: Actor, contract: Contract | None = None) -> list[HeldGroup]:
    """Return what waits, the most first; 500 groups at most."""
    open_states = (HeldRow.State.WAITING, HeldRow.State.TICKETED)
    found = of_sides(actor, VIEW, HeldRow.objects.filter(state__in=open_states))
    if contract is not None:
        found = found.filter(contract=contract)
    groups = list(
        found.order_by()
        .values("contract_id", "rule", "column")
        .annotate(
            waiting=Count("id", filter=Q(state=HeldRow.State.WAITING)),
            ticketed=Count("id", filter=Q(state=HeldRow.State.TICKETED)),
            last_at=Max("held_at"),
        )
        .order_by("-waiting", "contract_id", "rule", "column")[:500]
    )
    contracts = list_contracts(actor).in_bulk([group["contract_id"] for group in groups])
    return [
        HeldGroup(
            contracts[group["contract_id"]],
            group["rule"],
            group["column"],
            group["waiting"],
            group["ticketed"],
            group["last_at"],
        )
        for group in groups
        if group["contract_id"] in contracts
    ]


# Links and flows -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A source or target that the actor's contracts use, with what goes on there."""

    source: Source
    contracts: int
    busy: int
    limit: int
    failed: int
    size: int


def list_links(actor: Actor, days: int = 7) -> list[Link]:
    """Return the links of the actor's contracts, with runs and bytes of the last ``days``."""
    since = timezone.now() - timedelta(days=days)
    contracts = list(list_contracts(actor).values_list("id", "source_id", "target_id"))
    runs = Run.objects.filter(contract__in=[pk for pk, _source, _target in contracts]).order_by()
    busy = dict(runs.filter(state__in=BUSY).values_list("contract_id").annotate(n=Count("id")))
    recent = runs.filter(created_at__gte=since).values("contract_id")
    figures = {
        row["contract_id"]: row
        for row in recent.annotate(failed=Count("id", filter=Q(state__in=TROUBLED)), size=Sum("bytes_moved"))
    }
    by_source: dict[int, list[int]] = {}
    for pk, source_id, target_id in contracts:
        for each in {source_id, target_id} - {None}:
            by_source.setdefault(each, []).append(pk)
    sources = Source.objects.filter(pk__in=by_source).select_related("organisation").defer("secrets")
    return [
        Link(
            source,
            len(by_source[source.pk]),
            sum(busy.get(pk, 0) for pk in by_source[source.pk]),
            limit_of(source),
            sum(figures[pk]["failed"] for pk in by_source[source.pk] if pk in figures),
            sum(figures[pk]["size"] or 0 for pk in by_source[source.pk] if pk in figures),
        )
        for source in sources.order_by("organisation_id", "code")
    ]


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one organisation to another. ``rows`` are those that reached the target."""

    provider_id: int
    provider: str
    consumer_id: int
    consumer: str
    contracts: int
    runs: int
    failed: int
    rows: int
    size: int


def list_flows(actor: Actor, days: int) -> list[Flow]:
    """Return the flows of the last ``days``, the greatest first."""
    since = timezone.now() - timedelta(days=days)
    found = of_sides(actor, VIEW, Run.objects.filter(created_at__gte=since)).order_by()
    ends = ("contract__provider_id", "contract__provider__name", "contract__consumer_id", "contract__consumer__name")
    groups = found.values(*ends).annotate(
        contracts=Count("contract_id", distinct=True),
        runs=Count("id"),
        failed=Count("id", filter=Q(state__in=TROUBLED)),
        rows=Sum("rows_staged", filter=Q(state=RunState.DONE), default=0),
        size=Sum("bytes_moved", filter=Q(state=RunState.DONE), default=0),
    )
    names = (*ends, "contracts", "runs", "failed", "rows", "size")
    return [Flow(*(group[name] for name in names)) for group in groups.order_by("-size", "-rows", *ends)]


def list_sides(flows: Sequence[Flow]) -> tuple[list[tuple[int, str, int]], list[tuple[int, str, int]]]:
    """Return providers and consumers of ``flows`` with their bytes, the greatest first."""
    given: dict[tuple[int, str], int] = {}
    taken: dict[tuple[int, str], int] = {}
    for flow in flows:
        given[flow.provider_id, flow.provider] = given.get((flow.provider_id, flow.provider), 0) + flow.size
        taken[flow.consumer_id, flow.consumer] = taken.get((flow.consumer_id, flow.consumer), 0) + flow.size
    sides = [
        sorted(((pk, name, size) for (pk, name), size in side.items()), key=lambda each: (-each[2], each[1]))
        for side in (given, taken)
    ]
    return sides[0], sides[1]

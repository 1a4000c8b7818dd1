"""All rules over all cases anew: in slices, a process for each core, each slice a transaction with its mark.

Killed, a run goes on with the slices that aren't done. What it finds is a card in the record: nobody is told about what
happened long ago. What has a card already gets none, and what waits to be judged is left to whoever judges new events.
"""

from collections.abc import Callable
from concurrent.futures import as_completed
from datetime import date
from functools import partial
from typing import Final

from django.db import connection, connections, transaction
from django.db.models import Max, Min, Sum
from django.utils import timezone

from zhengtong.capabilities.cases.public import Case
from zhengtong.capabilities.supervision.histories import read_histories
from zhengtong.capabilities.supervision.judging import add_cards, judge, list_rules, note_stumbles
from zhengtong.capabilities.supervision.models import Evaluation, EvaluationSlice, Pending
from zhengtong.kernel.processes import beside

SLICE: Final = 4000
_LOCK: Final = 0x737571
Progress = Callable[[int, int], None]


def begin_evaluation(first_day: date | None = None) -> Evaluation:
    """Return the run that isn't finished, or a new one with its slices: cases filed on ``first_day`` or later."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        open_run = Evaluation.objects.filter(finished_at=None).first()
        if open_run is not None:
            return open_run
        run = Evaluation.objects.create(first_day=first_day)
        cases = Case.objects.filter(number__isnull=False)
        if first_day is not None:
            cases = cases.filter(submitted_at__date__gte=first_day)
        ends = cases.aggregate(first=Min("id"), last=Max("id"))
        if ends["first"] is not None:
            EvaluationSlice.objects.bulk_create(_cut(run, ends["first"], ends["last"]))
        return run


def _cut(run: Evaluation, first: int, last: int) -> list[EvaluationSlice]:
    """Cut by the keys that are there: numbers may lie far apart."""
    slices, after = [], first - 1
    while after < last:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(id) FROM (SELECT id FROM cases_case WHERE id > %s ORDER BY id LIMIT %s) page",
                [after, SLICE],
            )
            end = cursor.fetchone()[0]
        if end is None:
            break
        slices.append(EvaluationSlice(evaluation=run, first=after + 1, last=end))
        after = end
    return slices


def judge_slice(pk: int) -> int:
    """Judge a slice, unless it is done; return how many cards came of it."""
    with transaction.atomic():
        piece = EvaluationSlice.objects.select_for_update().filter(pk=pk, judged=None).first()
        if piece is None:
            return 0
        rules = list_rules()
        parts = frozenset().union(*(rule.condition.parts for rule in rules))
        histories = read_histories((piece.first, piece.last), parts)
        waiting = set(
            Pending.objects.filter(
                case_id__gte=piece.first, case_id__lte=piece.last, event_id__isnull=False
            ).values_list("event_id", flat=True)
        )
        if waiting:
            for history in histories:
                history.events = [event for event in history.events if event.pk not in waiting]
        findings = judge(histories, rules)
        note_stumbles(findings)
        piece.judged, piece.carded = findings.judged, len(add_cards(findings.hits))
        piece.save(update_fields=["judged", "carded"])
        return piece.carded


def _prepare() -> None:
    """A process of its own has a connection of its own."""
    connections.close_all()


def run_evaluation(run: Evaluation, progress: Progress | None = None, *, in_processes: bool = True) -> dict[str, int]:
    """Judge what isn't judged of ``run``; return how many events were judged and cards given in all."""
    waiting = list(run.slices.filter(judged=None).values_list("pk", flat=True))
    total = run.slices.count()
    done = total - len(waiting)
    tell = progress or (lambda done, total: None)
    tell(done, total)
    if in_processes and len(waiting) > 1:
        with beside(_prepare) as pool:
            for future in as_completed([pool.submit(partial(judge_slice, pk)) for pk in waiting]):
                future.result()
                done += 1
                tell(done, total)
    else:
        for pk in waiting:
            judge_slice(pk)
            done += 1
            tell(done, total)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    sums = run.slices.aggregate(judged=Sum("judged"), carded=Sum("carded"))
    return {"judged": sums["judged"] or 0, "carded": sums["carded"] or 0}

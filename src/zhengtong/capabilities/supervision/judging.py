"""Judging: the rules over what happened. New events from what the triggers noted, each exactly once; past ones anew.

An act never waits for it and never fails because of it: it reads what was committed, in a transaction of its own. A
rule that can't be answered for a case is noted beside the rule, and the others are judged all the same.
"""

import json
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F

from zhengtong.capabilities.supervision.facts import Moment
from zhengtong.capabilities.supervision.histories import Clock, Event, History, read_histories
from zhengtong.capabilities.supervision.models import RuleFailure, RuleVersion, SupervisionRule
from zhengtong.capabilities.supervision.reading import Condition, Rule, fresh, read_condition
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.expressions import ExpressionError

logger = logging.getLogger(__name__)
BATCH: Final = 200
MOST_STUMBLES: Final = 200
_EVER: Final = date.max


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that was true after an event, with what made it so."""

    rule: Rule
    case: int
    event: Event
    clock: Clock | None
    values: dict[str, str]


@dataclass(slots=True)
class Findings:
    """What judging gave: hits, and what couldn't be answered as version, case and reason."""

    judged: int = 0
    hits: list[Hit] = field(default_factory=list)
    stumbles: list[tuple[int, int, str]] = field(default_factory=list)


_kept: list[tuple[tuple[Any, ...], list[Rule]]] = []
_STAMP = "SELECT count(*), sum(id * is_enabled::int), (SELECT max(id) FROM supervision_ruleversion) FROM {0}"


def list_rules() -> list[Rule]:
    """Return the versions of the rules that are on, without those of lamps; read anew when one was changed."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP.format(SupervisionRule._meta.db_table))
        stamp = cursor.fetchone()
    if not _kept or _kept[0][0] != stamp:
        _kept[:] = [(stamp, _read_rules())]
    return _kept[0][1]


def _read_rules() -> list[Rule]:
    rows = RuleVersion.objects.filter(rule__is_enabled=True, rule__lamp="").order_by("rule_id", "number")
    by_rule: dict[int, list[RuleVersion]] = {}
    for row in rows:
        # A later version that begins earlier takes the place of those between.
        kept = [each for each in by_rule.get(row.rule_id, []) if each.effective_from < row.effective_from]
        by_rule[row.rule_id] = [*kept, row]
    rules = []
    for versions in by_rule.values():
        for row, until in zip(versions, [*(each.effective_from for each in versions[1:]), _EVER], strict=True):
            try:
                condition = read_condition(row.expression)
            except ExpressionError:  # a name that a later release no longer has
                logger.warning("rule version %s can't be read and isn't judged", row.pk)
                continue
            rules.append(Rule(row.pk, row.rule_id, row.level, row.points, row.effective_from, until, condition))
    return rules


def judge(histories: Iterable[History], rules: Sequence[Rule], only: Collection[int] | None = None) -> Findings:
    """Return what ``rules`` find in ``histories``: after each event, or after those whose ids are in ``only``."""
    findings = Findings()
    by_act: dict[str, list[Rule]] = {}
    for history in histories:
        calendar = get_calendar(history.region)
        carded: set[tuple[int, int | None]] = set()
        for index, event in enumerate(history.events):
            if only is not None and event.pk not in only:
                continue
            findings.judged += 1
            if event.act not in by_act:
                by_act[event.act] = [
                    rule for rule in rules if rule.condition.acts is None or event.act in rule.condition.acts
                ]
            due = by_act[event.act]
            if not due:
                continue
            known = fresh()
            day = calendar.local_date(event.at)
            moment = Moment(history, index, calendar)
            for rule in due:
                if not rule.first <= day < rule.until:
                    continue
                for clock in history.clocks if rule.condition.is_of_clock else (None,):
                    key = (rule.rule, clock.pk if clock else None)
                    if key in carded or (clock and clock.started_at > event.at):
                        continue
                    if clock is not moment.clock:
                        moment.clock = clock
                        known["clock"] = {}
                    if _ask(rule.condition, moment, known, rule.version, findings):
                        carded.add(key)
                        values = rule.condition.show(known)
                        findings.hits.append(Hit(rule, history.pk, event, clock, values))
    return findings


def _ask(
    condition: Condition, moment: Moment, known: dict[str, dict[str, Any]], version: int, findings: Findings
) -> bool:
    try:
        return condition.holds(moment, known)
    except ExpressionError as error:
        said = str(error)
    except Exception:
        logger.exception("rule version %s on case %s", version, moment.history.pk)
        said = "读取办件资料时出错"
    findings.stumbles.append((version, moment.history.pk, said))
    return False


# New events

_TAKE = """
DELETE FROM supervision_pending WHERE id IN (
    SELECT id FROM supervision_pending ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING case_id, event_id, act, card_id
"""


def judge_pending(limit: int = BATCH, *, opens: bool = True) -> int:
    """Judge a batch of what happened; return how much it was. The batch and its cards are one transaction.

    Without ``opens`` the cards are only recorded: nobody is asked or told.

    Killed in the middle, it happens again; done, it isn't found again.
    """
    from zhengtong.capabilities.supervision.carding import open_cards

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [limit])
            taken = cursor.fetchall()
        if not taken:
            return 0
        cards = [card for _case, _event, _act, card in taken if card is not None]
        events = [(case, event, act) for case, event, act, _card in taken if event is not None]
        cards += _judge_events(events)
        if cards:
            open_cards(sorted(cards), opens=opens)
    return len(taken)


def _judge_events(events: Sequence[tuple[int, int, str]]) -> list[int]:
    """Judge the events; return the ids of the cards that came of it."""
    if not events:
        return []
    rules = list_rules()
    wanted = [each for each in events if any(r.condition.acts is None or each[2] in r.condition.acts for r in rules)]
    if not wanted:
        return []
    acts = {act for _case, _event, act in wanted}
    due = [rule for rule in rules if rule.condition.acts is None or rule.condition.acts & acts]
    parts = frozenset().union(*(rule.condition.parts for rule in due))
    histories = read_histories(sorted({case for case, _event, _act in wanted}), parts)
    findings = judge(histories, due, {event for _case, event, _act in wanted})
    note_stumbles(findings)
    return add_cards(findings.hits)


_ADD = """
INSERT INTO supervision_card (case_id, rule_id, version_id, clock_id, event_id, level, points, values, due_at, at)
SELECT given.case_id, given.rule_id, given.version_id, given.clock_id, given.event_id, given.level, given.points,
    given.known::jsonb, given.due_at, given.at
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::numeric[], %s::text[],
    %s::timestamptz[], %s::timestamptz[])
    AS given(case_id, rule_id, version_id, clock_id, event_id, level, points, known, due_at, at)
ON CONFLICT DO NOTHING RETURNING id
"""


def add_cards(hits: Sequence[Hit]) -> list[int]:
    """Write a card for each hit that has none yet; return the new ones' ids."""
    if not hits:
        return []
    columns: list[list[Any]] = [
        [hit.case for hit in hits],
        [hit.rule.rule for hit in hits],
        [hit.rule.version for hit in hits],
        [hit.clock.pk if hit.clock else None for hit in hits],
        [hit.event.pk for hit in hits],
        [hit.rule.level for hit in hits],
        [hit.rule.points for hit in hits],
        [json.dumps(hit.values, ensure_ascii=False) for hit in hits],
        [hit.clock.due_at if hit.clock else None for hit in hits],
        [hit.event.at for hit in hits],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, columns)
        return [pk for (pk,) in cursor.fetchall()]


def note_stumbles(findings: Findings) -> None:
    """Note what couldn't be answered beside its version: all are counted, the first of them are listed."""
    counts = Counter(version for version, _case, _said in findings.stumbles)
    for version, count in sorted(counts.items()):
        RuleVersion.objects.filter(pk=version).update(failures=F("failures") + count)
        listed = RuleFailure.objects.filter(version_id=version).count()
        first = [each for each in findings.stumbles if each[0] == version][: max(MOST_STUMBLES - listed, 0)]
        RuleFailure.objects.bulk_create(
            [RuleFailure(version_id=version, case_id=case, message=said[:200]) for _version, case, said in first],
            ignore_conflicts=True,
        )

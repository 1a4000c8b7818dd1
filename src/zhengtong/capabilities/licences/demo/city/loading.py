"""Bringing a real city's cases into the database: drawn in processes beside, copied by this one, in one transaction.

What is drawn depends on the seed and the day alone: each piece of a few thousand cases has a random stream of its own.
"""

import random
from bisect import bisect
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from zhengtong.capabilities.licences.demo.city.days import DAY, spread_over
from zhengtong.capabilities.licences.demo.city.lines import CaseWriter
from zhengtong.capabilities.licences.demo.city.setting import Setting, gather_setting, table
from zhengtong.capabilities.licences.demo.city.tables import DRAFTS, TABLES
from zhengtong.core.audit.public import enlist_unsealed
from zhengtong.core.crypto.public import HandedKeys, keyring
from zhengtong.kernel.bulk import bare_tables, copy_lines, give_ids_after, next_id
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.processes import beside

_PIECE = 5_000
# Fewer than this are drawn here: starting processes would take longer.
_ALONE = 20_000
# So many may be drawn and wait.
_AHEAD = 4
# At what time of a day people apply: the hour, and how many of a hundred.
_OPEN_HOURS = (
    (0, 1),
    (7, 2),
    (8, 5),
    (9, 19),
    (10, 19),
    (11, 9),
    (12, 2),
    (13, 8),
    (14, 13),
    (15, 11),
    (16, 6),
    (18, 2),
    (20, 3),
)
_CLOSED_HOURS = ((8, 6), (9, 14), (10, 14), (12, 8), (14, 14), (16, 12), (19, 16), (20, 10), (21, 6))
_NUMBERED = ("cases.Case", "cases.Task", "cases.Clock", "papers.Paper", "cases.CorrectionNotice", "cases.SiteVisit")


class Piece(NamedTuple):
    """Some days' cases: the place of the first among all, and for each day how many, and the last number before."""

    place: int
    days: tuple[tuple[int, int, int], ...]


def load_cases(context: DemoContext, count: int, first_day: date) -> int:
    """Load ``count`` cases since ``first_day`` and all that belongs to them; return how many are under way."""
    with context.phase(_("读取机构、人员和企业")):
        setting = gather_setting(context, first_day)
    setting = replace(setting, first_ids={name: next_id(table(name)) for name in _NUMBERED})
    pieces = list_pieces(setting, context.today, count)
    filled = [table(name) for name in (*TABLES, *DRAFTS)]
    with bare_tables(*filled, remaking=context.phase(_("重建索引、外键和触发器"))):
        _make_drafts()
        with (
            context.phase(_("画出并装入办件")),
            context.progress(count, _("办件")) as advance,
            _drawing(setting, pieces, count) as drawn,
        ):
            for piece, lines in zip(pieces, drawn, strict=True):
                for name, found in lines.items():
                    into = _draft(name) if name in DRAFTS else table(name)._meta.db_table
                    copy_lines(into, DRAFTS.get(name) or TABLES[name], found)
                advance(sum(number for _day, number, _last in piece.days))
        with context.phase(_("给决定和文书编号")):
            _number_drafts()
    give_ids_after(*(table(name) for name in _NUMBERED))
    enlist_unsealed()  # their journal was put in while triggers were off
    _keep_numbers(pieces)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_case WHERE id >= %s AND closed_at IS NULL", [setting.first_ids["cases.Case"]]
        )
        return int(cursor.fetchone()[0])


def list_pieces(setting: Setting, today: date, count: int) -> list[Piece]:
    """Return what each piece draws: whole days, in their order, so that numbers are in the order of time."""
    last = _read_numbers()
    pieces: list[Piece] = []
    waiting: list[tuple[int, int, int]] = []
    place = first = 0
    for day, number in spread_over(setting.days, setting.first_day, today, count):
        year = date.fromordinal(day).year
        waiting.append((day, number, last.get(year, 0)))
        last[year] = last.get(year, 0) + number
        place += number
        if place - first >= _PIECE:
            pieces.append(Piece(first, tuple(waiting)))
            waiting, first = [], place
    return [*pieces, Piece(first, tuple(waiting))] if waiting else pieces


def draw_piece(writer: CaseWriter, piece: Piece) -> dict[str, bytes]:
    """Return the lines of a piece, by table."""
    setting = writer.setting
    rng = random.Random(f"{setting.seed}:city.cases.{piece.place}")
    weights = list(accumulate(office.weight for office in setting.offices))
    place = piece.place
    for day, count, last in piece.days:
        hours = _OPEN_HOURS if setting.days.works(day) else _CLOSED_HOURS
        upto = list(accumulate(share for _hour, share in hours))
        seconds = sorted(
            hours[bisect(upto, rng.random() * upto[-1])][0] * 3600 + int(rng.random() * 3600) for _ in range(count)
        )
        year = date.fromordinal(day).year
        for second in seconds:
            last += 1
            office = setting.offices[bisect(weights, rng.random() * weights[-1])]
            writer.write(place, f"{setting.prefix}-{year}-{last:06d}", office, day * DAY + second, rng)
            place += 1
    return writer.take()


# In processes beside this one

_writers: list[CaseWriter] = []


def _begin(setting: Setting, keys: HandedKeys) -> None:
    keyring.take_over(keys)
    _writers[:] = [CaseWriter(setting)]


def _draw(piece: Piece) -> dict[str, bytes]:
    return draw_piece(_writers[0], piece)


@contextmanager
def _drawing(setting: Setting, pieces: list[Piece], count: int) -> Iterator[Iterator[dict[str, bytes]]]:
    if count < _ALONE:
        writer = CaseWriter(setting)
        yield (draw_piece(writer, piece) for piece in pieces)
        return
    with beside(_begin, setting, keyring.hand_over()) as pool:
        yield _in_order(pool, pieces)


def _in_order(pool: Executor, pieces: list[Piece]) -> Iterator[dict[str, bytes]]:
    """Yield what the pool draws, never holding more than a few pieces."""
    waiting: deque[Future[dict[str, bytes]]] = deque()
    for piece in pieces:
        waiting.append(pool.submit(_draw, piece))
        if len(waiting) >= _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# Numbers without gaps, in the order of time: given when all rows are there


def _draft(name: str) -> str:
    return f"draft_{table(name)._meta.db_table}"


def _make_drafts() -> None:
    types = {"case_id": "bigint", "organisation_id": "bigint", "id": "bigint", "decided_by_id": "bigint"}
    types |= {"decided_at": "timestamptz", "issued_at": "timestamptz", "content": "bytea", "public_facts": "jsonb"}
    with connection.cursor() as cursor:
        for name, columns in DRAFTS.items():
            listed = ", ".join(f"{column} {types.get(column, 'text')}" for column in columns)
            cursor.execute(f"CREATE TEMPORARY TABLE {_draft(name)} ({listed}) ON COMMIT DROP")


# {moment} orders them, {word} is the word in their number; what was numbered before is gone on with.
_NUMBER = """
WITH dated AS (
    SELECT d.*, {word} AS said, extract(year FROM {moment} AT TIME ZONE 'Asia/Shanghai')::int AS year FROM {draft} d
), placed AS (
    SELECT d.*, 'paper:' || organisation_id || ':' || said || ':' || year AS key,
        row_number() OVER (PARTITION BY organisation_id, said, year ORDER BY {moment}, {id}) AS place
    FROM dated d
), numbered AS (
    SELECT p.*, o.name AS organisation_name, coalesce(s.last, 0) + place AS plain,
        o.short_name || '许' || said || '〔' || year || '〕' || coalesce(s.last, 0) + place || '号' AS number
    FROM placed p JOIN identity_organisation o ON o.id = organisation_id
    LEFT JOIN cases_numbersequence s ON s.key = p.key
), kept AS (
    INSERT INTO cases_numbersequence (key, last) SELECT key, max(plain) FROM numbered GROUP BY key
    ON CONFLICT (key) DO UPDATE SET last = excluded.last
)
"""
_DECISIONS = """
INSERT INTO cases_decision (case_id, outcome, reasons, legal_basis, decided_by_id, decided_at, number)
SELECT case_id, outcome, reasons, coalesce(legal_basis, ''), decided_by_id, decided_at, number
FROM numbered ORDER BY decided_at, case_id
"""
_PAPERS = """
INSERT INTO papers_paper (id, code, kind, title, number, issuer_id, issuer_name, issued_at, content, public_facts,
    sha256, template_hash, revoked_reason)
SELECT id, code, kind, title, number, organisation_id, organisation_name, issued_at, content, public_facts, '', '', ''
FROM numbered ORDER BY id
"""


def _number_drafts() -> None:
    decided = {
        "draft": _draft("cases.Decision"),
        "moment": "decided_at",
        "word": "CASE outcome WHEN 'grant' THEN '准' ELSE '不准' END",
        "id": "case_id",
    }
    issued = {"draft": _draft("papers.Paper"), "moment": "issued_at", "word": "word", "id": "id"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(_NUMBER.format(**decided) + _DECISIONS)
        cursor.execute(_NUMBER.format(**issued) + _PAPERS)


def _read_numbers() -> dict[int, int]:
    """Return the last case number of each year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, last FROM cases_numbersequence WHERE starts_with(key, 'case:')")
        return {int(key.partition(":")[2]): last for key, last in cursor.fetchall()}


def _keep_numbers(pieces: list[Piece]) -> None:
    """Let the next case of each year have the next number."""
    last = {date.fromordinal(day).year: before + number for piece in pieces for day, number, before in piece.days}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO cases_numbersequence (key, last) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET last = excluded.last",
            [(f"case:{year}", number) for year, number in last.items()],
        )

"""The dry run: a file is read, each row judged, and what would change is kept for a person to look at."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from zhengtong.core.crypto.public import EncryptedJSONField
from zhengtong.core.files.public import StoredFile, open_file
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind, can, visible
from zhengtong.screens.sheets.layout import LOOKED_AT, Layout, find_layout
from zhengtong.screens.sheets.models import SheetRow, SheetRun, Verdict
from zhengtong.screens.sheets.parsing import Parser, ReadRow
from zhengtong.screens.sheets.problems import FileRefused, Problem
from zhengtong.screens.sheets.progress import Progress
from zhengtong.screens.sheets.reading import open_table
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.table import Line, Range, Table
from zhengtong.screens.sheets.target import Target, copy_rows

CHUNK = 5000
MOST_ROWS = 1_000_000
MOST_MERGED_LINES = 100_000
NOTES_KEPT = 200


class Rows:
    """What is kept of rows, written by COPY as it comes."""

    def __init__(self, run: SheetRun) -> None:
        self.run, self.count = run, 0
        self._kept: list[tuple[Any, ...]] = []
        self._seal = EncryptedJSONField().get_prep_value

    def add(self, line: int, key: str, verdict: Verdict, content: Mapping[str, Any]) -> None:
        self.count += 1
        self._kept.append((self.run.pk, line, key, verdict, "\\x" + self._seal(content).hex()))
        if len(self._kept) >= CHUNK:
            self.flush()

    def refuse(self, line: int, key: str, problems: Sequence[Problem]) -> None:
        self.add(line, key, Verdict.REFUSED, {"problems": [problem.plain() for problem in problems]})

    def flush(self) -> None:
        if self._kept:
            copy_rows(SheetRow._meta.db_table, ("run_id", "line", "key", "verdict", "content"), self._kept)
            self._kept.clear()


class Check:
    """One check of one run, inside its transaction. Raises :class:`FileRefused` and ``Cancelled``."""

    def __init__(self, run: SheetRun, shape: Shape, actor: Actor, progress: Progress) -> None:
        self.run, self.shape, self.actor, self.progress = run, shape, actor, progress
        self.refused = Rows(run)
        self.notes: list[tuple[int, str, str, str]] = []
        self.noted = 0
        self.target: Target | None = None
        self._reach: dict[tuple[Any, ...], bool] = {}
        fields = shape.model._meta.concrete_fields
        rule = registry.get(Protected, shape.model._meta.label_lower) if actor.kind is not ActorKind.SYSTEM else None
        self._relations = [f for f in fields if f.related_model is not None or (rule and f.name == rule.mark)]

    def read_file(self) -> None:
        """Read the run's file from its head to its end, staging good rows and keeping refused ones."""
        with open_file(self.run.file) as file, open_table(file, self.run.file.size) as table:
            layout, lines, merged = lay_out(table, self.shape)
            self.run.notes["unread"] = list(table.unread)
            parser = Parser(self.shape, layout)
            self.progress.start(max(table.count - layout.first, 0))
            count = 0
            for chunk in iter(lambda: list(islice(lines, CHUNK)), []):
                rows = list(parser.read(chunk, merged))
                count += len(rows)
                if count > MOST_ROWS:
                    raise FileRefused("too_many_rows", {"limit": MOST_ROWS})
                self.take(rows)
                self.progress.advance(len(chunk))
            if not count:
                raise FileRefused("no_rows")

    def take(self, rows: Sequence[ReadRow]) -> None:
        """Stage the good rows of some and keep the others as refused."""
        good: list[tuple[int, Mapping[str, Any]]] = []
        for row in rows:
            if row.values is not None and not self.reaches(row.values):
                row.problems.append(Problem("out_of_reach"))
                row.values = None
            if row.values is None:
                self.refused.refuse(row.line, row.key, row.problems)
                continue
            good.append((row.line, row.values))
            if row.notes:
                self.noted += len(row.notes)
                if len(self.notes) < NOTES_KEPT:
                    self.notes += [(row.line, *note) for note in row.notes]
        if good:
            if self.target is None:
                self.target = Target(self.shape, list(good[0][1]), self.run.stage)
                self.target.open_raw()
            self.target.add(good)

    def reaches(self, values: Mapping[str, Any]) -> bool:
        """Return whether the actor may write a row with these values: it must lie where her posts reach.

        The answer follows from the row's foreign keys and its mark, so it is asked once for each set of them.
        """
        if self.actor.kind is ActorKind.SYSTEM:
            return True
        related = {f.attname: values.get(f.name, values.get(f.attname)) for f in self._relations}
        related = {name: value for name, value in related.items() if value is not None}
        key = tuple(related.items())
        if key not in self._reach:
            row = self.shape.model(**related)
            self._reach[key] = can(self.actor, self.shape.sheet.permission, row)
        return self._reach[key]

    def judge(self) -> None:
        """Compare what was staged with what is there, and write the counts and the changes to the run."""
        run, target = self.run, self.target
        run.new_count = run.changed_count = run.same_count = 0
        if target is not None:
            for line, key, lines in target.take_doubled():
                shown = "、".join(map(str, lines[:20])) + ("…" if len(lines) > 20 else "")
                problem = Problem("doubled_key", self.shape.sheet.key, self._show_key(key), {"lines": shown})
                self.refused.refuse(line, key, [problem])
            if self.actor.kind is not ActorKind.SYSTEM:
                seen = visible(self.actor, self.shape.sheet.permission, self.shape.screens.rows(self.actor))
                for line, key in target.take_hidden(seen):
                    self.refused.refuse(line, key, [Problem("out_of_reach")])
            run.new_count, run.changed_count, run.same_count = target.compare()
            if run.changed_count:
                changed = Rows(run)
                for line, key, before, after in target.changes():
                    changed.add(line, key, Verdict.CHANGED, {"changes": self._say(before, after)})
                changed.flush()
        self.refused.flush()
        run.refused_count, run.noted_count = self.refused.count, self.noted
        run.notes |= {"cells": self.notes[:NOTES_KEPT], "names": target.names if target else []}

    def _show_key(self, key: str) -> str:
        column = self.shape.by_name.get(self.shape.sheet.key)
        return column.show(key) if column else ""

    def _say(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str | None]]:
        """The texts before and after of the sheet's own columns; others that follow from them are only named."""
        said: dict[str, list[str | None]] = {}
        for name in before:
            column = self.shape.by_name.get(name)
            said[name] = [column.say(before[name]), column.say(after[name])] if column else [None, None]
        return said


def lay_out(table: Table, shape: Shape) -> tuple[Layout, Iterator[Line], frozenset[int]]:
    """Return a table's layout, its lines below the head, and the numbers of those that merged cells run through."""
    lines = table.lines()
    looked_at = list(islice(lines, LOOKED_AT))
    merges = list(table.merges)
    layout = find_layout([line.texts for line in looked_at], shape.known_titles, shape.expected_titles, merges)
    number = looked_at[layout.first - 1].number
    return layout, chain(looked_at[layout.first :], lines), _merged_lines(merges, number)


def _merged_lines(merges: Sequence[Range], head: int) -> frozenset[int]:
    found: set[int] = set()
    for (top, _left), (bottom, _right) in merges:
        if bottom + 1 > head:
            if bottom - top + len(found) > MOST_MERGED_LINES:
                raise FileRefused("too_many_merges")
            found.update(range(max(top + 1, head + 1), bottom + 2))
    return frozenset(found)


def digest_of(file: StoredFile) -> str:
    """Return the SM3 (GB/T 32905) of a file's bytes."""
    digest = hashlib.new("sm3")
    with open_file(file) as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()

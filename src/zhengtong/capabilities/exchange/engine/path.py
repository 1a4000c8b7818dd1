"""The seven steps: read, check, mask, seal and stage chunk by chunk, then merge and reconcile in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

import pyarrow as pa
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import ContractContent, Held, Masks, Rules
from zhengtong.capabilities.exchange.engine.chunks import Chain, RowSum
from zhengtong.capabilities.exchange.engine.feeds import Feed
from zhengtong.capabilities.exchange.engine.pacing import Pace
from zhengtong.capabilities.exchange.engine.pulling import LOOK_SECONDS, pull_ahead
from zhengtong.capabilities.exchange.engine.reconciling import leave_out, merge_reconciled
from zhengtong.capabilities.exchange.models import Stage
from zhengtong.capabilities.sources.public import Landing, Merged, SourceError, Target, limit_batches
from zhengtong_verify.canonical import canonical

# So many rows are looked at before a share of them says anything.
_ENOUGH = 1_000


class Stopped(Exception):
    """The run ends before its merge, the target untouched. ``code`` is stable, ``message`` a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Awaited(Exception):
    """The window is on its way, and the target's own word is still to come. ``code`` and ``message`` as of Stopped."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class Tally:
    """What went through so far."""

    expected: int | None = None
    read: int = 0
    held: int = 0
    staged: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a receipt says of the rows, known before the merge."""

    expected: int | None
    read: int
    held: int
    removed: int
    chain: str
    chunks: list[dict[str, Any]]
    rows_digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    merged: Merged
    sealed: Sealed | None


class Book(Protocol):
    """Where a run is written down while it goes on. Each may raise to end it; the target is untouched then."""

    def advance(self, stage: Stage, tally: Tally) -> None:
        """Write down where the run is; raise when it was told to pause or to end, or isn't ours any more."""
        ...

    def hold(self, held: Sequence[Held], normalised: Sequence[Held]) -> None: ...

    def seal(self, sealed: Sealed) -> None:
        """Keep what a later attempt needs if this one dies between the target's commit and its own."""
        ...

    def recheck(self) -> None:
        """Raise unless the contract still allows the merge."""
        ...


@dataclass(slots=True)
class Path:
    """One attempt at a window. ``run`` is the name that the target remembers."""

    content: ContractContent
    run: str
    feed: Feed
    target: Target
    book: Book
    masks: Masks
    tally: Tally = field(default_factory=Tally)
    removed_rows: int = 0
    pace: Pace = field(default_factory=Pace)

    def carry(self) -> Outcome:
        """Carry the window to its end. Raises Stopped, Awaited, SourceError, and what the book raises."""
        content, landing = self.content, self.landing
        if self.target.is_merged(landing):
            merged = self.target.merge(landing)
            self.feed.settle()
            return Outcome(merged, None)
        self.target.prepare(landing)
        self.tally.expected = self.feed.expected()
        self.book.advance(Stage.READ, self.tally)
        chain, total = Chain.begin(self.describe()), RowSum(content.landing_columns)
        # Also when the target fails in mid-batch, the source's connection isn't closed under the thread that reads.
        with closing(pull_ahead(self.feed.batches(), through=self._read_slowly, idle=self._look)) as batches:
            self.target.stage(landing, self._write_slowly(self._prepare_chunks(batches, chain, total)))
        self._judge_counts()
        sealed = Sealed(
            self.tally.expected,
            self.tally.read,
            self.tally.held,
            self.removed_rows,
            chain.head,
            [each.to_json() for each in chain.chunks],
            total.text,
        )
        self.book.seal(sealed)
        self.book.advance(Stage.MERGE, self.tally)
        self.book.recheck()
        merged = self._merge(landing, total)
        self.feed.settle()
        self.target.drop_staging(landing)
        return Outcome(merged, None if merged.was_done else sealed)

    @property
    def landing(self) -> Landing:
        content = self.content
        return Landing(
            content.target_table,
            content.landing_columns,
            content.key,
            self.run,
            self.feed.is_whole,
            content.most_deleted,
            self.feed.removed,
        )

    def describe(self) -> bytes:
        """Return what the chain begins with: contract, window and columns."""
        return canonical(
            {
                "contract": self.content.number,
                "window": self.feed.window,
                "columns": describe_columns(self.content),
            }
        )

    def _prepare_chunks(
        self, batches: Iterable[pa.RecordBatch], chain: Chain, total: RowSum
    ) -> Iterator[pa.RecordBatch]:
        is_unique = bool(getattr(self.feed, "is_unique", False))
        rules = Rules(self.content.fields, self.content.key, is_unique=is_unique, removed=self.feed.removed)
        tally, removed = self.tally, self.feed.removed
        for batch in batches:
            tally.read += batch.num_rows
            checked = rules.check(batch)
            tally.held += checked.held_rows
            if checked.held or checked.normalised:
                self.book.hold(checked.held, checked.normalised)
            self._judge_share()
            masked = self.masks.apply(checked.batch)
            if masked.num_rows:
                sealed = chain.add(masked)
                tally.size += sealed.size
                kept = leave_out(masked, removed)
                self.removed_rows += masked.num_rows - kept.num_rows
                total.add(kept)
                tally.staged += masked.num_rows
                yield masked
            self._look(Stage.STAGE)

    def _read_slowly(self, batches: Iterable[pa.RecordBatch], stop: Event) -> Iterator[pa.RecordBatch]:
        """Yield batches as fast as the source's link may be used: the next isn't asked for before this one is due."""
        pace = self.pace
        return limit_batches(
            batches, lambda: pace.read, wait=lambda seconds: pace.pause(stop, seconds), clock=pace.clock
        )

    def _write_slowly(self, chunks: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return limit_batches(chunks, lambda: self.pace.write, wait=self._rest, clock=self.pace.clock)

    def _rest(self, seconds: float) -> None:
        """Wait in the thread that carries the run, and go on hearing what is wished."""
        pace, never = self.pace, Event()
        until = pace.clock() + seconds
        while (left := until - pace.clock()) > 0:
            pace.pause(never, min(left, LOOK_SECONDS))
            self._look(Stage.STAGE)

    def _look(self, stage: Stage = Stage.READ) -> None:
        """Write down how far it is; raise what the book raises."""
        self.book.advance(stage, self.tally)
        self.pace.look()

    def _judge_share(self) -> None:
        tally, most = self.tally, self.content.most_rejected
        of = tally.expected if tally.expected else tally.read
        if tally.held > most * of and (tally.expected or tally.read >= _ENOUGH):
            raise self._too_many()

    def _too_many(self) -> Stopped:
        return Stopped(
            "too-many-rejected",
            _("来源 %(read)d 行中已有 %(held)d 行不合规则，超过合约约定的 %(most).4g%%，没有改动目标。")
            % {"read": self.tally.read, "held": self.tally.held, "most": self.content.most_rejected * 100},
        )

    def _judge_counts(self) -> None:
        tally = self.tally
        if tally.expected is not None and tally.expected != tally.read:
            raise SourceError(
                "count-differs",
                _("来源说有 %(expected)d 行，实际读到 %(read)d 行，没有改动目标，稍后自动重试。")
                % {"expected": tally.expected, "read": tally.read},
                is_passing=True,
            )
        if tally.held > self.content.most_rejected * tally.read:
            raise self._too_many()
        if tally.read != tally.staged + tally.held:
            raise SourceError("rows-missing", _("暂存的行数与读到的不符，没有改动目标。"), is_passing=True)

    def _merge(self, landing: Landing, total: RowSum) -> Merged:
        return merge_reconciled(self.target, landing, total)


def describe_columns(content: ContractContent) -> list[dict[str, Any]]:
    return [
        {
            "name": each.column.name,
            "kind": str(each.column.kind),
            "precision": each.column.precision,
            "scale": each.column.scale,
            "mask": each.mask,
        }
        for each in content.fields
    ]

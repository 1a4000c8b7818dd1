"""Writing a run down while it goes on: how far it is, what is held back, what is sealed; and hearing what is wished."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Held
from zhengtong.capabilities.exchange.engine.path import Sealed, Stopped, Tally
from zhengtong.capabilities.exchange.engine.terms import why_not
from zhengtong.capabilities.exchange.models import HeldRow, Run, RunState, Stage
from zhengtong.capabilities.exchange.services.leases import Heartbeat, LeaseLost
from zhengtong.core.audit.public import canonical
from zhengtong.core.crypto.public import digest

PAUSE, CANCEL = "pause", "cancel"
NORMALISED = "normalised"


class Wished(Exception):
    """A person wants the run to pause or to end."""

    def __init__(self, wish: str) -> None:
        super().__init__(wish)
        self.wish = wish


class ContractOver(Stopped):
    """The contract doesn't hold any more."""


class RunBook:
    """The book of one attempt, which only writes while the lease is its own."""

    def __init__(self, run: Run, holder: str, heartbeat: Heartbeat) -> None:
        self._run, self._holder, self._heartbeat = run, holder, heartbeat
        self._met: Counter[str] = Counter()

    def begin(self) -> None:
        """Forget what an earlier attempt at the window held back; what somebody works on already stays."""
        rows = HeldRow.objects.filter(run=self._run)
        rows.filter(state=HeldRow.State.WAITING).delete()
        rows.filter(rule=NORMALISED).delete()

    def advance(self, stage: Stage, tally: Tally) -> None:
        if self._heartbeat.is_lost or not self._write(
            stage=stage,
            rows_expected=tally.expected,
            rows_read=tally.read,
            rows_held=tally.held,
            rows_staged=tally.staged,
            bytes_moved=tally.size,
        ):
            raise LeaseLost
        wish = Run.objects.filter(pk=self._run.pk).values_list("wish", flat=True).get()
        if wish in (PAUSE, CANCEL):
            raise Wished(wish)

    def hold(self, held: Sequence[Held], normalised: Sequence[Held]) -> None:
        now = timezone.now()
        rows = [self._make(each, HeldRow.State.WAITING) for each in held]
        rows += [self._make(each, HeldRow.State.REPLAYED) for each in normalised]
        for row in rows:
            if row.state == HeldRow.State.REPLAYED:
                row.settled_at = now
        HeldRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)

    def seal(self, sealed: Sealed) -> None:
        self._run.detail = self._run.detail | {"sealed": asdict(sealed)}
        if not self._write(detail=self._run.detail):
            raise LeaseLost

    def recheck(self) -> None:
        if why := why_not(self._run.contract_id):
            raise ContractOver("contract-ended", _("%(why)s没有改动目标。") % {"why": why})
        if self._heartbeat.is_lost:
            raise LeaseLost

    def end(self, state: RunState, code: str, message: str, **more: Any) -> bool:
        """Write down how the attempt ended; return False when the run isn't ours any more."""
        return self._write(
            state=state,
            code=code,
            message=message[:500],
            wish="",
            leased_by="",
            lease_until=None,
            ended_at=None if state in (RunState.WAITING, RunState.PAUSED) else timezone.now(),
            **more,
        )

    def name(self, window: str, detail: Mapping[str, Any]) -> bool:
        return self._write(window=window, detail=dict(detail))

    def _write(self, **columns: Any) -> bool:
        mine = Run.objects.filter(pk=self._run.pk, leased_by=self._holder, state=RunState.RUNNING)
        return bool(mine.update(**columns))

    def _make(self, held: Held, state: "HeldRow.State") -> HeldRow:
        named = digest(f"exchange.held:{self._run.contract_id}:" + canonical({"key": self._name(held)}).decode())
        # A row that comes several times is held as often: the second and third have names of their own.
        place = f"{named}:{held.column}:{held.rule}"
        self._met[place] += 1
        if self._met[place] > 1:
            named = digest(f"{named}:{self._met[place]}")
        return HeldRow(
            run=self._run,
            contract_id=self._run.contract_id,
            key_text=cover_key(held.key),
            key_digest=named,
            column=held.column[:128],
            rule=held.rule,
            original=dict(held.original),
            state=state,
        )

    @staticmethod
    def _name(held: Held) -> Mapping[str, Any] | list[str]:
        return list(held.key) if held.key and all(held.key) else dict(held.original)


def cover_key(key: Sequence[str]) -> str:
    """Return a key as people may see it: enough to find the row at its source, not enough to know whose it is."""
    return " / ".join(_cover(each) for each in key)[:200]


def _cover(text: str) -> str:
    if len(text) <= 4:
        return text[:1] + "*" * (len(text) - 1)
    keep = 3 if len(text) > 7 else 1
    return f"{text[:keep]}{'*' * min(len(text) - 2 * keep, 12)}{text[-keep:]}"

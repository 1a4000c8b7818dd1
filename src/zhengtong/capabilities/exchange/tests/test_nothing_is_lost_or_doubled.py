"""Workers are killed, sessions ended, wires cut, staging and target spoilt, more than two hundred times at random.

After each the window is run again to its end; then the target has what the source had, row by row, and one mark of it.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connection

from zhengtong.capabilities.exchange.engine import feeds
from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState
from zhengtong.capabilities.exchange.services.running import run_window, start_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.cutting import PORT, Wire
from zhengtong.capabilities.exchange.tests.deals import GOOD_NUMBER
from zhengtong.capabilities.exchange.tests.faulty import OF_EACH_CHUNK, ROWS_A_CHUNK, STEPS, Nursery
from zhengtong.capabilities.exchange.tests.places import GIVER, TAKER
from zhengtong.kernel.policy import SYSTEM

ROUNDS = 210
ROWS = 200
# Seconds that a run of so many rows takes, about: whatever is left to chance happens within them.
LONG = 0.35
FAULTS = (
    *(f"kill-{step}" for step in STEPS),
    "kill-anywhere",
    "kill-anywhere",
    "source-ended",
    "target-ended",
    "wire-cut",
    "target-full",
    "target-refuses",
    "staging-altered",
    "staging-lost",
    "staging-doubled",
)
# Which rows the target should have: those that no rule holds back.
_GOOD = f"(number IS NULL OR number = '{GOOD_NUMBER}')"


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    name = str(connection.settings_dict["NAME"])
    environ = {**os.environ, "TEST_DATABASE": name, "DATA_DIR": str(settings.DATA_DIR)}
    with Nursery(environ | {"SIGNER_SOCKET": str(settings.SIGNER_SOCKET)}) as made:
        yield made


@pytest.fixture
def wire(tmp_path_factory: pytest.TempPathFactory, exchange: Exchange) -> Iterator[Wire]:
    folder = Path(tmp_path_factory.mktemp("w"))
    with Wire(folder, dict(exchange.giver.settings)) as made:
        yield made


class Storm:
    """Rounds of change, fault and repair. ``chance`` is seeded; its seed is printed when something is wrong."""

    def __init__(self, exchange: Exchange, nursery: Nursery, wire: Wire, seed: int) -> None:
        self.exchange, self.nursery, self.wire = exchange, nursery, wire
        self.chance = random.Random(seed)
        self.straight = {side.pk: dict(side.settings) for side in (exchange.giver, exchange.taker)}
        self.met: Counter[str] = Counter()
        self.last = 0

    def change_source(self) -> None:
        """Add, alter and remove rows; some of them are bad."""
        ask, chance = self.exchange.database.execute, self.chance
        first = self.last + 1
        self.last += chance.randint(1, 12) if self.last else ROWS
        self.exchange.give(first, self.last)
        ask("DELETE FROM giver.people WHERE id %% 53 = %s AND id < %s", [chance.randrange(53), self.last])
        ask(
            "UPDATE giver.people SET note = %s, changed_at = clock_timestamp() WHERE id %% 17 = %s",
            [f"{chance.random()}", chance.randrange(17)],
        )
        ask("UPDATE giver.people SET number = '1' WHERE id %% 41 = %s", [chance.randrange(41)])
        ask(
            "UPDATE giver.people SET number = %s, changed_at = clock_timestamp() WHERE number = '1' AND random() < 0.5",
            [GOOD_NUMBER],
        )

    def strike(self, run: Run, fault: str) -> None:
        """Let a worker meet ``fault`` on the run."""
        ask, chance = self.exchange.database.execute, self.chance
        if fault.startswith("kill-") and fault != "kill-anywhere":
            step = fault.removeprefix("kill-")
            self.nursery.start(run.pk, step, chance.randint(1, 4) if step in OF_EACH_CHUNK else 1)
        elif fault.startswith("staging-"):
            self.nursery.start(run.pk, fault)
        elif fault == "target-full":
            ask(
                "CREATE FUNCTION taker.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF random() < 0.2 THEN "
                "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END IF; RETURN NEW; END $$"
            )
            ask(
                "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON taker.people "
                "FOR EACH ROW EXECUTE FUNCTION taker.refuse()"
            )
            self.nursery.start(run.pk)
        elif fault == "target-refuses":
            ask("ALTER TABLE taker.people ADD CONSTRAINT odd CHECK (id % 3 = 0 OR random() < 0.99) NOT VALID")
            self.nursery.start(run.pk)
        elif fault == "wire-cut":
            side = chance.choice((self.exchange.giver, self.exchange.taker))
            side.settings = self.straight[side.pk] | {"host": str(self.wire.folder), "port": PORT}
            side.save()
            self.wire.left = chance.randint(0, 60_000)
            self.nursery.start(run.pk)
        else:
            pid = self.nursery.start(run.pk)
            Event().wait(chance.random() * LONG)
            if fault == "kill-anywhere":
                os.kill(pid, signal.SIGKILL)
            else:
                name = GIVER if fault == "source-ended" else TAKER
                # Those of this database alone: other tests have sources of the same name beside.
                ask(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = %s AND datname = current_database()",
                    [name],
                )
        if self.nursery.wait() < 0:
            self.met[f"{fault}: dead"] += 1

    def repair(self) -> None:
        """Take away what was in the way; the dead worker's lease runs out."""
        ask = self.exchange.database.execute
        ask("DROP TRIGGER IF EXISTS full_disk ON taker.people; DROP FUNCTION IF EXISTS taker.refuse()")
        ask("ALTER TABLE IF EXISTS taker.people DROP CONSTRAINT IF EXISTS odd")
        self.wire.left = None
        for side in (self.exchange.giver, self.exchange.taker):
            if side.settings != self.straight[side.pk]:
                side.settings = dict(self.straight[side.pk])
                side.save()

    def finish(self, run: Run) -> Run:
        """Run the window again until it ends."""
        for _turn in range(3):
            found = Run.objects.get(pk=run.pk)
            if found.state == RunState.DONE:
                break
            self.met[f"ended {found.state} {found.code}"] += 1
            if found.state == RunState.RUNNING:
                Run.objects.filter(pk=run.pk).update(lease_until="2020-01-01T00:00:00Z")
            else:
                Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
            run_window(run.pk)
        found = Run.objects.get(pk=run.pk)
        assert found.state == RunState.DONE, (found.code, found.message)
        return found

    def compare(self, run: Run) -> None:
        """Everything that was read has landed or is held, once."""
        assert self.exchange.count_different(_GOOD) == 0
        name = f"{run.contract.number}/{run.window}"
        assert self.exchange.ask("SELECT count(*) FROM taker.zhengtong_received WHERE run = %s", name) == 1
        assert Receipt.objects.filter(run=run).count() == 1
        bad = self.exchange.ask(f"SELECT count(*) FROM giver.people WHERE NOT {_GOOD}")
        held = HeldRow.objects.filter(run=run)
        assert held.count() == run.rows_held == held.values("key_digest").distinct().count()
        assert run.rows_held == bad
        assert run.rows_read == run.rows_held + run.inserted + run.updated + run.unchanged


def test_nothing_is_lost_or_doubled(
    exchange: Exchange, nursery: Nursery, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "CHUNK_ROWS", ROWS_A_CHUNK)
    seed = random.SystemRandom().randrange(1 << 32)
    storm = Storm(exchange, nursery, wire, seed)
    contract = exchange.agree(most_deleted=1.0)
    for number in range(ROUNDS):
        fault = FAULTS[number % len(FAULTS)]
        try:
            storm.change_source()
            run = start_run(actor=SYSTEM, contract=contract, trigger="hand")
            storm.strike(run, fault)
            storm.repair()
            storm.compare(storm.finish(run))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, round {number}, {fault}: {error}; {storm.met}") from error
    # The storm was one: workers died at every step, and runs ended in every way.
    assert {fault for fault in FAULTS if fault.startswith("kill-")} <= {each.split(":")[0] for each in storm.met}
    assert sum(count for name, count in storm.met.items() if name.endswith("dead")) >= ROUNDS * 2 // 5
    assert {"ended waiting reconcile-differs", "ended failed target-full", "ended waiting cut-off"} <= storm.met.keys()

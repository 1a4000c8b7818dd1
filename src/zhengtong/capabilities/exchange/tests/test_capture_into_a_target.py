"""The engine fed by the log: whole, changes, a worker killed after the merge, a row put right at the source."""

from typing import Any

import pytest

from zhengtong.capabilities.contracts.public import Contract, Mode
from zhengtong.capabilities.exchange.capture.feed import CaptureFeed
from zhengtong.capabilities.exchange.models import HeldRow, Run, RunState
from zhengtong.capabilities.exchange.services.quarantine import answer_ticket, open_ticket, settle_tickets
from zhengtong.capabilities.exchange.services.running import run_window, start_run
from zhengtong.capabilities.exchange.tests.faulty import Killed
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_source
from zhengtong.capabilities.exchange.tests.watching import Execute
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM, Actor

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = "id, name, born, story"


@pytest.fixture
def captured(offices: tuple[Organisation, Organisation], source_settings: dict[str, Any], execute: Execute) -> Contract:
    execute("DROP TABLE IF EXISTS people_landed")
    execute(
        "INSERT INTO people SELECT g, '某' || g, '1990-01-01', repeat('长', 3000), 'x' FROM generate_series(1, 30) g"
    )
    source = make_source(offices[0], **source_settings)
    rules = {"name": {"pattern": "某.*|改|后来"}}
    return make_contract(
        *offices, mode=Mode.CAPTURE, source=source, target=source, rules=rules, content={"most_rejected": 0.5}
    )


def carry(contract: Contract) -> Run:
    run = start_run(actor=SYSTEM, contract=contract, trigger="hand")
    run_window(run.pk)
    run.refresh_from_db()
    return run


def assert_equal(execute: Execute) -> None:
    for one, other in (("people", "people_landed"), ("people_landed", "people")):
        assert execute(f"SELECT {NAMES} FROM {one} EXCEPT SELECT {NAMES} FROM {other}").fetchall() == []
    assert execute("SELECT count(*) - count(DISTINCT id) FROM people_landed").fetchone() == (0,)


def test_whole_then_changes_then_a_worker_killed_after_its_merge(
    captured: Contract, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = carry(captured)
    assert (run.state, run.inserted) == (RunState.DONE, 30), run.message
    execute("UPDATE people SET name = '改' WHERE id < 4")
    execute("DELETE FROM people WHERE id = 5")
    execute("UPDATE people SET id = 600 WHERE id = 6")
    run = carry(captured)
    assert (run.state, run.updated, run.deleted, run.inserted) == (RunState.DONE, 3, 2, 1), run.message
    assert_equal(execute)
    execute("DELETE FROM people WHERE id = 7")

    def die(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(CaptureFeed, "settle", die)
        killed = start_run(actor=SYSTEM, contract=captured, trigger="hand")
        with pytest.raises(Killed):
            run_window(killed.pk)
    execute("INSERT INTO people VALUES (8000, '后来', NULL, NULL, 'x')")
    Run.objects.filter(pk=killed.pk).update(state=RunState.WAITING, leased_by="")
    run_window(killed.pk)
    killed.refresh_from_db()
    assert killed.state == RunState.DONE, killed.message
    assert carry(captured).inserted == 1
    assert_equal(execute)
    nothing, again = carry(captured), carry(captured)
    assert (nothing.state, again.state, again.rows_read) == (RunState.DONE, RunState.DONE, 0), again.message


def test_a_row_that_was_put_right_at_the_source_is_read_again_by_its_key(
    captured: Contract, execute: Execute, operator: Actor, corrector: Actor
) -> None:
    execute("UPDATE people SET name = 'wrong' WHERE id = 3")
    run = carry(captured)
    assert (run.state, run.rows_held) == (RunState.DONE, 1), run.message
    row = HeldRow.objects.get(state="waiting")
    ticket = open_ticket(actor=operator, contract=captured, note="名称不对", ids=[row.pk])
    execute("UPDATE people SET name = '改' WHERE id = 3")
    answered = answer_ticket(actor=corrector, ticket=ticket, is_corrected=True, answer="已更正")
    assert answered.replay is not None
    run_window(answered.replay.pk)
    answered.replay.refresh_from_db()
    assert (answered.replay.state, answered.replay.rows_read) == (RunState.DONE, 1), answered.replay.message
    assert settle_tickets(actor=SYSTEM) == 1
    row.refresh_from_db()
    assert row.state == "replayed"
    assert_equal(execute)

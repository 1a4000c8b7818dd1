"""A contract whose target is another node: its run seals the window, waits for the node's word, and ends with it."""

from typing import Any

import pyarrow as pa
import pytest

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.between.models import NodeDelivery
from zhengtong.capabilities.exchange.between.services import set_landing
from zhengtong.capabilities.exchange.between.target import NodeTarget
from zhengtong.capabilities.exchange.engine.path import Awaited
from zhengtong.capabilities.exchange.models import Receipt, Run, RunState
from zhengtong.capabilities.exchange.services import running
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.services.steering import cancel_run, pause_run, repeat_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.deals import make_contract
from zhengtong.capabilities.exchange.tests.faulty import Killed
from zhengtong.capabilities.exchange.tests.test_tell_subscribers import subscribe
from zhengtong.capabilities.interfaces.public import Change
from zhengtong.capabilities.nodes.public import OutgoingMessage, OutgoingState, OwnNode, cancel_message
from zhengtong.capabilities.nodes.services.delivering import deliver_to
from zhengtong.capabilities.nodes.tests.conftest import Loop, loop
from zhengtong.capabilities.sources.public import Column, ColumnKind, Landing, Source, open_target
from zhengtong.capabilities.sources.services.enlisting import enlist_nodes
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM

__all__ = ["loop"]


# The link's fixture comes first everywhere: it makes the cast, whose offices the exchange's sources then belong to.


@pytest.fixture
def agreed(loop: Loop, exchange: Exchange) -> Contract:
    """A contract whose rows go to the node, which is this platform over a real link."""
    assert enlist_nodes() == 1
    return make_contract(exchange.giver, Source.objects.get(kind="node"), most_deleted=0.5)


def say_where(loop: Loop, exchange: Exchange) -> None:
    """The receiving side says where the dataset is put."""
    Source.objects.filter(pk=exchange.taker.pk).update(organisation_id=loop.node.organisation_id)
    exchange.taker.refresh_from_db()
    set_landing(actor=loop.operator, node=loop.node, dataset="people", target=exchange.taker, table="people")


def test_a_run_is_done_when_the_node_has_landed_its_rows(loop: Loop, exchange: Exchange, agreed: Contract) -> None:
    say_where(loop, exchange)
    exchange.give(1, 100)
    exchange.database.execute("UPDATE giver.people SET number = '1' WHERE id IN (3, 4)")
    subscription = subscribe(agreed)
    run = exchange.run(agreed)
    assert (run.state, run.code, run.inserted) == (RunState.WAITING, "node-waiting", 0), run.message
    assert not Receipt.objects.exists()
    for _look in range(3):
        run = exchange.again(run)
    assert (run.state, run.attempt) == (RunState.WAITING, 0)
    message = OutgoingMessage.objects.get()
    assert deliver_to(loop.node.pk) == 1
    run = exchange.again(run)
    assert (run.state, run.rows_read, run.rows_held, run.inserted) == (RunState.DONE, 100, 2, 98), run.message
    assert exchange.count_different("id NOT IN (3, 4)") == 0
    message.refresh_from_db()
    assert message.effect["rows"] == 98
    assert Receipt.objects.get().run == run
    assert Change.objects.get(subscription=subscription).content["inserted"] == 98

    exchange.database.execute(
        "DELETE FROM giver.people WHERE id > 90; UPDATE giver.people SET note = '改' WHERE id < 3"
    )
    run = exchange.run(agreed)
    deliver_to(loop.node.pk)
    run = exchange.again(run)
    assert (run.updated, run.deleted, run.unchanged) == (2, 10, 86), run.message
    assert exchange.count_different("id NOT IN (3, 4)") == 0


def test_a_window_waits_while_the_node_is_away_and_the_next_one_behind_it(
    loop: Loop, exchange: Exchange, agreed: Contract
) -> None:
    say_where(loop, exchange)
    exchange.give(1, 10)
    loop.proxy.__exit__()
    run = exchange.run(agreed)
    assert deliver_to(loop.node.pk) == 0
    run = exchange.again(run)
    assert (run.state, run.code) == (RunState.WAITING, "node-waiting")
    # It is said why it waits.
    assert OutgoingMessage.objects.get().trouble in run.message
    following = start_run(actor=SYSTEM, contract=agreed, trigger="hand")
    assert exchange.again(following).attempt == 0
    # What has left isn't stopped here.
    for act in (cancel_run, pause_run):
        with pytest.raises(Refused) as refused:
            act(actor=SYSTEM, run=run)
        assert refused.value.code == "in-line"
    OutgoingMessage.objects.update(next_at="2020-01-01T00:00:00Z")
    with loop.proxy:
        assert deliver_to(loop.node.pk) == 1
    assert exchange.again(run).state == RunState.DONE
    assert exchange.again(following).code == "node-waiting"
    assert exchange.count_different() == 0


def test_what_the_node_sends_back_is_said_and_sealed_anew_when_it_is_repeated(
    loop: Loop, exchange: Exchange, agreed: Contract
) -> None:
    exchange.give(1, 10)
    run = exchange.run(agreed)
    deliver_to(loop.node.pk)
    run = exchange.again(run)
    assert (run.state, run.code) == (RunState.FAILED, "no-landing")
    assert "还没有登记数据集" in run.message
    say_where(loop, exchange)
    exchange.give(11, 12)
    exchange.again(repeat_run(actor=SYSTEM, run=run))
    deliver_to(loop.node.pk)
    run = exchange.again(run)
    assert (run.state, run.inserted) == (RunState.DONE, 12), run.message
    states = OutgoingMessage.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == [OutgoingState.CANCELLED, OutgoingState.DELIVERED]


def test_a_whole_that_would_delete_too_much_over_there_stops(loop: Loop, exchange: Exchange, agreed: Contract) -> None:
    say_where(loop, exchange)
    exchange.give(1, 10)
    run = exchange.run(agreed)
    deliver_to(loop.node.pk)
    exchange.again(run)
    exchange.database.execute("DELETE FROM giver.people WHERE id > 4")
    run = exchange.run(agreed)
    deliver_to(loop.node.pk)
    run = exchange.again(run)
    assert (run.state, run.code) == (RunState.STOPPED, "too-many-deleted"), run.message
    assert exchange.ask("SELECT count(*) FROM taker.people") == 10


def test_a_contract_revoked_while_its_window_is_in_line_takes_it_out(
    loop: Loop, exchange: Exchange, agreed: Contract
) -> None:
    say_where(loop, exchange)
    exchange.give(1, 10)
    run = exchange.run(agreed)
    Contract.objects.filter(pk=agreed.pk).update(state="revoked", reason="提供方收回授权。")
    run = exchange.again(run)
    assert (run.state, run.code) == (RunState.CANCELLED, "contract-ended")
    assert "撤回" in run.message
    assert deliver_to(loop.node.pk) == 0
    assert OutgoingMessage.objects.get().state == OutgoingState.CANCELLED
    assert exchange.ask("SELECT to_regclass('taker.people')::text") is None


def test_a_contract_revoked_after_the_node_landed_the_window_has_a_run_that_is_done(
    loop: Loop, exchange: Exchange, agreed: Contract
) -> None:
    say_where(loop, exchange)
    exchange.give(1, 10)
    run = exchange.run(agreed)
    deliver_to(loop.node.pk)
    Contract.objects.filter(pk=agreed.pk).update(state="revoked", reason="提供方收回授权。")
    assert exchange.again(run).state == RunState.DONE


def test_a_message_that_is_cancelled_by_hand_ends_its_run(loop: Loop, exchange: Exchange, agreed: Contract) -> None:
    exchange.give(1, 10)
    run = exchange.run(agreed)
    cancel_message(actor=loop.operator, message=OutgoingMessage.objects.get(), reason="发错了")
    run = exchange.again(run)
    assert (run.state, run.code) == (RunState.FAILED, "node-cancelled")
    assert "发错了" in run.message


def test_a_worker_killed_around_the_line_puts_its_window_there_once(
    loop: Loop, exchange: Exchange, agreed: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_where(loop, exchange)
    exchange.give(1, 10)

    def die(*_given: object, **_named: object) -> None:
        raise Killed

    put = NodeTarget._put_in_line

    def put_and_die(*given: Any) -> None:
        put(*given)
        raise Killed

    run = start_run(actor=SYSTEM, contract=agreed, trigger="hand")
    for owner, name, does in (
        (NodeTarget, "_put_in_line", die),
        (NodeTarget, "_put_in_line", put_and_die),
        (running, "_await", die),
        (running, "make_receipt", die),
    ):
        if name == "make_receipt":
            assert deliver_to(loop.node.pk) == 1
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, does)
            with pytest.raises(Killed):
                exchange.again(run)
        # What is sealed stays what it was, whatever the source has by now.
        exchange.database.execute("UPDATE giver.people SET note = 'x' || coalesce(note, '') WHERE id = 1")
        Run.objects.filter(pk=run.pk).update(state=RunState.WAITING, leased_by="")
    run = exchange.again(run)
    assert (run.state, run.inserted) == (RunState.DONE, 10), run.message
    assert OutgoingMessage.objects.count() == NodeDelivery.objects.count() == Receipt.objects.count() == 1
    assert exchange.ask("SELECT count(*) FROM taker.people WHERE note IS NOT NULL") == 1


def test_what_may_not_cross_the_zones_boundary_does_not_leave(loop: Loop, exchange: Exchange, agreed: Contract) -> None:
    exchange.give(1, 10)
    OwnNode.objects.update(zone="inner")
    run = exchange.run(agreed)
    assert (run.state, run.code) == (RunState.FAILED, "boundary"), run.message
    assert not OutgoingMessage.objects.exists()
    assert AuditRecord.objects.filter(action="nodes.refuse_outgoing").exists()


def test_deletions_of_a_change_capture_travel(loop: Loop, exchange: Exchange, agreed: Contract) -> None:
    say_where(loop, exchange)
    exchange.database.execute("CREATE TABLE taker.people (id bigint PRIMARY KEY, full_name text)")
    exchange.database.execute("INSERT INTO taker.people VALUES (1, '甲'), (2, '乙')")
    columns = (Column("id", ColumnKind.INTEGER, is_key=True), Column("full_name", ColumnKind.TEXT))
    where = Landing("people", columns, ("id",), "HY1/0/1..0/2", removed="zt_removed")
    rows = {"id": [1, 3], "full_name": [None, "丙"], "zt_removed": [True, False]}
    assert agreed.target is not None
    with open_target(agreed.target) as target:
        target.prepare(where)
        target.stage(where, [pa.RecordBatch.from_pydict(rows)])
        with pytest.raises(Awaited):
            target.merge(where)
        deliver_to(loop.node.pk)
        merged = target.merge(where)
    assert (merged.inserted, merged.deleted, merged.was_done) == (1, 1, True)
    left = exchange.database.execute("SELECT id FROM taker.people ORDER BY id").fetchall()
    assert left == [(2,), (3,)]


def test_a_connected_node_is_a_target_once(agreed: Contract) -> None:
    assert enlist_nodes() == 0
    source = Source.objects.get(kind="node")
    assert (source.is_readable, source.is_writable, source.settings) == (False, True, {"node": "county"})
    assert AuditRecord.objects.filter(action="sources.enlist_node").count() == 1

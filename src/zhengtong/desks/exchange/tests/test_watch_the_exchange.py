"""The desk: the monitor and a run, turns, links, held rows and tickets, receipts, flows; each for its own side only."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import CorrectionTicket, HeldRow, Receipt, Run, RunAlert, RunState, Schedule
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_held, make_run
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation

pytestmark = pytest.mark.django_db
ALL = ("exchange.view", "exchange.operate", "exchange.correct", "exchange.reveal")


@pytest.fixture
def contract(cast: Cast) -> Contract:
    names = ("澄波区人民政府", "禾溪县人民政府")
    made = make_contract(*(Organisation.objects.get(name=name) for name in names), schedule="0 2 * * *")
    Schedule.objects.create(contract=made, next_turn_at=timezone.now() + timedelta(hours=1), hindrance="链路已满")
    return made


@pytest.fixture
def run(contract: Contract) -> Run:
    made = make_run(
        contract,
        message="来源 100 行 = 落地 98 行 + 隔离 2 行",
        rows_expected=100,
        rows_read=100,
        rows_held=2,
        rows_staged=98,
        bytes_moved=123_456,
        inserted=98,
        stage="reconcile",
        started_at=timezone.now() - timedelta(seconds=75),
    )
    Receipt.objects.create(run=made, digest="ab" * 32, archive=b"PK\3\4proof", rows=98, chunks=1)
    make_held(made, 1)
    make_held(made, 2)
    return made


@pytest.fixture
def provider(contract: Contract) -> Client:
    return sign_in("exchange-provider", contract.provider, *ALL)


@pytest.fixture
def consumer(contract: Contract) -> Client:
    return sign_in("exchange-consumer", contract.consumer, "exchange.view")


def open_page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"exchange_desk:{name}", args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


PAGES = ("runs", "schedules", "quarantine", "tickets", "receipts", "links", "flows")


def test_empty_desks_say_what_comes_there(cast: Cast) -> None:
    client = sign_in("exchange-empty", Organisation.objects.get(name="澄波区人民政府"), "exchange.view")
    for name in PAGES:
        assert "empty-title" in open_page(client, name), name


def test_both_sides_see_the_run_and_nobody_else(run: Run, provider: Client, consumer: Client, cast: Cast) -> None:
    for client in (provider, consumer):
        for name in PAGES:
            assert run.contract.provider.name in open_page(client, name) or name in ("schedules", "tickets", "receipts")
        text = open_page(client, "run", run.pk)
        for said in ("98", "来源 100 行", run.contract.digest, "people_landed", "1 分 15 秒", "对账"):
            assert said in text, said
    below = Organisation.objects.filter(parent=run.contract.provider).order_by("id")[0]
    outsider = sign_in("exchange-outsider", below, *ALL)
    assert run.contract.resource.name not in open_page(outsider, "runs")
    for name in ("run", "run_progress", "receipt"):
        assert outsider.get(reverse(f"exchange_desk:{name}", args=[run.pk])).status_code == 404
    for name in ("contract", "held", "held_export"):
        assert outsider.get(reverse(f"exchange_desk:{name}", args=[run.contract.number])).status_code == 404


def test_a_running_run_is_followed_and_paused(contract: Contract, provider: Client, consumer: Client) -> None:
    run = make_run(contract, state=RunState.RUNNING, stage="stage", rows_expected=1000, rows_read=400)
    part = open_page(provider, "run_progress", run.pk)
    assert "hx-trigger" in part
    assert "400 / 1,000" in part
    assert reverse("exchange_desk:run_act", args=[run.pk, "pause"]) in open_page(provider, "run", run.pk)
    assert "pause/" not in open_page(consumer, "run", run.pk)
    assert provider.post(reverse("exchange_desk:run_act", args=[run.pk, "pause"])).status_code == 302
    run.refresh_from_db()
    assert run.wish == "pause"
    assert consumer.post(reverse("exchange_desk:run_act", args=[run.pk, "cancel"])).status_code == 403
    live = provider.get(reverse("exchange_desk:runs"), headers={"HX-Request": "true", "HX-Target": "live"})
    assert "<html" not in live.content.decode()


def test_the_monitor_says_when_no_worker_is_heard_from(contract: Contract, provider: Client) -> None:
    waiting, done = (make_run(contract, state=state) for state in (RunState.WAITING, RunState.DONE))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert "zhengtong worker" in open_page(provider, "runs")
    for name in ("run", "run_progress"):
        assert "zhengtong worker" in open_page(provider, name, waiting.pk)
        assert "zhengtong worker" not in open_page(provider, name, done.pk)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    assert "zhengtong worker" in open_page(provider, "runs")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert "zhengtong worker" not in open_page(provider, "runs")
    assert "zhengtong worker" not in open_page(provider, "run", waiting.pk)


def test_a_failed_contract_is_shown_above_the_monitor(run: Run, provider: Client) -> None:
    failed = make_run(run.contract, state=RunState.FAILED, message="数据源口令已变")
    RunAlert.objects.create(contract=run.contract, run=failed)
    assert "数据源口令已变" in open_page(provider, "runs", state="trouble")


def test_a_receipt_is_downloaded_by_either_side(run: Run, consumer: Client) -> None:
    response = consumer.get(reverse("exchange_desk:receipt", args=[run.pk]))
    assert response.content == b"PK\3\4proof"
    assert response["Content-Type"] == "application/zip"
    assert "zhengtong_verify" in open_page(consumer, "receipts")


def test_turns_are_paused_and_a_run_is_started_by_hand(contract: Contract, provider: Client) -> None:
    assert "链路已满" in open_page(provider, "contract", contract.number)
    url = reverse("exchange_desk:contract_act", args=[contract.number, "pause"])
    assert provider.post(url).status_code == 302
    assert Schedule.objects.get().is_paused
    assert "暂停" in open_page(provider, "schedules")
    run = reverse("exchange_desk:contract_act", args=[contract.number, "run"])
    assert provider.post(run).status_code == 302
    refused = provider.post(run)
    assert refused.status_code == 422
    assert "还没有结束" in refused.content.decode()


def test_a_link_gets_a_limit(contract: Contract, provider: Client) -> None:
    url = reverse("exchange_desk:link_limit", args=[contract.source.code])
    assert provider.post(url, {"runs_at_once": "5"}).status_code == 302
    assert "0 / 5" in open_page(provider, "links")
    assert provider.post(url, {"runs_at_once": "0"}).status_code == 422


def test_held_rows_are_masked_revealed_for_a_purpose_sent_back_and_answered(run: Run, provider: Client) -> None:
    number = run.contract.number
    assert "date" in open_page(provider, "quarantine")
    listed = open_page(provider, "held", number)
    assert "001***" in listed
    assert "王晓岚" not in listed
    first = HeldRow.objects.order_by("id")[0]
    detail = provider.get(reverse("screens:exchange.held.detail", args=[first.pk])).content.decode()
    assert "王晓岚" not in detail
    assert "1*" in detail
    exported = b"".join(provider.get(reverse("exchange_desk:held_export", args=[number]))).decode()
    assert "001***" in exported
    assert "王晓岚" not in exported
    assert AuditRecord.objects.filter(action="exchange.export_held").count() == 1
    url = reverse("exchange_desk:held_act", args=[number, "ticket"])
    asked = provider.post(url, {"rows": [str(first.pk)]})
    assert "选中的 1 行" in asked.content.decode()
    sent = provider.post(url, {"rows": [str(first.pk)], "typed": "1", "note": "出生日期不存在"})
    ticket = CorrectionTicket.objects.get()
    assert sent["Location"] == reverse("exchange_desk:ticket", args=[ticket.number])
    assert "出生日期不存在" in open_page(provider, "ticket", ticket.number)
    assert ticket.number in open_page(provider, "tickets", state="waiting")
    answer = reverse("exchange_desk:ticket_act", args=[ticket.number, "answer"])
    assert provider.post(answer, {"is_corrected": "yes"}).status_code == 422
    assert provider.post(answer, {"is_corrected": "no", "answer": "档案已销毁"}).status_code == 302
    assert "档案已销毁" in open_page(provider, "ticket", ticket.number)
    drop = reverse("exchange_desk:held_act", args=[number, "drop"])
    assert provider.post(drop, {"typed": "1", "reason": "测试数据"}).status_code == 302
    assert not HeldRow.objects.filter(state="waiting").exists()


def test_the_consumer_sees_how_many_are_held_and_not_what(run: Run, consumer: Client) -> None:
    assert "001***" in open_page(consumer, "held", run.contract.number)
    first = HeldRow.objects.order_by("id")[0]
    assert consumer.get(reverse("screens:exchange.held.detail", args=[first.pk])).status_code in (403, 404)


def test_the_map_draws_who_gives_whom_and_the_table_has_the_numbers(run: Run, consumer: Client) -> None:
    text = open_page(consumer, "flows", days="30")
    assert "<svg" in text
    assert text.count(run.contract.provider.name) >= 2
    assert "98" in text

"""The quarantine says in words what is wrong with a row and what to do next; no bare code on a page or in a list."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import CorrectionTicket, HeldRow
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_held, make_run
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation

pytestmark = pytest.mark.django_db
ALL = ("exchange.view", "exchange.operate", "exchange.correct", "exchange.reveal")
CODE, TITLE, NEXT = "date-impossible", "没有这一天", "对照原始材料，在源头改成真实的日期。"


@pytest.fixture
def contract(cast: Cast) -> Contract:
    names = ("澄波区人民政府", "禾溪县人民政府")
    made = make_contract(*(Organisation.objects.get(name=name) for name in names))
    run = make_run(made, rows_held=2)
    make_held(run, 1, rule=CODE)
    make_held(run, 2, rule="check-GB11643")
    return made


@pytest.fixture
def client(contract: Contract) -> Client:
    return sign_in("exchange-reader", contract.provider, *ALL)


def shown(client: Client, address: str) -> str:
    """Return a page's text without its addresses, where a code is a filter."""
    response = client.get(address)
    assert response.status_code == 200
    text = response.content.decode()
    return text.replace(f"rule={CODE}", "").replace("rule=check-GB11643", "").replace(f'value="{CODE}"', "")


def test_groups_rows_and_tickets_say_it_in_words(client: Client, contract: Contract) -> None:
    held = reverse("exchange_desk:held", args=[contract.number])
    groups = shown(client, reverse("exchange_desk:quarantine"))
    rows, of_rule = shown(client, held), shown(client, f"{held}?rule={CODE}")
    for page in (groups, rows, of_rule):
        assert TITLE in page
        assert CODE not in page
    for page in (groups, rows):
        assert "公民身份号码不对" in page
        assert "check-GB11643" not in page
    for page in (rows, of_rule):
        assert NEXT in page
    assert "公民身份号码不对" not in of_rule
    sent = client.post(
        reverse("exchange_desk:held_act", args=[contract.number, "ticket"]),
        {"typed": "1", "rule": CODE, "note": "请核对出生日期"},
    )
    assert sent.status_code == 302
    ticket = shown(client, reverse("exchange_desk:ticket", args=[CorrectionTicket.objects.get().number]))
    assert TITLE in ticket
    assert NEXT in ticket
    assert CODE not in ticket


def test_the_act_names_what_is_sent_back(client: Client, contract: Contract) -> None:
    address = reverse("exchange_desk:held_act", args=[contract.number, "ticket"])
    asked = client.post(address, {"rule": CODE}).content.decode()
    assert f"“{TITLE}”的全部待处理行" in asked


def test_the_list_that_is_taken_away_has_the_sentence_and_the_next_step(client: Client, contract: Contract) -> None:
    response = client.get(reverse("exchange_desk:held_export", args=[contract.number]))
    table = _read(response)
    assert table[0][2:4] == ["问题", "下一步"]
    said = {line[2]: line[3] for line in table[1:]}
    assert said[f"{TITLE}。写法是日期，日历上却没有这一天，例如 2021-02-29。"] == NEXT
    assert CODE not in str(table)


@pytest.mark.parametrize("start", [*"=+-@＝＋－＠", "\t", "\r", "'="])
def test_no_cell_of_the_list_is_a_formula(client: Client, contract: Contract, start: str) -> None:
    formula = f"{start}HYPERLINK(A1)"
    make_held(contract.held.all()[0].run, 3, rule=CODE, key_text=formula, column=formula)
    table = _read(client.get(reverse("exchange_desk:held_export", args=[contract.number])))
    # The newest is the first.
    assert table[1][:2] == [f"'{formula}"] * 2
    assert not any(cell[:1] in tuple("=+-@＝＋－＠\t\r") for line in table for cell in line if cell)


def test_the_list_is_sent_while_it_is_read(client: Client, contract: Contract) -> None:
    run = contract.held.all()[0].run
    HeldRow.objects.bulk_create(
        HeldRow(run=run, contract=contract, key_text=f"{n}***", key_digest=f"{n:064d}", rule=CODE)
        for n in range(10, 2510)
    )
    response = client.get(reverse("exchange_desk:held_export", args=[contract.number]))
    assert response.streaming
    parts = list(response)
    assert len(parts) > 2
    assert len(list(csv.reader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))) == 2503
    # What was taken is in the journal with its number, though nobody has read it to the end yet.
    taken = AuditRecord.objects.get(action="exchange.export_held")
    assert (taken.after or {})["rows"] == 2502


def _read(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"), newline="")))


def test_a_row_s_own_page_and_the_register_s_export_say_it_too(client: Client, contract: Contract) -> None:
    row = contract.held.get(rule=CODE)
    page = shown(client, reverse("screens:exchange.held.detail", args=[row.pk]))
    assert TITLE in page
    assert NEXT in page
    assert CODE not in page
    register = shown(client, reverse("screens:exchange.held.list"))
    assert TITLE in register
    assert CODE not in register

"""The platform answers from a table of a source: columns, filters and pages are those of the contract."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from zhengtong.capabilities.contracts.public import ContractField
from zhengtong.capabilities.interfaces.tests.office import FIELDS, Office, open_table_office, problem_of
from zhengtong.capabilities.pki.public import prepare_trust
from zhengtong.capabilities.sources.public import Condition, Operator
from zhengtong.core.identity.public import Organisation

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "insured_people"
PLAIN = (ContractField("idno", FIELDS[0].column, "none"), *FIELDS[1:])


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {TABLE} (idno text PRIMARY KEY, xm text, dh text, nl integer, je numeric(12,2), mm text)"
        )
        cursor.execute(
            f"INSERT INTO {TABLE} SELECT to_char(n, 'FM000'), '王' || n, '139' || to_char(n, 'FM00000000'), "
            "n % 100, n / 7.0, 'secret' FROM generate_series(1, 25) n"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def _open(here: Organisation, there: Organisation, **changes: Any) -> Office:
    prepare_trust()
    return open_table_office(here, there, TABLE, **changes)


def test_pages_hold_every_row_once_and_the_cursor_tells_nothing(here: Organisation, there: Organisation) -> None:
    office = _open(here, there, rows_a_call=10)
    asked: dict[str, Any] = {}
    amounts: list[str] = []
    for _page in range(4):
        answer = office.call(asked)
        assert answer.status_code == 200, answer.content
        content = answer.json()
        amounts += [row["amount"] for row in content["rows"]]
        if not content["next"]:
            break
        assert "010" not in content["next"]
        asked = {"cursor": content["next"]}
    assert len(amounts) == len(set(amounts)) == 25


def test_only_agreed_columns_come_and_those_asked_for(here: Organisation, there: Organisation) -> None:
    office = _open(here, there)
    rows = office.call({"columns": ["age", "name"], "limit": 2}).json()["rows"]
    assert [set(row) for row in rows] == [{"age", "name"}] * 2
    assert problem_of(office.call({"columns": ["mm"]})) == (403, "column-unknown")
    assert (
        problem_of(office.call({"where": [{"column": "mm", "operator": "=", "values": ["x"]}]}))[1] == "column-unknown"
    )


def test_a_covered_column_is_found_by_its_whole_value_and_not_felt_for(here: Organisation, there: Organisation) -> None:
    office = _open(here, there)
    whole = {"column": "number", "operator": "=", "values": ["007"]}
    assert office.call({"where": [whole]}).json()["count"] == 1
    begins = {"column": "number", "operator": "begins", "values": ["00"]}
    assert problem_of(office.call({"where": [begins]})) == (403, "column-unknown")


def test_the_contract_s_own_filter_always_holds(here: Organisation, there: Organisation) -> None:
    office = _open(here, there, fields=PLAIN, conditions=(Condition("nl", Operator.AT_LEAST, ("20",)),))
    assert office.call({}).json()["count"] == 6
    below = {"column": "age", "operator": "<=", "values": ["21"]}
    assert [row["age"] for row in office.call({"where": [below]}).json()["rows"]] == [20, 21]


@pytest.mark.parametrize(
    "asked",
    [
        {"cursor": "x"},
        {"cursor": 7},
        {"limit": 0},
        {"limit": True},
        {"where": [{"column": "age", "operator": "~", "values": ["1"]}]},
        {"where": [{"column": "age", "operator": "=", "values": ["1 OR 1=1"]}]},
        {"where": {"age": 1}},
        {"columns": "age"},
        {"parameters": {}},
    ],
)
def test_what_nobody_can_read_is_refused(here: Organisation, there: Organisation, asked: Any) -> None:
    assert problem_of(_open(here, there).call(asked)) == (400, "body-form")


def test_a_table_that_went_away_is_the_provider_s_fault(here: Organisation, there: Organisation) -> None:
    office = _open(here, there)
    office.service.place = "no_such_table"
    office.service.save()
    assert problem_of(office.call({})) == (502, "provider-answer")

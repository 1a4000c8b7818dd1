"""Reading the journal by person and by row, page after page; acts are said in words."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.core.audit.domain import read_place, write_place
from zhengtong.core.audit.public import (
    is_look,
    list_by_account,
    list_by_subject,
    list_for_object,
    list_for_principal,
    list_looks,
    list_looks_at,
    read_page,
    record,
    say_action,
)
from zhengtong.kernel.policy import SYSTEM

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2286, 1, 1), timezones=st.just(UTC))


@given(at=MOMENTS, pk=st.integers(1, 10**18 - 1))
def test_a_place_is_read_as_it_was_written(at: datetime, pk: int) -> None:
    assert read_place(write_place(at, pk)) == (at, pk)


@given(text=st.text(max_size=60))
def test_what_someone_typed_is_a_place_or_nothing(text: str) -> None:
    place = read_place(text)
    assert place is None or place == read_place(write_place(*place))


@pytest.mark.django_db
def test_pages_lead_through_all_records_of_one_moment() -> None:
    account = uuid4()
    actor = replace(SYSTEM, account=account)
    for number in range(7):
        record(actor, "test.act", ("test.thing", number))
    record(SYSTEM, "test.act", ("test.thing", 0))
    seen, older = [], ""
    for _page in range(4):
        page = read_page(list_by_account(account), older, size=2)
        seen += [each.object_id for each in page.records]
        older = page.older
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    assert older == ""
    assert len(read_page(list_by_account(account), "'; DROP", size=10).records) == 7


@pytest.mark.django_db
def test_a_person_finds_the_looks_at_her_and_what_was_done_for_her() -> None:
    hers, principal = "ab" * 32, uuid4()
    record(SYSTEM.stating("核对户口"), "test.look", ("test.thing", 1), subject=hers)
    record(SYSTEM, "test.look", ("test.thing", 2), subject="cd" * 32)
    record(replace(SYSTEM, account=uuid4(), principal=principal), "test.act", ("test.thing", 3))
    assert [each.purpose for each in list_by_subject(hers)] == ["核对户口"]
    assert [each.object_id for each in list_for_principal(principal)] == ["3"]
    assert [each.action for each in list_for_object(("test.thing", 2))] == ["test.look"]


@pytest.mark.django_db
def test_looks_at_a_row_are_told_from_changes() -> None:
    record(SYSTEM, "audit.reveal", ("test.thing", 1))
    record(SYSTEM, "test.act", ("test.thing", 1))
    assert is_look("audit.reveal")
    assert "audit.reveal" in list_looks()
    assert [each.action for each in list_looks_at(("test.thing", 1))] == ["audit.reveal"]


def test_an_act_without_words_is_said_by_its_code() -> None:
    assert say_action("audit.view_journal") == "查看日志"
    assert say_action("test.reveal") == say_action("audit.reveal") != "audit.reveal"
    assert say_action("nobody.declared_this") == "nobody.declared_this"
    assert say_action("") == ""


@pytest.mark.django_db
def test_each_list_reads_an_index() -> None:
    with connection.cursor() as cursor:
        # A handful of rows is read from end to end; what is asked here is whether an index could be used.
        cursor.execute("SET LOCAL enable_seqscan = off")
    for found in (list_by_account(uuid4()), list_by_subject("ab" * 32), list_for_principal(uuid4())):
        assert "audit_by_" in found[:31].explain()

"""What is agreed is compiled, frozen and digested; what can't be asked isn't; a clock counts by the calendar."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.catalogue.public import ShareType
from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.clocks import Clock
from zhengtong.capabilities.contracts.models import Contract
from zhengtong.capabilities.contracts.public import ChosenMask
from zhengtong.capabilities.contracts.terms import (
    BadTerms,
    Frequency,
    Terms,
    Timing,
    check_condition,
    check_cron,
    list_operators,
)
from zhengtong.capabilities.contracts.tests.offices import ASKED, Offices, make_resource, make_source
from zhengtong.capabilities.sources.public import ColumnKind, Condition, Operator, SourceState
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong_verify.canonical import canonical, sm3


def code_of(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


@pytest.mark.django_db
def test_a_contract_says_all_that_was_agreed(offices: Offices) -> None:
    contract = Contract.objects.get(pk=offices.granted().pk)
    content = contracts.get_content(contract)
    assert [each.column.name for each in content.fields] == ["credit_code", "name", "region_code", "legal_person"]
    assert content.fields[0].source == "CREDIT_CODE"
    assert {each.column.name: each.mask for each in content.fields}["legal_person"] == "name"
    assert content.key == ("credit_code",)
    assert content.conditions == (Condition("REGION_CODE", Operator.BEGINS_WITH, ("990102",)),)
    assert (content.source, content.place, content.target) == (
        offices.source.code,
        "public.enterprise",
        offices.target.code,
    )
    assert (content.schedule, content.working_days_only) == ("30 2 * * *", True)
    assert (content.most_rejected, content.most_deleted) == (0.01, 0.1)
    assert contract.digest == sm3(canonical(contract.content))
    assert contracts.ContractContent.from_json(json.loads(canonical(contract.content))) == content


@pytest.mark.django_db
def test_an_interface_contract_has_a_quota_and_no_target(offices: Offices) -> None:
    asked = replace(ASKED, calls_a_day=500, rows_a_call=1)
    content = contracts.get_content(offices.granted(asked, mode="interface", target=None, target_table=""))
    assert (content.calls_a_day, content.rows_a_call, content.target, content.schedule) == (500, 1, "", "")
    assert content.place == "/v1/enterprise"


@pytest.mark.django_db
def test_an_increment_comes_by_the_watermark(offices: Offices) -> None:
    assert contracts.get_content(offices.granted(mode="increment")).watermark == "updated_at"


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"purpose": "x"}, {"digest": "0" * 64}, {"content": {}}, {"valid_until": None}])
def test_the_database_refuses_to_change_what_was_agreed(offices: Offices, change: dict[str, object]) -> None:
    contract = offices.granted()
    if "purpose" in change:
        change = {"content": {**contract.content, **change}}
    if "valid_until" in change:
        change = {"valid_until": contract.valid_until + timedelta(days=1)}
    with pytest.raises(Exception, match="frozen"), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(**change)
    with pytest.raises(Exception, match="not deleted"), transaction.atomic():
        Contract.objects.filter(pk=contract.pk)._raw_delete("default")


@pytest.mark.django_db
def test_a_contract_that_was_altered_below_the_platform_isnt_read(offices: Offices) -> None:
    contract = offices.granted()
    contract.content = {**contract.content, "purpose": "别的用途"}
    assert not contracts.is_intact(contract)
    with pytest.raises(ValueError, match="agreed"):
        contracts.get_content(contract)


@pytest.mark.django_db
def test_a_provider_covers_more_and_never_less_without_a_reason(offices: Offices) -> None:
    request = offices.passed()

    def agree(**masks: ChosenMask) -> Contract:
        with transaction.atomic():
            granted = contracts.approve_request(actor=offices.approver, request=request, masks=masks)
            return Contract.objects.get(request=granted)

    with pytest.raises(Refused) as error:
        agree(legal_person=ChosenMask("none"))
    assert code_of(error) == "mask-loosened"
    with pytest.raises(Refused) as error:
        agree(region_code=ChosenMask("digest"))
    assert code_of(error) == "filter-on-covered"
    with pytest.raises(Refused) as error:
        agree(credit_code=ChosenMask("number"))
    assert code_of(error) == "key-masked"
    with pytest.raises(Refused) as error:
        agree(name=ChosenMask("everything"))
    assert code_of(error) == "mask"
    contract = agree(legal_person=ChosenMask("hidden"), name=ChosenMask("digest"))
    columns = {each.column.name: each.mask for each in contracts.get_content(contract).fields}
    assert columns == {"credit_code": "none", "name": "digest", "region_code": "none"}


@pytest.mark.django_db
def test_a_reason_loosens_a_mask_and_is_kept(offices: Offices) -> None:
    request = contracts.approve_request(
        actor=offices.approver,
        request=offices.passed(),
        masks={"legal_person": ChosenMask("none", "许可要核对全名")},
    )
    assert request.masks["legal_person"] == {"mask": "none", "reason": "许可要核对全名"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"columns": ()}, "no-columns"),
        ({"columns": ("credit_code", "internal_note")}, "not-shared"),
        ({"columns": ("credit_code", "case_file")}, "not-shared"),
        ({"columns": ("credit_code", "password")}, "unknown-column"),
        ({"reasons": {}}, "no-reason"),
        ({"conditions": (Condition("password", Operator.EQUAL, ("x",)),)}, "unknown-column"),
        ({"conditions": (Condition("name; DROP TABLE", Operator.EQUAL, ("x",)),)}, "unknown-column"),
        ({"conditions": (Condition("id_number", Operator.BEGINS_WITH, ("3301",)),)}, "unknown-column"),
        ({"conditions": (Condition("internal_note", Operator.IS_FILLED),)}, "unknown-column"),
        ({"conditions": (Condition("legal_person", Operator.EQUAL, ("王晓岚",)),)}, "filter-on-covered"),
        ({"conditions": (Condition("capital", Operator.BEGINS_WITH, ("1",)),)}, "operator-not-for-kind"),
        ({"conditions": (Condition("capital", Operator.AT_LEAST, ("1 OR 1=1",)),)}, "bad-value"),
        ({"conditions": (Condition("capital", Operator.AT_LEAST, ("NaN",)),)}, "bad-value"),
        ({"conditions": (Condition("opened_on", Operator.AT_LEAST, ("2026-02-30",)),)}, "bad-value"),
        ({"conditions": (Condition("name", Operator.EQUAL, ("a\x00b",)),)}, "bad-value"),
        ({"conditions": (Condition("name", Operator.EQUAL, ("a", "b")),)}, "too-many-values"),
        ({"conditions": (Condition("name", Operator.ONE_OF, ()),)}, "no-value"),
        ({"conditions": (Condition("name", Operator.IS_EMPTY, ("x",)),)}, "too-many-values"),
        ({"conditions": (Condition("name", Operator.EQUAL, ("x",)),) * 21}, "too-many-conditions"),
    ],
)
def test_a_hostile_or_careless_ask_is_refused(offices: Offices, change: dict[str, object], code: str) -> None:
    request = contracts.start_request(actor=offices.applicant, resource=offices.resource)
    with pytest.raises(Refused) as error:
        contracts.save_columns(actor=offices.applicant, request=request, terms=replace(ASKED, **change))  # type: ignore[arg-type]  # the table's
    assert code_of(error) == code


@pytest.mark.django_db
def test_data_lands_at_home_only(offices: Offices) -> None:
    foreign = make_source(offices.bureau, writable=True)
    readonly = make_source(offices.consumer)
    for target in (foreign, readonly, None):
        with pytest.raises(Refused) as error:
            offices.drafted(target=target)
        assert code_of(error) == "target"
    for name in ("../etc/passwd", "a;drop table b", "", "x" * 121, "a b", "a\x00b"):
        with pytest.raises(Refused) as error:
            offices.drafted(target_table=name)
        assert code_of(error) == "target_table"
    type(offices.target).objects.filter(pk=offices.target.pk).update(state=SourceState.SUSPENDED)
    offices.target.refresh_from_db()
    with pytest.raises(Refused) as error:
        offices.drafted()
    assert code_of(error) == "target"


@pytest.mark.django_db
def test_a_batch_has_its_key_and_an_end(offices: Offices) -> None:
    with pytest.raises(Refused) as error:
        offices.drafted(replace(ASKED, columns=("name",), reasons={}, conditions=()))
    assert code_of(error) == "key"
    today = timezone.localdate()
    for until in (today, today - timedelta(days=1), today + timedelta(days=4000)):
        with pytest.raises(Refused) as error:
            offices.drafted(valid_until=until)
        assert code_of(error) == "until"


@pytest.mark.django_db
def test_a_sensitive_column_is_never_given_bare_in_silence(offices: Offices) -> None:
    resource = make_resource(offices.provider, offices.source, share=ShareType.UNCONDITIONAL)
    asked = replace(ASKED, columns=("credit_code", "id_number"), reasons={"id_number": "核验身份"}, conditions=())
    content = contracts.get_content(Contract.objects.get(request=offices.passed(asked, resource=resource)))
    assert {each.column.name: each.mask for each in content.fields}["id_number"] == "number"


@pytest.mark.parametrize(
    ("timing", "cron"),
    [
        (Timing(), ""),
        (Timing(Frequency.HOURLY, at="00:15"), "15 * * * *"),
        (Timing(Frequency.DAILY, at="02:30"), "30 2 * * *"),
        (Timing(Frequency.WEEKLY, at="06:05", weekday=7), "5 6 * * 0"),
        (Timing(Frequency.MONTHLY, at="23:59", day=28), "59 23 28 * *"),
        (Timing(Frequency.CUSTOM, cron="  0,30  8-18 * *  1-5 "), "0,30 8-18 * * 1-5"),
    ],
)
def test_words_of_how_often_are_five_fields(timing: Timing, cron: str) -> None:
    assert timing.schedule() == cron


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("* * * * *", "too-often"),
        ("*/5 * * * *", "too-often"),
        ("30 2 * *", "bad-cron"),
        ("61 2 * * *", "bad-cron"),
        ("@daily", "bad-cron"),
        ("0 0 * * * *", "bad-cron"),
        ("0 2 * * mon", "bad-cron"),
        ("0 2 * * *; rm -rf /", "bad-cron"),
    ],
)
def test_a_schedule_that_isnt_one_or_comes_too_often_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadTerms) as error:
        check_cron(text)
    assert error.value.code == code


VALUES = st.text(max_size=40)


@given(
    kind=st.sampled_from(ColumnKind), operator=st.sampled_from(Operator), values=st.lists(VALUES, max_size=3).map(tuple)
)
def test_a_condition_is_refused_or_read_the_same_twice(
    kind: ColumnKind, operator: Operator, values: tuple[str, ...]
) -> None:
    try:
        read = check_condition(Condition("c", operator, values), kind)
    except BadTerms:
        return
    assert operator in list_operators(kind)
    assert check_condition(read, kind) == read
    assert all((value and value.isprintable()) or kind is ColumnKind.TEXT for value in read.values)


TERMS = st.builds(
    Terms,
    columns=st.lists(st.text(min_size=1, max_size=5), max_size=4, unique=True).map(tuple),
    reasons=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    conditions=st.lists(
        st.builds(Condition, st.text(max_size=5), st.sampled_from(Operator), st.lists(VALUES, max_size=2).map(tuple)),
        max_size=3,
    ).map(tuple),
    timing=st.builds(Timing, st.sampled_from(Frequency), working_days_only=st.booleans()),
)


@given(terms=TERMS)
def test_terms_come_back_as_they_were_kept(terms: Terms) -> None:
    back = Terms.from_json(json.loads(json.dumps(terms.to_json())))
    assert back == terms
    assert terms.asks_no_more_than(back)


CALENDAR = WorkingCalendar({}, range(2000, 2100), 1)
START = date(2026, 1, 1)


@given(
    days=st.integers(1, 60),
    spells=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), max_size=5),
    begin=st.integers(0, 700),
)
def test_a_clock_that_is_stopped_and_started_gives_its_days_and_no_more(
    days: int, spells: list[tuple[int, int]], begin: int
) -> None:
    at = CALENDAR.add_working_days(START + timedelta(days=begin), 0)
    clock, used = Clock(days).started(at), 0
    for running, standing in spells:
        stop = at + timedelta(days=running)
        used += CALENDAR.working_days_between(at, stop)
        clock = clock.stopped(stop, CALENDAR)
        assert clock.days == max(0, days - used)
        assert clock.due_on(CALENDAR) is None
        at = stop + timedelta(days=standing)
        clock = clock.started(at)
    due = clock.due_on(CALENDAR)
    assert due is not None
    assert CALENDAR.is_working(due)
    left = max(0, days - used)
    assert CALENDAR.working_days_between(at, due) == left or left == 0
    assert due >= at

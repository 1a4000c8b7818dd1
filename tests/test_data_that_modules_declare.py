"""What modules declare as data sets holds what its entry says and nothing of what nobody may know, from the start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.catalogue import tasks_finding
from zhengtong.capabilities.catalogue.datasets import list_rows
from zhengtong.capabilities.catalogue.models import Resource
from zhengtong.capabilities.catalogue.public import Dataset
from zhengtong.capabilities.supervision.models import Card, Level
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry

pytestmark = pytest.mark.django_db
# Of every case that is told of: its own row, its rating, the follow-up of it, its card.
ABOUT_A_CASE = ("cases.case", "ratings.appraisal", "ratings.follow-up", "supervision.card")


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def given(code: str) -> list[dict[str, Any]]:
    return list(list_rows(registry.get(Dataset, code)))


@pytest.fixture
def told(cast: Cast, run_jobs: Callable[[], None]) -> cases.Case:
    """A case with a bad rating, its follow-up and a card; and a draft."""
    case = cast.granted()
    run_jobs()
    cases.appraise_case(actor=cast.owner, case_id=case.pk, score=1, comment="我电话13900001234。")
    Card.objects.create(case=case, level=Level.YELLOW)
    cast.draft()
    return case


def test_each_module_with_data_declares_some() -> None:
    modules = {each.code.partition(".")[0] for each in registry.of(Dataset)}
    assert modules >= {
        "bundles", "cases", "letters", "licences", "payments", "powers", "ratings", "registers", "reservations",
        "supervision",
    }  # fmt: skip


def test_a_case_is_given_without_its_applicant_and_a_draft_is_not(told: cases.Case) -> None:
    (row,) = given("cases.case")
    assert (row["number"], row["state"], row["item_name"]) == (told.number, "delivered", told.item_name)
    for code in ABOUT_A_CASE:
        (row,) = given(code)
        text = str(row)
        assert told.applicant_name
        for hidden in (told.applicant_name, "13900001234", "电话"):
            assert hidden not in text, code


@pytest.mark.parametrize("marked", [{"mark": Mark.WORK_SECRET}, {"mark_circle": [1]}, {"mark_readers": [1]}])
def test_what_is_told_of_a_marked_case_is_as_marked(told: cases.Case, marked: dict[str, Any]) -> None:
    assert [len(given(code)) for code in ABOUT_A_CASE] == [1, 1, 1, 1]
    cases.Case.objects.filter(pk=told.pk).update(**marked)
    assert [len(given(code)) for code in ABOUT_A_CASE] == [0, 0, 0, 0]


def test_entries_are_there_with_the_starting_rows(cast: Cast) -> None:
    assert not Resource.objects.exclude(dataset="").exists()
    call_command("seed")
    made = dict(Resource.objects.exclude(dataset="").values_list("dataset", "provider__name"))
    assert made["cases.case"] == "安澜市政务服务数据管理局"
    assert {"ratings.appraisal", "supervision.card", "reservations.ticket"} <= made.keys()
    # Nothing that a department hasn't confirmed is open to others.
    assert set(Resource.objects.exclude(dataset="").values_list("state", flat=True)) == {"compiling"}
    call_command("seed")
    assert Resource.objects.exclude(dataset="").count() == len(made)


def test_a_department_that_is_founded_has_its_entries_within_minutes(cast: Cast) -> None:
    call_command("seed")
    assert not Resource.objects.filter(dataset="payments.order").exists()
    bureau = Organisation.objects.get(name="安澜市政务服务数据管理局")
    Organisation.objects.create(
        name="安澜市财政局", short_name="市财政局", kind=bureau.kind, region=bureau.region, path=f"{bureau.path}.999"
    )
    tasks_finding.propose_new(0)
    assert Resource.objects.get(dataset="payments.order").provider.name == "安澜市财政局"

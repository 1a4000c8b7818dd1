"""A sheet of powers: a dry run names what can't be read; what is confirmed becomes drafts, to be reviewed."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from zhengtong.capabilities.powers.models import PowerEntry, PowerState, VersionStatus
from zhengtong.capabilities.powers.public import submit_version
from zhengtong.capabilities.powers.screens import EntryScreens
from zhengtong.screens.sheets.models import SheetRun, State
from zhengtong.screens.sheets.services import apply_run, check_sheet
from zhengtong.screens.sheets.shape import Shape

TITLES = [
    "编码",
    "清单",
    "名称",
    "类别",
    "行使机关",
    "层级",
    "咨询电话",
    "设定依据",
    "行使流程",
    "责任事项",
    "追责情形",
]
ROW = ["MR-JC-77", "权责清单", "食用农产品检查", "行政检查", "市场监督管理局", "县级", "12315"]
ROW += ["《食品安全法》第一百一十条：有权进入生产经营场所实施现场检查。", "计划\n检查\n公布", "两人以上检查", ""]


def check(cast: Cast, *rows: list[str]) -> SheetRun:
    text = io.StringIO()
    csv.writer(text).writerows([TITLES, *rows])
    file = SimpleUploadedFile("powers.csv", text.getvalue().encode(), "text/csv")
    return check_sheet(_screens(), cast.compiler, file)


def _screens() -> EntryScreens:
    return EntryScreens()


def test_the_sheet_has_these_columns() -> None:
    assert [column.title for column in Shape(_screens()).columns] == TITLES


def test_a_new_row_becomes_a_draft(cast: Cast) -> None:
    run = check(cast, ROW)
    assert (run.state, run.new_count, run.refused_count) == (State.CHECKED, 1, 0)
    assert not PowerEntry.objects.filter(code="MR-JC-77").exists()
    assert apply_run(run, cast.compiler).state == State.APPLIED
    entry = PowerEntry.objects.get(code="MR-JC-77")
    draft = entry.versions.get()
    assert (entry.state, draft.status, draft.adjustment) == (PowerState.COMPILING, VersionStatus.COMPILING, "new")
    assert (draft.text.procedure, draft.text.basis[0].article) == (("计划", "检查", "公布"), "第一百一十条")


def test_a_changed_row_becomes_a_draft_and_the_entry_stays(cast: Cast) -> None:
    entry = PowerEntry.objects.get(code="MR-JC-01")
    row = ["MR-JC-01", "权责清单", "食品安全检查", *ROW[3:]]
    run = check(cast, row)
    assert run.changed_count == 1
    apply_run(run, cast.compiler)
    entry.refresh_from_db()
    draft = entry.versions.get(status=VersionStatus.COMPILING)
    assert (entry.name, draft.text.name, draft.adjustment) == ("食品安全监督检查", "食品安全检查", "change")
    again = check(cast, [*row[:2], "食品安全检查（再改）", *row[3:]])
    apply_run(again, cast.compiler)
    draft.refresh_from_db()
    assert draft.content["name"] == "食品安全检查（再改）"


@pytest.mark.parametrize(
    ("place", "typed", "words"),
    [
        (7, "食品安全法第一百一十条", "第几条"),
        (3, "行政魔法", "可以填"),
        (1, "没有的清单", "查不到"),
        (2, "", "没有填写"),
    ],
)
def test_a_row_that_can_not_be_read_is_named(cast: Cast, place: int, typed: str, words: str) -> None:
    run = check(cast, [*ROW[:place], typed, *ROW[place + 1 :]])
    assert (run.refused_count, run.new_count) == (1, 0)
    problems = run.rows.get(verdict="refused").content["problems"]
    from zhengtong.screens.sheets.problems import Problem

    said = "".join(Problem(each["code"], each["column"], each["typed"], each["params"]).sentence for each in problems)
    assert words in said


def test_a_row_whose_change_is_under_review_waits(cast: Cast) -> None:
    apply_run(check(cast, ROW), cast.compiler)
    draft = PowerEntry.objects.get(code="MR-JC-77").versions.get()
    draft.reason = "《食品安全法》"
    draft.save()
    submit_version(actor=cast.compiler, version=draft)
    run = check(cast, [*ROW[:2], "改名", *ROW[3:]])
    assert run.refused_count == 1

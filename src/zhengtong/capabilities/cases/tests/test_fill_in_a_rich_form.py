"""Rows, calculated fields, dictionaries, places: what the forms take, keep and show, and what they refuse."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from zhengtong.capabilities.cases.calculating import calculate, read_number
from zhengtong.capabilities.cases.form_checks import find_problems
from zhengtong.capabilities.cases.models import DictionaryEntry
from zhengtong.capabilities.cases.public import (
    SectionForm,
    check_form,
    clean_form,
    compare_forms,
    complete,
    list_entries,
    parse_definition,
    show_answer,
)
from zhengtong.capabilities.cases.services.dictionaries import amend_entry, load_dictionaries
from zhengtong.capabilities.cases.tests.rich_form import FORM, make_text, rich, right
from zhengtong.kernel.policy import SYSTEM


def problems(field: dict[str, Any]) -> list[str]:
    form = [{"key": "all", "title": "全部", "fields": [{"key": "x", "label": "甲", **field}]}]
    return [each.message for each in find_problems(make_text(form))]


def test_what_is_calculated_is_kept_whatever_was_typed_for_it() -> None:
    cleaned, errors = clean_form(rich(), {**right(), "fee": "1", "payroll": "1"})
    assert errors == []
    assert cleaned["fee"] == "70"
    assert [row["total"] for row in cleaned["staff"]] == ["24003", "200"]
    assert cleaned["payroll"] == "24203"
    assert cleaned["mean"] == "10"


def test_a_condition_on_what_is_calculated_asks_for_more() -> None:
    _cleaned, errors = clean_form(rich(), {**right(), "area": "1000"})
    assert [error[1] for error in errors] == ["reason"]


def test_a_section_that_is_not_asked_is_not_kept() -> None:
    cleaned, errors = clean_form(rich(), {**right(), "has_staff": False})
    assert errors == []
    assert not {"staff", "payroll", "mean"} & cleaned.keys()


def test_a_missing_answer_leaves_the_result_empty_without_a_second_complaint() -> None:
    form, troubles = calculate(rich(), {**right(), "area": "很大"})
    assert (form["fee"], troubles) == ("", [])


def test_a_divisor_of_zero_is_told_with_the_field() -> None:
    each = rich(
        {"key": "a", "label": "总额", "type": "number"},
        {"key": "b", "label": "人数", "type": "number"},
        {"key": "c", "label": "人均", "type": "calculated", "formula": "a / b"},
    )
    _cleaned, errors = clean_form(each, {"a": "5", "b": "0"})
    assert errors == [("all", "c", "“人均”算不出来：除数是零。请核对填写的内容。")]
    assert clean_form(each, {"a": "0", "b": "0"})[1][0][1] == "c"
    assert clean_form(each, {"a": "5", "b": "4"})[0]["c"] == "1.25"


def test_rows_that_are_wrong_are_told_by_their_number_and_column() -> None:
    answers = right() | {
        "staff": [{"who": "甲", "wage": "x", "months": "1"}, {"who": "", "wage": "1", "months": "1.5"}]
    }
    messages = [error[2] for error in clean_form(rich(), answers)[1]]
    assert "第 1 行月薪：请填写数字" in messages
    assert "第 2 行姓名：请填写姓名" in messages
    assert "第 2 行月数：月数应填整数" in messages


def test_empty_rows_count_for_nothing_and_a_thousand_are_refused() -> None:
    row = {"who": "甲", "wage": "1", "months": "1"}
    cleaned, errors = clean_form(rich(), right() | {"staff": [row, {}, {"who": ""}, row]})
    assert errors == []
    assert len(cleaned["staff"]) == 2
    assert "从业人员最多 4 行" in [error[2] for error in clean_form(rich(), right() | {"staff": [row] * 1000})[1]]
    assert "请至少填写 1 行从业人员" in [error[2] for error in clean_form(rich(), right() | {"staff": [{}]})[1]]


def test_rows_are_added_and_taken_out_without_a_script() -> None:
    section = next(each for each in rich().sections if each.key == "people")
    posted = QueryDict("staff-there=1&staff-row=0&staff-0-who=甲&staff-row=1&staff-1-who=乙&staff-1-wage=5")
    assert [row["who"] for row in SectionForm(section, posted).kept()["staff"]] == ["甲", "乙"]
    more = SectionForm(section, QueryDict(posted.urlencode() + "&staff-add=1"))
    assert more.is_rearranged
    assert len(more.kept()["staff"]) == 3
    fewer = SectionForm(section, QueryDict(posted.urlencode() + "&staff-remove=0"))
    assert fewer.is_rearranged
    assert [row["who"] for row in fewer.kept()["staff"]] == ["乙"]
    assert SectionForm(section, QueryDict("staff-there=1")).kept()["staff"] == []
    assert "staff-0-who" in SectionForm(section, initial=right()).as_p()


@pytest.mark.parametrize("typed", ["12", " 12 ", "１２", "12.0", "+12"])
def test_numbers_are_read_as_people_write_them(typed: str) -> None:
    assert read_number(typed) == Decimal(12)


@pytest.mark.parametrize(
    "typed", ["", "1e3", "NaN", "Infinity", "1_000", "1,000", "0x1", "--1", "十二", True, None, []]
)
def test_what_is_no_number_is_none(typed: object) -> None:
    assert read_number(typed) is None


def test_a_place_is_typed_as_two_numbers() -> None:
    each = rich({"key": "place", "label": "位置", "type": "map_point"})
    section = each.sections[0]
    kept = SectionForm(section, QueryDict("place_0=87.6&place_1=43.8")).kept()
    assert kept == {"place": "87.6,43.8"}
    assert clean_form(each, kept)[0] == {"place": "87.600000,43.800000"}
    assert clean_form(each, {"place": "43.8,87.6"})[1]
    assert show_answer(each.by_key["place"], "87.6,43.8") == "东经 87.6，北纬 43.8"


def test_hostile_labels_are_told_and_break_nothing() -> None:
    label = "<script>alert(1)</script>50%d%(x)s"
    field = {"key": "x", "label": label, "type": "text", "max_length": 3, "pattern": "^a", "message": "%s%(y)d"}
    _cleaned, errors = clean_form(rich(field), {"x": "bbbb"})
    assert errors[0][2] == f"{label}最多 3 字"
    assert clean_form(rich(field), {"x": "bb"})[1][0][2] == "%s%(y)d"
    page = SectionForm(rich(field).sections[0]).as_p()
    assert "<script>alert" not in page
    assert problems({"label": "甲\u202e乙", "type": "text"})


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"type": "calculated", "formula": "y * 2"}, "表单里没有这个字段"),
        ({"type": "calculated", "formula": "2 *"}, "公式读不懂"),
        ({"type": "calculated", "formula": "x + 1"}, "互相依赖"),
        ({"type": "calculated", "formula": "__import__('os')"}, "公式读不懂"),
        ({"type": "choice", "options": []}, "没有选项"),
        ({"type": "choice", "options": ["一", " "]}, "空的选项"),
        ({"type": "choice", "options": ["一", "一"]}, "写了两次"),
        ({"type": "text", "condition": {"field": "gone", "values": ["1"]}}, "表单里没有这个字段"),
        ({"type": "text", "condition": {"field": "x", "values": ["1"]}}, "它自己"),
        ({"type": "text", "condition": {"nothing": 1}}, "读不懂"),
        ({"type": "text", "condition": "x"}, "读不懂"),
        ({"type": "dictionary", "dictionary": ""}, "没有，请选"),
        ({"type": "text", "prefill": "moon.phase"}, "没有可以带出的来源"),
        ({"type": "text", "element": "Operator Name"}, "数据元"),
        ({"type": "text", "pattern": "(a+)+"}, "没完没了"),
        ({"type": "text", "pattern": "(?P<x>a)"}, "格式写得不对"),
        ({"type": "text", "pattern": "["}, "格式写得不对"),
        ({"type": "number", "min": 5, "max": 1}, "最小值大于最大值"),
        ({"type": "number", "min": "5"}, "应是数字"),
        ({"type": "repeat", "fields": []}, "没有字段"),
        ({"type": "repeat", "fields": [{"key": "a", "label": "甲", "type": "upload"}]}, "不能放"),
        ({"type": "repeat", "max_rows": 1000, "fields": [{"key": "a", "label": "甲", "type": "text"}]}, "行数"),
        ({"type": "python"}, "类型"),
        ({"label": "", "type": "text"}, "没有名称"),
        ({"label": None, "type": "text"}, "没有名称"),
        ({"type": "text", "key": "Bad Key"}, "不能用"),
        ({"type": "text", "key": "version"}, "另有用处"),
    ],
)
def test_each_fault_of_a_text_is_named(field: dict[str, Any], words: str) -> None:
    assert any(words in message for message in problems(field)), problems(field)


def test_faults_of_the_whole_form_are_named() -> None:
    twice = [{"key": "all", "title": "全部", "fields": [{"key": "x", "label": "甲", "type": "text"}] * 2}]
    assert any("用了两次" in each.message for each in find_problems(make_text(twice)))
    many = [
        {"key": "all", "title": "全部", "fields": [{"key": f"f{n}", "label": "甲", "type": "text"} for n in range(501)]}
    ]
    assert any("最多 500 个" in each.message for each in find_problems(make_text(many)))
    assert find_problems({})
    assert find_problems({"form": "x"})
    assert find_problems({"form": [{"fields": [1, None]}]})
    circle = [
        {"key": "p", "label": "甲", "type": "calculated", "formula": "q"},
        {"key": "q", "label": "乙", "type": "calculated", "formula": "p"},
    ]
    found = find_problems(make_text([{"key": "all", "title": "全部", "fields": circle}]))
    assert [each.message for each in found] == ["计算字段互相依赖，算不出来：甲 → 乙 → 甲。请改掉其中一个的公式。"]
    assert find_problems(make_text()) == []


def test_five_hundred_fields_are_checked_and_filled_in() -> None:
    fields = [{"key": f"f{n}", "label": f"第{n}项", "type": "number"} for n in range(499)]
    total = {"key": "total", "label": "合计", "type": "calculated", "formula": "f0 + f498"}
    text = make_text([{"key": "all", "title": "全部", "fields": [*fields, total]}])
    assert find_problems(text) == []
    cleaned, errors = clean_form(parse_definition(text), {f"f{n}": "1" for n in range(499)})
    assert errors == []
    assert cleaned["total"] == "2"


@pytest.mark.django_db
def test_an_entry_is_chosen_by_its_code_and_shown_by_its_name_for_good() -> None:
    load_dictionaries(actor=SYSTEM)
    assert load_dictionaries(actor=SYSTEM) == 0
    assert len(list_entries("ethnicity")) == 56
    assert len(list_entries("industry")) == 20
    each = rich({"key": "nation", "label": "民族", "type": "dictionary", "dictionary": "ethnicity"})
    assert clean_form(each, {"nation": "01"}) == ({"nation": "01"}, [])
    assert clean_form(each, {"nation": "汉族"})[1][0][2] == "请从列出的选项里选择"
    entry = DictionaryEntry.objects.get(dictionary__code="ethnicity", code="01")
    amend_entry(actor=SYSTEM, entry=entry, name="汉族", position=1)
    assert clean_form(each, {"nation": "01"})[1]
    assert show_answer(each.by_key["nation"], "01") == "汉族"
    assert [found.message for found in check_form(each.text)] == []
    gone = make_text(
        [{"key": "a", "title": "甲", "fields": [{**each.text["form"][0]["fields"][0], "dictionary": "moon"}]}]
    )
    assert "没有" in check_form(gone)[0].message


def test_what_a_newer_form_changes_is_said_with_what_becomes_of_the_answers() -> None:
    text = make_text()
    basics = text["form"][0]["fields"]
    basics[1] |= {"required": True}
    basics[3]["label"] = "合作单位"
    del basics[5]
    basics.append({"key": "fax", "label": "传真", "type": "text", "required": False})
    text["form"][1]["fields"][0] |= {"type": "text"}
    text["form"][1]["fields"][1] |= {"max": 3}
    text["form"][2]["fields"][0]["fields"].pop()
    answers = right() | {"short": "abc", "since": "2020-01-01"}
    found = {(each.kind, each.key): each for each in compare_forms(rich(), parse_definition(text), answers)}
    assert found["required", "short"].fate == "check"
    assert found["label", "partner"].sentence == "“联营单位”改称“合作单位”。"
    assert (found["removed", "since"].fate, found["removed", "since"].answer) == ("lost", "2020-01-01")
    assert found["added", "fax"].fate == ""
    assert found["type", "area"].fate == "kept"
    assert found["columns", "staff"].fate == "kept"
    assert compare_forms(rich(), rich(), answers) == []


def test_old_texts_and_answers_read_as_before() -> None:
    assert complete(rich(FORM[0]["fields"][0]), {"name": "甲", "gone": 1}) == {"name": "甲", "gone": 1}

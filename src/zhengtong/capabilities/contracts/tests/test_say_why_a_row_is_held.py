"""Nobody meets a bare code: every code that a row can be held under has its sentence and its next step."""

import ast
import inspect
import re
from types import ModuleType

import pytest
from django.utils import translation

from zhengtong.capabilities.contracts import reading, rules
from zhengtong.capabilities.contracts.faults import FAULTS, say_fault
from zhengtong.capabilities.contracts.tests.test_hold_back_what_breaks_a_rule import BAD_VALUES, judge

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def list_written(module: ModuleType) -> set[str]:
    """Return the codes that a module's source holds rows under, wherever a call or a pair names one."""
    codes: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        given: list[ast.expr] = []
        match node:
            case ast.Call(func=ast.Attribute(attr="add"), args=[_column, rule, _mask]):  # found.add(column, rule, …)
                given = [rule]
            case ast.Call(func=ast.Name(id="_judged"), args=[_read, _text, rule, _wanted]):
                given = [rule]
            case ast.Call(func=ast.Name(id="_hold_bounds"), args=[_values, _low, _high, _column, rule, _found]):
                given = [rule]
            case ast.Call(func=ast.Name(id="Held"), args=[_key, _column, rule, _original]):
                given = [rule]
            case ast.Tuple(elts=[ast.Constant(value=str()) as rule, ast.Name() | ast.Call() as _mask]):
                given = [rule]
            case ast.Assign(targets=[ast.Name(id="rule_name")], value=ast.IfExp(body=body, orelse=other)):
                given = [body, other]
        codes |= {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return codes


def list_codes() -> set[str]:
    return list_written(rules) | list_written(reading) | {f"check-{check}" for check in rules.CHECKS}


def test_the_walk_finds_the_codes_of_rules_and_of_reading() -> None:
    assert {"missing", "too-long", "date-range", "number-range", "key-doubled", "normalised"} <= list_written(rules)
    assert {"nul", "spreadsheet-number", "date-form", "date-impossible", "json-form"} <= list_written(reading)


def test_every_code_that_rows_are_held_under_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert set(FAULTS) == list_codes()


def test_what_really_is_held_has_its_sentence() -> None:
    held = {rule for field, value, _said in BAD_VALUES for rule in judge(field, value)[1]}
    assert len(held) >= 14
    assert held <= set(FAULTS)


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_the_words_are_chinese_sentences_and_hold_no_code(code: str) -> None:
    with translation.override("zh-hans"):
        fault = say_fault(code)
        title, wrong, advice = str(fault.title), str(fault.wrong), str(fault.advice)
    assert _CHINESE.search(title)
    assert len(title) <= 20
    for sentence in (wrong, advice):
        assert sentence.endswith("。")
        assert len(sentence) >= 12
        assert code not in sentence
    assert wrong != advice


def test_a_code_of_an_earlier_version_is_shown_with_whom_to_ask() -> None:
    assert str(say_fault("gone-rule").title) == "gone-rule"
    assert "运维人员" in str(say_fault("gone-rule").advice)

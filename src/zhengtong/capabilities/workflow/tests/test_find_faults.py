"""A clerk draws a process with a fault: the fault is named, in a sentence, before anybody's case is in it."""

import pytest

from zhengtong.capabilities.workflow.public import Level, check_process
from zhengtong.capabilities.workflow.tests.drawings import (
    REVIEW,
    drawing,
    exclusive,
    flows,
    inclusive,
    node,
    parallel,
    task,
)

pytestmark = pytest.mark.django_db


def errors(bpmn: str, **options: object) -> list[str]:
    return [each.sentence for each in check_process(bpmn, {}, **options) if each.level is Level.ERROR]  # type: ignore[arg-type]


def test_a_good_process_has_no_fault() -> None:
    assert errors(REVIEW) == []


FAULTS = {
    "dead end": (drawing(task("a"), task("b"), flows("start>a", "a>b", "a>end")), "b", "没有下一步"),
    "unreachable": (drawing(task("a"), task("b"), flows("start>a", "a>end", "b>end")), "b", "走不到"),
    "loop without exit": (
        drawing(task("a"), task("b"), task("c"), flows("start>a", "a>b", "b>a", "c>end")),
        "a",
        "只会来回转",
    ),
    "loop without people": (
        drawing(
            task("a"),
            exclusive("x", "f_x_end_2"),
            flows("start>a", "a>x", "x>end", "x>x: form.n > 3"),
        ),
        "x",
        "没有人办理的环",
    ),
    "gap": (
        drawing(
            task("a"),
            exclusive("x"),
            task("b"),
            flows("start>a", "a>x", "x>b: form.n > 3", "x>end: form.n < 3", "b>end"),
        ),
        "x",
        "form.n=3",
    ),
    "import": (
        drawing(task("a"), exclusive("x", "f_x_end_2"), flows("start>a", "a>x", "x>end", "x>a: __import__('os').name")),
        "f_x_a_3",
        "不能用",
    ),
    "never ends": (
        drawing(task("a"), exclusive("x", "f_x_end_2"), flows("start>a", "a>x", "x>end", "x>a: 9**9**9 > 1")),
        "f_x_a_3",
        "不能用",
    ),
    "unknown name": (
        drawing(task("a"), exclusive("x", "f_x_end_2"), flows("start>a", "a>x", "x>end", "x>a: approved")),
        "f_x_a_3",
        "不认识的名称：approved",
    ),
    "outcome of nobody": (
        drawing(task("a"), exclusive("x", "f_x_end_2"), flows("start>a", "a>x", "x>end", "x>a: outcome.b == '1'")),
        "f_x_a_3",
        "outcome.b",
    ),
    "missing table": (
        drawing(node("businessRuleTask", "r", "算费", table="fees"), flows("start>r", "r>end")),
        "r",
        "决策表“fees”不存在",
    ),
    "missing sub-process": (
        drawing(node("callActivity", "c", "调用", process="other"), flows("start>c", "c>end")),
        "c",
        "“other”不存在",
    ),
    "script": (drawing(node("scriptTask", "s", "脚本"), flows("start>s", "s>end")), "s", "不支持"),
    "compensation": (
        drawing(
            task("a"),
            node("intermediateThrowEvent", "e", "补偿", "<compensateEventDefinition/>"),
            flows("start>a", "a>e", "e>end"),
        ),
        "e",
        "不支持",
    ),
    "joint of nobody": (drawing(task("j", kind="joint"), flows("start>j", "j>end")), "j", "没有写明由哪些部门"),
    "same as nobody": (drawing(task("a", relation="same:z"), flows("start>a", "a>end")), "a", "没有这个办理环节"),
    "same as later": (
        drawing(task("a", relation="same:b"), task("b"), flows("start>a", "a>b", "b>end")),
        "a",
        "不在它前面",
    ),
    "waits for ever": (
        drawing(
            task("a"),
            exclusive("x", "f_x_b_2"),
            task("b"),
            task("c"),
            parallel("p"),
            flows("start>a", "a>x", "x>b", "x>c: form.n > 3", "b>p", "c>p", "p>end"),
        ),
        "p",
        "等一条不会来的分支",
    ),
    "not joined": (
        drawing(parallel("p"), task("a"), task("b"), task("c"), flows("start>p", "p>a", "p>b", "a>c", "b>c", "c>end")),
        "c",
        "会办好几遍",
    ),
    "fields": (drawing(task("a", fields="[{]"), flows("start>a", "a>end")), "a", "JSON"),
    "two of a name": (
        drawing(
            task("a"),
            exclusive("x"),
            task("b", "同名"),
            task("c", "同名"),
            flows("start>a", "a>x", "x>b", "x>c", "b>end", "c>end"),
        ),
        "x",
        "分不清",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_names_its_element_and_says_what_to_do(fault: str) -> None:
    bpmn, element, words = FAULTS[fault]
    found = [each for each in check_process(bpmn, {}) if each.level is Level.ERROR]
    assert any(each.element_id == element and words in each.sentence for each in found), found


def test_no_start_and_no_end_are_named() -> None:
    without = REVIEW.replace('<startEvent id="start"/>', "").replace('sourceRef="start"', 'sourceRef="sum"')
    assert any("没有开始" in sentence for sentence in errors(without))
    without = drawing(task("a"), task("b"), flows("start>a", "a>b", "b>a")).replace('<endEvent id="end"/>', "")
    assert any("没有结束" in sentence for sentence in errors(without))


def nobody_in_the_fire_bureau(permission: str, organisation: str, *, is_head: bool) -> str:
    return f"{organisation}没有人" if organisation == "澄波区消防救援局" else ""


def test_a_node_that_nobody_can_do_is_named() -> None:
    found = errors(REVIEW, staffing=nobody_in_the_fire_bureau)
    assert len(found) == 1
    assert "部门会签" in found[0]
    assert "澄波区消防救援局" in found[0]


def test_a_field_that_a_form_lacks_is_named_with_its_item() -> None:
    bpmn = drawing(
        task("a"),
        exclusive("x", "f_x_end_2"),
        flows("start>a", "a>x", "x>end", "x>a: form.area > 3 and form.kind == '1'"),
    )
    assert errors(bpmn, forms={"小餐饮登记": {"area", "kind"}}) == []
    (sentence,) = errors(bpmn, forms={"小餐饮登记": {"area", "kind"}, "食品经营许可": {"area"}})
    assert "“x”到“a”的条件" in sentence
    assert "“食品经营许可”的表单里没有的字段：kind" in sentence


def test_inclusive_branches_that_join_are_sound() -> None:
    bpmn = drawing(
        inclusive("i", "f_i_a_1"),
        task("a"),
        task("b"),
        inclusive("j"),
        flows("start>i", "i>a", "i>b: form.big == true", "a>j", "b>j", "j>end"),
    )
    assert errors(bpmn) == []


@pytest.mark.parametrize(
    "text",
    ["", "no xml", "<a/>", "<definitions/>", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions/>'],
)
def test_what_is_no_drawing_is_refused_with_a_sentence(text: str) -> None:
    assert len(errors(text)) == 1

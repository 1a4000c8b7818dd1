"""People work their way through a process: branches, joins, sub-processes, events, returns."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.capabilities.workflow.adapter import Engine, StepFailed
from zhengtong.capabilities.workflow.domain.compiling import compile_drawing
from zhengtong.capabilities.workflow.domain.tokens import Position, can_return, move_back, reopen, unpack
from zhengtong.capabilities.workflow.tests.drawings import (
    drawing,
    exclusive,
    flows,
    inclusive,
    node,
    parallel,
    task,
)


class Walk:
    """A process in the hand of one who answers for everybody."""

    def __init__(self, bpmn: str, **values: object) -> None:
        graph, findings = compile_drawing(bpmn)
        assert graph is not None, findings
        self.engine, self.values = Engine(graph), dict(values)
        self.position = self.engine.start(self.values, self.decide)

    def decide(self, code: str, values: object) -> object:
        return {"code": code}

    @property
    def open(self) -> list[str]:
        return sorted(token.node for token in self.position.tokens)

    def do(self, *nodes: str, outcome: str = "") -> "Walk":
        for node_id in nodes:
            token = next(each for each in self.position.tokens if each.node == node_id)
            self.values["outcome"] = {**self.values.get("outcome", {}), node_id: outcome}  # type: ignore[dict-item]
            # What was written down is all that there is.
            self.position = unpack(self.position.pack())
            self.position = self.engine.complete(self.position, token, outcome, self.values, self.decide)
        return self

    def back(self, target: str, source: str = "") -> "Walk":
        key = next((each.key for each in self.position.tokens if each.node == source), None)
        move_back(self.engine.graph, self.position, target, key)
        return self


BRANCHES = drawing(
    task("first"),
    parallel("split"),
    task("a1"),
    task("a2"),
    task("b1"),
    parallel("join"),
    task("last"),
    flows("start>first", "first>split", "split>a1", "a1>a2", "split>b1", "a2>join", "b1>join", "join>last", "last>end"),
)


def test_branches_join() -> None:
    walk = Walk(BRANCHES).do("first")
    assert walk.open == ["a1", "b1"]
    assert walk.do("b1", "a1").open == ["a2"]
    assert walk.do("a2").open == ["last"]
    assert walk.do("last").position.is_ended


def test_a_return_in_one_branch_leaves_the_other_at_work() -> None:
    walk = Walk(BRANCHES).do("first", "a1").back("a1", "a2")
    assert walk.open == ["a1", "b1"]
    assert walk.do("a1", "a2", "b1").open == ["last"]


def test_a_return_from_behind_the_join_keeps_what_the_other_branch_did() -> None:
    walk = Walk(BRANCHES).do("first", "a1", "b1", "a2").back("a2")
    assert walk.open == ["a2"]
    assert walk.do("a2").open == ["last"]
    assert walk.back("first").open == ["first"]
    assert walk.do("first").open == ["a1", "b1"]


def test_an_ended_process_is_opened_again_where_it_was() -> None:
    walk = Walk(BRANCHES).do("first", "a1", "b1", "a2", "last")
    position = unpack(walk.position.pack())
    reopen(walk.engine.graph, position, "b1")
    walk.position = position
    assert walk.open == ["b1"]
    token = walk.position.tokens[0]
    assert can_return(walk.engine.graph, walk.position, token.key) == ["first"]
    assert walk.do("b1").open == ["last"]
    assert walk.do("last").position.is_ended


def test_behind_a_join_one_branch_does_not_lead_to_the_other() -> None:
    walk = Walk(BRANCHES).do("first", "a1", "a2", "b1").back("b1")
    with pytest.raises(LookupError):
        walk.back("a2", "b1")
    assert walk.do("b1").open == ["last"]


def test_one_only_returns_to_where_one_has_been() -> None:
    walk = Walk(BRANCHES).do("first", "a1")
    a2 = next(each for each in walk.position.tokens if each.node == "a2")
    assert can_return(walk.engine.graph, walk.position, a2.key) == ["a1", "first"]
    with pytest.raises(LookupError):
        walk.back("b1", "a2")
    with pytest.raises(LookupError):
        walk.back("last")


def test_the_state_after_twenty_returns_is_the_one_after_one() -> None:
    walk = Walk(BRANCHES).do("first", "a1")
    sizes = []
    for _turn in range(20):
        walk.back("a1", "a2").do("a1")
        sizes.append(len(walk.position.pack()))
    assert max(sizes) - min(sizes) <= 4  # the numbers of the keys grow by a digit


def test_a_loop_in_the_drawing_does_not_grow_either() -> None:
    loop = drawing(
        task("a", outcomes="再来,好"),
        exclusive("x", "f_x_end_2"),
        flows("start>a", "a>x", "x>end", "x>a: outcome.a == '再来'"),
    )
    walk = Walk(loop)
    sizes = [len(walk.do("a", outcome="再来").position.pack()) for _turn in range(30)]
    assert max(sizes) - min(sizes) <= 4
    assert walk.do("a", outcome="好").position.is_ended


def test_inclusive_branches_wait_for_those_that_were_taken() -> None:
    bpmn = drawing(
        inclusive("i", "f_i_a_1"),
        task("a"),
        task("b"),
        task("c"),
        inclusive("j"),
        task("last"),
        flows(
            "start>i", "i>a", "i>b: form.b == true", "i>c: form.c == true", "a>j", "b>j", "c>j", "j>last", "last>end"
        ),
    )
    assert Walk(bpmn, form={"b": False, "c": False}).do("a").open == ["last"]
    walk = Walk(bpmn, form={"b": True, "c": True})
    assert walk.open == ["b", "c"]
    assert walk.do("c").open == ["b"]
    assert walk.do("b").open == ["last"]


SUB = drawing(
    node(
        "subProcess",
        "sub",
        "子流程",
        '<startEvent id="s1"/>'
        + parallel("sp")
        + task("in1")
        + task("in2")
        + node("endEvent", "e1")
        + node("endEvent", "e2", "算了", "<errorEventDefinition/>")
        + exclusive("sx", "f_sx_e1_4")
        + flows("s1>sp", "sp>in1", "sp>in2", "in1>sx", "sx>e1", "sx>e2: outcome.in1 == '错'", "in2>e1"),
    ),
    node("boundaryEvent", "caught", "出错", "<errorEventDefinition/>", _attachedToRef="sub"),
    node("boundaryEvent", "late", "催办", "<timerEventDefinition/>", _attachedToRef="sub", _cancelActivity="false"),
    task("hurry"),
    task("mend"),
    task("after"),
    flows("start>sub", "sub>after", "after>end", "caught>mend", "mend>end", "late>hurry", "hurry>end"),
)


def test_a_sub_process_ends_when_nothing_is_left_in_it() -> None:
    walk = Walk(SUB)
    assert walk.open == ["in1", "in2"]
    assert walk.do("in1").open == ["in2"]
    assert walk.do("in2").open == ["after"]


def test_an_error_leaves_the_sub_process_with_everything_in_it() -> None:
    assert Walk(SUB).do("in1", outcome="错").open == ["mend"]


def test_an_event_that_does_not_interrupt_goes_beside() -> None:
    walk = Walk(SUB).do("in1", outcome="event:late")
    assert walk.open == ["hurry", "in1", "in2"]


def test_terminate_ends_everything() -> None:
    bpmn = drawing(
        parallel("p"),
        task("a"),
        task("b"),
        node("endEvent", "stop", "停", "<terminateEventDefinition/>"),
        flows("start>p", "p>a", "p>b", "a>stop", "b>end"),
    )
    assert Walk(bpmn).do("a").position.is_ended


def test_a_called_process_is_walked_through() -> None:
    inner = '<process id="inner"><startEvent id="s"/>' + task("x") + '<endEvent id="e"/>' + flows("s>x", "x>e")
    bpmn = drawing(
        node("callActivity", "call", "调用", _calledElement="inner"),
        task("after"),
        flows("start>call", "call>after", "after>end"),
        more=inner + "</process>",
    )
    walk = Walk(bpmn)
    assert walk.open == ["call/x"]
    assert walk.do("call/x").open == ["after"]


def test_a_process_that_calls_itself_is_refused() -> None:
    bpmn = drawing(node("callActivity", "call", "调用", _calledElement="test"), flows("start>call", "call>end"))
    _graph, findings = compile_drawing(bpmn)
    assert any("调用了自己" in each.sentence or "套得太深" in each.sentence for each in findings)


def test_a_condition_without_an_answer_changes_nothing() -> None:
    bpmn = drawing(
        task("a"), exclusive("x", "f_x_end_2"), flows("start>a", "a>x", "x>end", "x>a: form.area / form.none > 2")
    )
    walk = Walk(bpmn, form={"area": 5})
    with pytest.raises(StepFailed) as failed:
        walk.do("a")
    assert failed.value.node_id == "x"
    assert "算不出来" in failed.value.sentence
    assert walk.open == ["a"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_people_do_nothing_is_lost(data: st.DataObject) -> None:
    """Steps and returns in any order: there is always a way on, no node is open twice, and in the end it ends."""
    walk = Walk(BRANCHES)
    for _step in range(data.draw(st.integers(0, 25))):
        if walk.position.is_ended:
            break
        assert len(set(walk.open)) == len(walk.open)
        token = data.draw(st.sampled_from(sorted(walk.position.tokens, key=lambda each: each.key)))
        targets = can_return(walk.engine.graph, walk.position, token.key)
        turns_back: bool = data.draw(st.booleans())
        if targets and turns_back:
            move_back(walk.engine.graph, walk.position, data.draw(st.sampled_from(targets)), token.key)
        else:
            walk.do(token.node)
    for _step in range(40):
        if walk.position.is_ended:
            return
        walk.do(walk.open[0])
    pytest.fail(f"stuck at {walk.open}")


def test_a_position_survives_being_written_down() -> None:
    walk = Walk(BRANCHES).do("first", "b1")
    assert unpack(walk.position.pack()) == walk.position
    assert unpack(Position().pack()).is_ended

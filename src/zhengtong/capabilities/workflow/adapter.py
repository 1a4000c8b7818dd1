"""The engine: SpiffWorkflow carries a token from one person's work to the next. No other file knows of it.

For every step a small workflow is made with the one token that moves, and thrown away: of SpiffWorkflow we use the
specifications, the splitting and the choosing of ways. Its script engine (not a sandbox), its joins (they look at its
whole history) and its serialised history (it grows with every loop) are not used; see docs/adr.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec, _BpmnCondition
from SpiffWorkflow.bpmn.specs.mixins.exclusive_gateway import ExclusiveGateway
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from zhengtong.capabilities.workflow.domain.compiling import EVENT
from zhengtong.capabilities.workflow.domain.graph import WAITING, Flow, Graph, Kind, Node
from zhengtong.capabilities.workflow.domain.tokens import Arrival, Position, Token, Trail, extend, merge
from zhengtong.kernel.expressions import Expression, ExpressionError, parse

MOST_STEPS: Final = 2000
AnyTask = Any
"""SpiffWorkflow says little of its types; what it calls and is called with here isn't checked."""

_new_specification: Any = BpmnProcessSpec
_new_condition: Any = _BpmnCondition
_new_workflow: Any = BpmnWorkflow
for _name in ("spiff.workflow", "spiff.task", "spiff"):
    # It reports every change of every task's state.
    logging.getLogger(_name).setLevel(logging.WARNING)

Values = dict[str, Any]
Decide = Callable[[str, Mapping[str, Any]], Any]
"""Answers a decision table by its code. Raises ExpressionError."""


class StepFailed(Exception):
    """The process can't go on from ``node_id``: the sentence says why and what to do. Nothing has been changed."""

    def __init__(self, node_id: str, sentence: str) -> None:
        super().__init__(sentence)
        self.node_id, self.sentence = node_id, sentence


class _Step(BpmnTaskSpec):
    """A node that is passed. Children are made when it runs: nothing is predicted."""

    def __init__(self, specification: Any, name: str) -> None:
        made: Any = super()
        made.__init__(specification, name)

    def serialize(self, serializer: Any, **_options: Any) -> None:
        raise NotImplementedError  # nothing of the engine is ever written down

    def _predict(self, my_task: AnyTask, *_args: Any, **_options: Any) -> None:
        return None

    def test(self) -> None:
        return None

    def _update_hook(self, my_task: AnyTask) -> bool:
        return bool(my_task.workflow.journey.arrive(self.name, my_task))

    def _run_hook(self, my_task: AnyTask) -> bool:
        my_task.workflow.journey.perform(self.name)
        my_task._sync_children(self.outputs, TaskState.FUTURE)
        return True


class _Halt(_Step):
    """A node at which the engine stops: for a person, or for :class:`Journey` to do what SpiffWorkflow doesn't."""

    def __init__(self, specification: Any, name: str) -> None:
        super().__init__(specification, name)
        self.manual = True


class _Exclusive(_Step, ExclusiveGateway):
    def _run_hook(self, my_task: AnyTask) -> bool:
        if self.default_task_spec is None and not any(c._matches(my_task) for c, _spec in self.cond_task_specs if c):
            my_task.workflow.journey.refuse_gap(self.name)
        choose: Any = ExclusiveGateway._run_hook
        return bool(choose(self, my_task))


class _Inclusive(_Step, MultiChoice):
    def _run_hook(self, my_task: AnyTask) -> bool:
        find: Any = self._get_matching_outputs
        matches, defaults = find(my_task)
        if not matches and not defaults:
            my_task.workflow.journey.refuse_gap(self.name)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        return True


class _Conditions:
    """Stands where SpiffWorkflow has its script engine: a condition is a flow, and its expression answers."""

    def evaluate(self, task: AnyTask, condition: Any, external_context: Any = None) -> bool:
        return bool(task.workflow.journey.takes(condition))


_CONDITIONS: Final = _Conditions()


class Engine:
    """A graph as SpiffWorkflow's specifications, and its conditions parsed; made once for every definition."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.needed = {node: Counter(f.source for f in graph.incoming[node]) for node in graph.nodes}
        self.conditions: dict[str, Expression | str] = {}
        for flow in graph.flows:
            if flow.condition:
                try:
                    self.conditions[flow.id] = parse(flow.condition)
                except ExpressionError as error:
                    self.conditions[flow.id] = str(error)
        self.spec = _new_specification(name="process")
        made: dict[str, Any] = {}
        for node in graph.nodes.values():
            made[node.id] = self._make(node)
        for node in graph.nodes.values():
            begin = self.spec.task_specs.get(_out(node.id), made[node.id])
            for flow in graph.outgoing[node.id]:
                self._connect(node, begin, flow, made[flow.target])

    def _make(self, node: Node) -> Any:
        match node.kind:
            case Kind.CHOICE:
                _Exclusive(self.spec, _out(node.id))
                return _Halt(self.spec, node.id)
            case Kind.TASK | Kind.EVENT | Kind.RAISE | Kind.TERMINATE:
                return _Halt(self.spec, node.id)
            case Kind.EXCLUSIVE:
                return _Exclusive(self.spec, node.id)
            case Kind.INCLUSIVE:
                return _Inclusive(self.spec, node.id)
        return _Step(self.spec, node.id)

    def _connect(self, node: Node, begin: Any, flow: Flow, target: Any) -> None:
        if node.kind is Kind.CHOICE or (
            node.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE) and flow.condition and not flow.is_default
        ):
            begin.connect_if(_new_condition(flow), target)
        else:
            begin.connect(target)

    def start(self, values: Values, decide: Decide) -> Position:
        """Return the position of a new instance. Raises StepFailed."""
        journey = Journey(self, Position(), values, decide)
        journey.go(self.graph.start, ())
        return journey.settle()

    def complete(self, position: Position, token: Token, outcome: str, values: Values, decide: Decide) -> Position:
        """Return where the process is after the work at ``token``; ``values`` gain what tables answer.

        ``outcome`` names the way at a choice, or the event that happened. ``position`` is left alone. Raises
        StepFailed.
        """
        journey = Journey(self, position.copy(), values, decide)
        if outcome.startswith(EVENT):
            journey.happen(token, outcome.removeprefix(EVENT))
        else:
            journey.position.tokens.remove(token)
            journey.chosen = outcome
            journey.go(token.node, token.trail)
        return journey.settle()


def _out(node_id: str) -> str:
    return f"{node_id}#out"


class Journey:
    """One step: what runs between the work of one person and that of the next."""

    def __init__(self, engine: Engine, position: Position, values: Values, decide: Decide) -> None:
        self.engine, self.graph = engine, engine.graph
        self.position, self.values, self.decide = position, values, decide
        self.chosen = ""
        self.steps = 0

    # What the engine asks

    def arrive(self, node_id: str, task: AnyTask) -> bool:
        """Let a token come to a node; at a join it stays until the others have come."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise StepFailed(
                node_id, _("流程在“%(name)s”附近一直转圈，没有人的环节。") % {"name": self._title(node_id)}
            )
        node = self.graph.nodes.get(node_id)
        if node is None:  # the ways out of a choice
            return True
        source = task.parent.task_spec.name.removesuffix("#out")
        trail = _trail_of(task.parent)
        needed = self.engine.needed[node_id]
        if node.kind is Kind.SCOPE_END or (node.kind in (Kind.PARALLEL, Kind.INCLUSIVE) and needed.total() > 1):
            arrived = self.position.arrivals.setdefault(node_id, [])
            arrived.append(Arrival(source, trail))
            if node.kind is not Kind.PARALLEL or needed - Counter(each.source for each in arrived):
                task._set_state(TaskState.CANCELLED)
                return False
            trail = self._consume(node_id)
        task.internal_data["trail"] = extend(trail, node_id)
        if node.kind is Kind.END:
            self.position.final = merge((self.position.final, trail))
        return True

    def perform(self, node_id: str) -> None:
        node = self.graph.nodes.get(node_id)
        if node is None or node.kind is not Kind.RULE:
            return
        try:
            answer = self.decide(node.table, self.values)
        except ExpressionError as error:
            raise StepFailed(
                node_id, _("规则环节“%(name)s”没有得出结果：%(why)s") % {"name": node.title, "why": error}
            ) from error
        self.values["table"] = {**self.values.get("table", {}), node.table: answer}

    def takes(self, flow: Flow) -> bool:
        if self.graph.nodes[flow.source].kind is Kind.CHOICE:
            return self.graph.label(flow) == self.chosen
        condition = self.engine.conditions[flow.id]
        name = self._title(flow.source)
        if isinstance(condition, str):
            raise StepFailed(flow.source, _("网关“%(name)s”的条件读不懂：%(why)s") % {"name": name, "why": condition})
        try:
            return condition.holds(self.values)
        except ExpressionError as error:
            raise StepFailed(
                flow.source,
                _("网关“%(name)s”的条件“%(condition)s”算不出来：%(why)s")
                % {"name": name, "condition": flow.condition, "why": error},
            ) from error

    def refuse_gap(self, node_id: str) -> None:
        name = self._title(node_id.removesuffix("#out"))
        if node_id.endswith("#out"):
            raise StepFailed(node_id.removesuffix("#out"), _("请选择“%(name)s”之后的走向。") % {"name": name})
        raise StepFailed(node_id, _("网关“%(name)s”没有一条走向的条件成立，也没有默认走向。") % {"name": name})

    def _title(self, node_id: str) -> str:
        node = self.graph.nodes.get(node_id)
        return node.title if node else node_id

    # Moving

    def go(self, node_id: str, trail: Trail) -> None:
        """Run one token from ``node_id`` until it, or what becomes of it, waits."""
        workflow = _new_workflow(self.engine.spec, script_engine=_CONDITIONS, deserializing=True)
        workflow.journey = self
        workflow.task_tree = Task(workflow, self.engine.spec.start, state=TaskState.COMPLETED)
        task = Task(workflow, self.engine.spec.task_specs[node_id], workflow.task_tree, TaskState.READY)
        task.internal_data["trail"] = extend(trail, node_id)
        task.run()
        workflow.do_engine_steps()
        halted = workflow.get_tasks(state=TaskState.READY)
        # What leaves a sub-process, or ends everything, comes last: it takes away what came to wait beside it.
        for waiting in sorted(halted, key=lambda each: self.graph.nodes[each.task_spec.name].kind not in WAITING):
            self._halt(waiting.task_spec.name, _trail_of(waiting.parent))

    def _halt(self, node_id: str, trail: Trail) -> None:
        node = self.graph.nodes[node_id]
        if node.kind in WAITING:
            # Where she is shows in the token; the trail is what lies behind.
            self.position.add(node_id, trail[: trail.index(node_id)] if node_id in trail else trail)
        elif node.kind is Kind.TERMINATE:
            self.position.final = merge([trail, *(token.trail for token in self.position.tokens)])
            self.position.drop(self.graph.nodes)
        elif node.kind is Kind.RAISE:
            target = self.graph.nodes[node.target]
            is_exit = target.kind is Kind.SCOPE_END
            scope = node.target.removesuffix("#end") if is_exit else target.attached_to
            self._leave(scope)
            self.go(node.target, extend(trail, node_id))

    def _leave(self, scope: str) -> None:
        self.position.drop(self.graph.inside(scope) | {f"{scope}#end"})

    def happen(self, token: Token, event: str) -> None:
        """Go on from a boundary event; whatever it interrupts is taken away."""
        boundary = self.graph.nodes.get(event)
        offered = [outcome for outcome, _title in self.graph.nodes[token.node].spec.events]
        if boundary is None or f"{EVENT}{event}" not in offered:
            raise StepFailed(token.node, _("“%(name)s”这里没有这个事件。") % {"name": self._title(token.node)})
        if boundary.interrupts:
            if boundary.attached_to == token.node:
                self.position.tokens.remove(token)
            else:
                self._leave(boundary.attached_to)
        self.go(event, token.trail)

    def _consume(self, join: str) -> Trail:
        """Take one arrival of every way into ``join`` (every arrival, unless it joins all), and merge their trails."""
        arrived = self.position.arrivals.pop(join)
        taken, left = arrived, []
        if self.graph.nodes[join].kind is Kind.PARALLEL:
            needed, taken = Counter(self.engine.needed[join]), []
            for each in arrived:
                if needed[each.source]:
                    needed[each.source] -= 1
                    taken.append(each)
                else:
                    left.append(each)
        if left:
            self.position.arrivals[join] = left
        return merge(each.trail for each in taken)

    def settle(self) -> Position:
        """Fire the joins that wait for nothing any more, one after another, and return the position."""
        while True:
            join = next((each for each in self.position.arrivals if self._may_fire(each)), None)
            if join is None and not self.position.tokens:
                # Each waits for another: the first goes.
                join = next(
                    (each for each in self.position.arrivals if self.graph.nodes[each].kind is Kind.INCLUSIVE), None
                )
            if join is None:
                break
            self.go(join, self._consume(join))
        if self.position.arrivals and not self.position.tokens:
            join = next(iter(self.position.arrivals))
            raise StepFailed(
                join,
                _("汇合“%(name)s”在等一条不会再来的分支，流程走不下去：请改图，或者把办件退回到前面的环节。")
                % {"name": self._title(join)},
            )
        return self.position

    def _may_fire(self, join: str) -> bool:
        node = self.graph.nodes[join]
        places = [token.node for token in self.position.tokens]
        places += [each for each in self.position.arrivals if each != join]
        if node.kind is Kind.SCOPE_END:
            scope = join.removesuffix("#end")
            return not any(scope in self.graph.nodes[place].scopes for place in places)
        if node.kind is not Kind.INCLUSIVE:
            return False
        filled = {each.source for each in self.position.arrivals[join]}
        empty = set(self.engine.needed[join]) - filled
        for place in places:
            reached = self.graph.reach([place], without=[join])
            if reached & empty and not reached & filled:
                return False
        return True


def _trail_of(task: AnyTask) -> Trail:
    while "trail" not in task.internal_data:
        task = task.parent
    trail: Trail = task.internal_data["trail"]
    return trail


_ENGINES: dict[str, Engine] = {}


def get_engine(digest: str, make: Callable[[], Graph]) -> Engine:
    """Return the engine of the definition with ``digest``, made once a process of the platform."""
    engine = _ENGINES.get(digest)
    if engine is None:
        if len(_ENGINES) > 512:
            _ENGINES.clear()
        engine = _ENGINES[digest] = Engine(make())
    return engine

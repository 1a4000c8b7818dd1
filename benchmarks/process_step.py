"""``process_step``: a step of a case without the process engine beside one with it, where 4, 20 and 100 departments
review side by side; the smallest ratio is the figure. ``process_return``: the first return beside the twentieth.

Both sides write the same rows: the case locked, the task claimed and finished, the timeline, the journal, the worklist.
Without the engine what comes next is written into the program; with it the drawing says so.
"""

from copy import deepcopy
from dataclasses import dataclass, replace
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import Any

from django.db import transaction
from django.utils import timezone

from benchmarks.city import City, copy_drafts, get_city
from benchmarks.figure import Figure, say
from tests.cast import answers, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import Case, CaseEvent, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services import steps
from zhengtong.capabilities.workflow import public as workflow
from zhengtong.capabilities.workflow.tests.drawings import drawing, flows, task
from zhengtong.core.audit.public import record
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM, Actor, Grant
from zhengtong.kernel.steps import step

ROUNDS = 5
SIZES = (4, 20, 100)
RETURNS = 20


@dataclass(frozen=True)
class ProcessFigure(Figure):
    """``ratios`` are those of each number of departments."""

    ratios: dict[int, float]


@dataclass(frozen=True)
class Departments:
    applicant: Actor
    counter: Actor
    reviewer: Actor
    organs: list[int]
    offices: dict[int, cases.ItemOffice]
    plain: cases.ItemOffice


def prepare(city: City) -> Departments:
    """Return the departments and their items, made at the first run."""
    text, bureau = _text(), city.office.organisation
    organs = []
    for number in range(1, max(SIZES) + 1):
        organ, _new = identity.Organisation.objects.get_or_create(
            name=f"第{number}局",
            defaults={
                "short_name": f"{number}局",
                "kind": bureau.kind,
                "region": city.office.region,
                "parent": bureau.parent,
            },
        )
        organs.append(organ)
    offices = {}
    for size in SIZES:
        code = f"side-by-side-{size}"
        _publish(code, [organ.name for organ in organs[:size]])
        offices[size] = _open(city, text | {"code": code, "name": f"{size} 个部门会签的事项", "process": code})
    plain = _open(city, text | {"code": "side-by-side", "name": "没有流程的事项"})
    reached = frozenset([bureau.pk, city.office.window_id, *(organ.pk for organ in organs)])
    return Departments(
        applicant=identity.get_citizen_actor(identity.Account.objects.get(username="owner")),
        counter=_widen(city.counter, reached),
        reviewer=_widen(city.reviewer, reached),
        organs=[organ.pk for organ in organs],
        offices=offices,
        plain=plain,
    )


def _text() -> dict[str, Any]:
    """Return the text of the food licence as one for a person, without a licence at its end."""
    item = cases.get_item("food-business-licence")
    assert item is not None
    text: dict[str, Any] = deepcopy(cases.get_live_version(item).definition)
    return text | {"licence_kind": "", "audience": "person", "outputs": []}


def _publish(code: str, departments: list[str]) -> None:
    bpmn = drawing(
        task("first", "初审"),
        task("joint", "会签", kind="joint", departments=",".join(departments)),
        task("last", "汇总"),
        flows("start>first", "first>joint", "joint>last", "last>end"),
    )
    process = workflow.get_process(code)
    if process is None:
        process = workflow.create_process(actor=SYSTEM, code=code, name=code, organisation=None)
        workflow.save_process_draft(actor=SYSTEM, process=process, bpmn=bpmn)
        workflow.publish_process(actor=SYSTEM, process=process)


def _open(city: City, raw: dict[str, Any]) -> cases.ItemOffice:
    version = cases.publish_item(actor=SYSTEM, raw=raw)
    return cases.open_office(
        actor=SYSTEM,
        item=version.item,
        organisation=city.office.organisation,
        window=city.office.window,
        address="滨江路1号",
        hours="工作日",
        phone="0990-1",
        supervision_phone="0990-2",
    )


def _widen(actor: Actor, organisations: frozenset[int]) -> Actor:
    return replace(actor, grants=tuple(Grant(g.role, g.permissions, organisations) for g in actor.grants))


def _accept(people: Departments, office: cases.ItemOffice) -> Case:
    """Return a new accepted case."""
    draft = cases.start_draft(actor=people.applicant, office=office, form={})
    cases.save_draft(actor=people.applicant, case_id=draft.pk, answers=answers())
    given = {material.key for material in cases.list_materials(draft)}
    for material in cases.get_definition(draft.item_version_id).materials:
        if material.is_required and material.key not in given:
            cases.attach_file(
                actor=people.applicant, case_id=draft.pk, key=material.key, upload=photo(f"{material.key}.jpg")
            )
    case_id = copy_drafts(Case.objects.get(pk=draft.pk), 1)[0]
    cases.submit_case(actor=people.applicant, case_id=case_id)
    cases.accept_case(actor=people.counter, case_id=case_id)
    return Case.objects.get(pk=case_id)


def _open_tasks(case: Case) -> list[int]:
    return list(case.tasks.filter(status=TaskStatus.OPEN).order_by("pk").values_list("pk", flat=True))


def with_engine(people: Departments, size: int) -> float:
    """Return the milliseconds that a step takes, over all departments' and the last one's, which goes on."""
    case = _accept(people, people.offices[size])
    for task_id in _open_tasks(case):
        cases.complete_process_task(actor=people.reviewer, case_id=case.pk, task_id=task_id, opinion="同意")
    tasks = _open_tasks(case)
    assert len(tasks) == size
    begun = perf_counter()
    for task_id in tasks:
        cases.complete_process_task(
            actor=people.reviewer, case_id=case.pk, task_id=task_id, outcome="同意", opinion="同意"
        )
    taken = (perf_counter() - begun) * 1000 / size
    assert len(_open_tasks(case)) == 1
    return taken


def without_engine(people: Departments, size: int) -> float:
    """Return the same for a case whose way is written into the program."""
    case = _accept(people, people.plain)
    with transaction.atomic():
        steps.cancel_tasks(case)
        for organ in people.organs[:size]:
            steps.open_task(case, TaskNode.REVIEW, organisation_id=organ)
    tasks = _open_tasks(case)
    cases.claim_task(actor=people.reviewer, task_id=tasks[0])
    cases.release_task(actor=people.reviewer, task_id=tasks[0])
    begun = perf_counter()
    for task_id in tasks:
        _step_by_hand(actor=people.reviewer, case_id=case.pk, task_id=task_id)
    taken = (perf_counter() - begun) * 1000 / size
    assert len(_open_tasks(case)) == 1
    return taken


@step()
def _step_by_hand(*, actor: Actor, case_id: int, task_id: int) -> None:
    case = steps.lock_case(case_id, actor=actor, permission="cases.review_case")
    task = (
        Task.objects.select_for_update(of=("self",))
        .select_related("organisation", "assignee__staff")
        .get(pk=task_id, status=TaskStatus.OPEN)
    )
    steps.refuse_taken(task, actor=actor)
    if task.assignee_id is None:
        cases.claim_task(actor=actor, task_id=task.pk)
        case.refresh_from_db(fields=["state", "version"])
        task.refresh_from_db(fields=["assignee"])
    steps.finish_task(task, actor=actor, outcome="同意", opinion="同意")
    CaseEvent.objects.create(
        case=case,
        at=timezone.now(),
        act="process_step",
        actor_name=actor.name,
        organisation_name=task.organisation.name,
        words="已办理。",
        note="同意",
    )
    record(actor, "cases.process_step", case, after={"task": task.pk, "outcome": "同意"})
    if not Task.objects.filter(case=case, status=TaskStatus.OPEN).exists():
        steps.open_task(case, TaskNode.DECISION, organisation_id=case.organisation_id)


def returns(people: Departments) -> list[float]:
    """Return the milliseconds that each return, and the step after it, takes in one case."""
    case = _accept(people, people.offices[min(SIZES)])
    cases.complete_process_task(actor=people.reviewer, case_id=case.pk, task_id=_open_tasks(case)[0])
    taken = []
    for _turn in range(RETURNS):
        begun = perf_counter()
        cases.return_process_task(
            actor=people.reviewer, case_id=case.pk, task_id=_open_tasks(case)[0], node_id="first", reason="请补充"
        )
        cases.complete_process_task(actor=people.reviewer, case_id=case.pk, task_id=_open_tasks(case)[0])
        taken.append((perf_counter() - begun) * 1000)
    return taken


def run() -> list[Figure]:
    people = prepare(get_city())
    ratios, sides = {}, {}
    for size in SIZES:
        with_engine(people, size), without_engine(people, size)
        engine: list[float] = []
        bare: list[float] = []
        for number in range(ROUNDS):
            for run_one, kept in ((with_engine, engine), (without_engine, bare))[:: 1 if number % 2 else -1]:
                kept.append(run_one(people, size))
            say(f"  process_step {size} {number + 1}/{ROUNDS}: {engine[-1]:.2f} ms, without {bare[-1]:.2f}")
        sides[size] = (median(engine), median(bare))
        ratios[size] = round(median(bare) / median(engine), 3)
    worst = min(ratios, key=lambda size: ratios[size])
    peak = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    turns = [returns(people) for _round in range(ROUNDS)]
    first, last = (median(each[place] for each in turns) for place in (0, -1))
    say(f"  process_return: first {first:.2f} ms, twentieth {last:.2f} ms")
    return [
        ProcessFigure(
            name="process_step",
            value=round(sides[worst][0], 3),
            unit="ms",
            reference=f"the same step without the engine, {worst} departments",
            reference_value=round(sides[worst][1], 3),
            ratio=ratios[worst],
            rounds=ROUNDS,
            peak_rss_mb=peak,
            ratios=ratios,
        ),
        Figure(
            name="process_return",
            value=round(last, 3),
            unit="ms",
            reference="the first return of the same case, the value being the twentieth",
            reference_value=round(first, 3),
            ratio=round(first / last, 3),
            rounds=ROUNDS,
            peak_rss_mb=peak,
        ),
    ]

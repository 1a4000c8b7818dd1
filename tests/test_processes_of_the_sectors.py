"""A case goes through each process that the sectors bring: every node is somebody's, and the decision follows."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet

from tests.cast import Cast, _organisation, _staff, fresh, photo
from tests.test_items_of_the_sectors import FILES, SECTORS, fill
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import Task
from zhengtong.capabilities.cases.staffing import list_unstaffed
from zhengtong.capabilities.workflow import public as workflow
from zhengtong.core.identity import public as identity
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

PROCESSES = sorted(path.stem for path in SECTORS.glob("*/seed/processes/*.bpmn"))
ITEMS = {code: [path for path in FILES if cases.read_item(path).get("process") == code] for code in PROCESSES}
# What a node's fields are filled in with, by kind.
FILLED = {"number": "5", "date": "2027-03-01", "text": "已办", "textarea": "已办，见附件"}
MOST_STEPS = 40


@dataclass
class Organ:
    """An organ that the test founds, with two who review, one who decides and its head."""

    organisation: identity.Organisation
    people: dict[str, Actor] = field(default_factory=dict)

    @classmethod
    def found(cls, cast: Cast, name: str) -> "Organ":
        region = cast.office.region
        full = name if name.endswith("办事处") else region.name + name
        made = identity.Organisation.objects.filter(name=full).first()
        organ = made or _organisation(full, "department", region, cast.office.organisation.parent)
        roles = {"first": "reviewer", "second": "reviewer", "decides": "approver", "head": "organ_head"}
        staff = {
            who: _staff(f"{who}-{organ.pk}", f"{name}{who}", organ, {role: identity.Reach.OWN})
            for who, role in roles.items()
        }
        return cls(organ, {who: identity.get_account_actor(account) for who, account in staff.items()})


@dataclass
class Walk:
    """A case of an item, and the organs that have a part in it."""

    cast: Cast
    path: Path
    organs: dict[int, Organ] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def found(self, *names: str) -> Organ:
        made = [Organ.found(self.cast, name) for name in names]
        self.organs |= {organ.organisation.pk: organ for organ in made}
        return made[0]

    def begin(self) -> cases.Case:
        """Let somebody apply and the window accept."""
        text = cases.read_item(self.path)
        handler = self.found(text["authority"])
        graph = workflow.get_graph(live(text["process"]))
        others = {name for node in graph.nodes.values() for name in node.spec.departments} - {text["authority"]}
        if others:
            self.found(*sorted(others))
        item = cases.get_item(text["code"])
        assert item is not None
        office = cases.open_office(
            actor=SYSTEM,
            item=item,
            organisation=handler.organisation,
            window=self.cast.office.window,
            address="澄波区滨江路1号",
            hours="9:00—17:00",
            phone="0990-2100001",
            supervision_phone="0990-12345",
        )
        applicant = self.cast.citizen if item.audience == "person" else self.cast.owner
        case = cases.start_draft(actor=applicant, office=office, form={})
        definition = cases.get_definition(case.item_version_id)
        form = fill(definition, 1)
        if "town" in form:
            self.found(form["town"])
        cases.save_draft(actor=applicant, case_id=case.pk, answers=form)
        for spec in definition.materials:
            if spec.is_asked(form):
                cases.attach_file(actor=applicant, case_id=case.pk, key=spec.key, upload=photo(f"{spec.key}.jpg"))
        cases.submit_case(actor=applicant, case_id=case.pk)
        counter = identity.get_account_actor(self.cast.accounts["counter"])
        cases.accept_case(actor=counter, case_id=case.pk)
        assert list(list_unstaffed(graph, handler.organisation)) == []
        return fresh(case)

    def do(self, case: cases.Case, task: Task, pick: int) -> None:
        """Finish a task as somebody of its office who may; ``pick`` chooses among its outcomes."""
        node = cases.get_open_node(task)
        assert node is not None
        self.seen.append(node.node_id)
        outcome = node.spec.outcomes[pick % len(node.spec.outcomes)] if node.spec.outcomes else ""
        values = {each["key"]: FILLED[each["type"]] for each in node.spec.fields}
        people = self.organs[task.organisation_id].people.values()
        able = [each for each in people if task.assignee_id in (None, each.appointment)]
        assert able, f"{task.title} is nobody's"
        given: dict[str, Any] = {"outcome": outcome, "opinion": "已办", "values": values}
        for actor in able:
            try:
                cases.complete_process_task(actor=actor, case_id=case.pk, task_id=task.pk, **given)
            except (cases.Unacceptable, Denied):
                continue
            return
        pytest.fail(f"nobody could do {task.title}")


def live(code: str) -> workflow.ProcessVersion:
    version = workflow.get_live_version(code)
    assert version is not None
    return version


def open_tasks(case: cases.Case) -> QuerySet[Task]:
    found = case.tasks.filter(status="open", node=cases.TaskNode.PROCESS)
    return found.select_related("organisation", "case").order_by("pk")


def test_every_process_has_an_item() -> None:
    assert len(PROCESSES) == 10
    assert sum(map(len, ITEMS.values())) == 24
    assert all(ITEMS.values())


@pytest.mark.parametrize("pick", [0, -1], ids=["all well", "objections"])
@pytest.mark.parametrize("code", PROCESSES)
def test_a_case_goes_through_its_process_to_the_decision(cast: Cast, code: str, pick: int) -> None:
    walk = Walk(cast, ITEMS[code][0])
    case = walk.begin()
    permissions = {each for role in registry.of(Role) for each in role.permissions}
    for _step in range(MOST_STEPS):
        task = open_tasks(case).first()
        if task is None:
            break
        assert task.permission in permissions
        assert task.title
        walk.do(case, task, pick)
    decision = case.tasks.get(status="open")
    assert decision.node == cases.TaskNode.DECISION
    assert not workflow.list_problems(SYSTEM).exists()
    handler = walk.organs[case.organisation_id]
    cases.grant_case(actor=handler.people["decides"], case_id=case.pk, reasons="符合规定条件")
    assert fresh(case).state == "granted"
    walked = cases.get_walk(case.pk)
    assert walked is not None
    assert walked.instance is not None
    assert walked.instance.status == workflow.InstanceStatus.ENDED
    assert {step.state for step in cases.describe_walk(case)} == {"done"}


@pytest.mark.parametrize("path", [path for paths in ITEMS.values() for path in paths[1:]], ids=lambda path: path.stem)
def test_every_other_item_begins_its_process(cast: Cast, path: Path) -> None:
    case = Walk(cast, path).begin()
    assert open_tasks(case).exists()
    assert not workflow.list_problems(SYSTEM).exists()


def test_the_joint_review_asks_every_department_at_once(cast: Cast) -> None:
    walk = Walk(cast, ITEMS["construction-joint-review"][0])
    case = walk.begin()
    precheck = open_tasks(case).get()
    walk.do(case, precheck, 0)
    asked = list(open_tasks(case))
    assert {task.organisation.name for task in asked} == {
        "澄波区自然资源和规划局",
        "澄波区生态环境局",
        "澄波区水务局",
        "澄波区城市管理局",
    }
    for task in asked[:-1]:
        walk.do(case, task, 0)
        assert "joint" in {node.node_id for node in map(cases.get_open_node, open_tasks(case)) if node}
    walk.do(case, asked[-1], -1)  # one department disagrees: a meeting settles it
    meeting = open_tasks(case).get()
    assert meeting.title == "会商协调"
    walk.do(case, meeting, 0)
    summary = open_tasks(case).get()
    assert (summary.title, summary.assignee_id) == ("汇总审查意见", precheck_of(case).done_by_id)


def precheck_of(case: cases.Case) -> Task:
    return case.tasks.get(node_key__startswith="precheck@")

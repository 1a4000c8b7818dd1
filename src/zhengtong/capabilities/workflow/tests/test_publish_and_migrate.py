"""A department compiles a process, publishes it, changes it while cases run, and moves them over and back."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.together import at_once
from zhengtong.capabilities.workflow import public as workflow
from zhengtong.capabilities.workflow.public import Answer, Subject, simulate
from zhengtong.capabilities.workflow.starting_rows import load_process
from zhengtong.capabilities.workflow.tests.drawings import (
    REVIEW,
    drawing,
    exclusive,
    flows,
    node,
    parallel,
    task,
)
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import get_account_actor
from zhengtong.kernel.policy import SYSTEM, Denied

pytestmark = pytest.mark.django_db

BROKEN = drawing(task("a"), task("b"), flows("start>a", "a>b", "a>end"))
SIDE_BY_SIDE = drawing(
    parallel("p"),
    task("a", "甲"),
    task("b", "乙"),
    parallel("q"),
    task("c", "丙"),
    flows("start>p", "p>a", "p>b", "a>q", "b>q", "q>c", "c>end"),
)


def publish(bpmn: str, code: str = "test") -> workflow.ProcessVersion:
    process = workflow.get_process(code) or workflow.create_process(
        actor=SYSTEM, code=code, name="测试流程", organisation=None
    )
    workflow.save_process_draft(actor=SYSTEM, process=process, bpmn=bpmn)
    return workflow.publish_process(actor=SYSTEM, process=process)


def open_ids(instance: workflow.ProcessInstance) -> list[str]:
    instance.refresh_from_db()
    return sorted(each.node_id for each in workflow.list_open_nodes(instance))


def do(instance: workflow.ProcessInstance, node_id: str, outcome: str = "") -> workflow.Moved:
    instance.refresh_from_db()
    open_node = next(each for each in workflow.list_open_nodes(instance) if each.node_id == node_id)
    return workflow.complete_node(actor=SYSTEM, instance=instance, node_key=open_node.key, outcome=outcome)


def test_a_process_with_a_fault_is_kept_as_a_draft_and_not_published() -> None:
    with pytest.raises(workflow.Unpublishable) as refused:
        publish(BROKEN)
    assert any("没有下一步" in each.sentence for each in refused.value.findings)
    process = workflow.get_process("test")
    assert process is not None
    assert process.versions.get().status == workflow.VersionStatus.DRAFT
    assert process.versions.get().findings


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_one_wins() -> None:
    process = workflow.create_process(actor=SYSTEM, code="twice", name="两人发布", organisation=None)
    draft = workflow.save_process_draft(actor=SYSTEM, process=process, bpmn=REVIEW)
    outcomes = at_once(
        *(lambda: workflow.publish_process(actor=SYSTEM, process=process, digest=draft.digest) for _each in range(2))
    )
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [workflow.WorkflowRefused]
    assert process.versions.get().status == workflow.VersionStatus.PUBLISHED


@pytest.mark.django_db(transaction=True)
def test_publishing_a_table_twice_at_once_one_wins() -> None:
    table = workflow.create_table(actor=SYSTEM, code="fees", name="收费", organisation=None)
    draft = workflow.save_table_draft(
        actor=SYSTEM,
        table=table,
        hit_policy="UNIQUE",
        inputs=[{"name": "面积", "expression": "form.area", "type": "number"}],
        outputs=[{"key": "fee", "name": "费用", "type": "number"}],
        rows=[{"when": [">= 100"], "then": ["2"]}, {"when": ["< 100"], "then": ["1"]}],
    )
    outcomes = at_once(
        *(lambda: workflow.publish_table(actor=SYSTEM, table=table, digest=draft.digest) for _each in range(2))
    )
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [workflow.WorkflowRefused], outcomes
    assert "刚刚已经由别人发布" in str(refused[0])
    assert table.versions.get().status == workflow.VersionStatus.PUBLISHED


def test_a_table_with_a_gap_is_kept_as_a_draft_and_not_published() -> None:
    table = workflow.create_table(actor=SYSTEM, code="fees", name="收费", organisation=None)
    workflow.save_table_draft(
        actor=SYSTEM,
        table=table,
        hit_policy="UNIQUE",
        inputs=[{"name": "面积", "expression": "form.area", "type": "number"}],
        outputs=[{"key": "fee", "name": "费用", "type": "number"}],
        rows=[{"when": ["> 100"], "then": ["2"]}, {"when": ["< 100"], "then": ["1"]}],
    )
    with pytest.raises(workflow.Unpublishable) as refused:
        workflow.publish_table(actor=SYSTEM, table=table)
    assert any("有空档" in each.sentence and "100" in each.sentence for each in refused.value.findings)
    assert table.versions.get().status == workflow.VersionStatus.DRAFT


def test_only_who_compiles_processes_publishes(cast: Cast) -> None:
    process = workflow.create_process(actor=SYSTEM, code="mine", name="流程", organisation=None)
    with pytest.raises(Denied):
        workflow.save_process_draft(actor=cast.reviewer, process=process, bpmn=REVIEW)
    with pytest.raises(Denied):
        workflow.create_process(actor=cast.reviewer, code="x", name="流程", organisation=None)


def test_a_new_version_takes_the_place_of_the_old_one_and_running_instances_keep_theirs() -> None:
    first = publish(REVIEW)
    instance = workflow.start(actor=SYSTEM, process="test", subject=Subject("x.y", 1))
    second = publish(REVIEW.replace("汇总", "综合"))
    first.refresh_from_db()
    assert (first.status, second.number) == (workflow.VersionStatus.RETIRED, 2)
    assert open_ids(instance) == ["review"]
    assert instance.version_id == first.pk
    told = AuditRecord.objects.filter(action="workflow.publish_process", object_id=str(second.process_id))
    assert told.count() == 2


def test_instances_move_to_a_new_version_and_back() -> None:
    first = publish(SIDE_BY_SIDE)
    made = [workflow.start(actor=SYSTEM, process="test", subject=Subject("x.y", number)) for number in range(4)]
    do(made[1], "a")
    do(made[2], "a")
    do(made[2], "b")
    second = publish(
        SIDE_BY_SIDE.replace('id="c"', 'id="c2"')
        .replace('sourceRef="c"', 'sourceRef="c2"')
        .replace('targetRef="c"', 'targetRef="c2"')
    )
    dry = workflow.migrate_instances(actor=SYSTEM, from_version=first, to_version=second)
    assert (dry.is_dry_run, dry.moved, dry.kept) == (True, 4, 0)
    assert open_ids(made[2]) == ["c"]
    keys = {each.key for each in workflow.list_open_nodes(made[2])}
    workflow.migrate_instances(actor=SYSTEM, from_version=first, to_version=second, dry_run=False)
    assert open_ids(made[2]) == ["c2"]
    assert {each.key for each in workflow.list_open_nodes(made[2])} == keys
    assert open_ids(made[1]) == ["b"]
    back = workflow.migrate_instances(actor=SYSTEM, from_version=second, to_version=first, dry_run=False)
    assert back.moved == 4
    assert open_ids(made[2]) == ["c"]
    assert do(made[1], "b").opened[0].node_id == "c"
    assert do(made[2], "c").has_ended


def test_what_cannot_move_stays_and_is_named() -> None:
    first = publish(SIDE_BY_SIDE)
    instance = workflow.start(actor=SYSTEM, process="test", subject=Subject("x.y", 1))
    second = publish(drawing(task("z", "另一个"), flows("start>z", "z>end")))
    report = workflow.migrate_instances(actor=SYSTEM, from_version=first, to_version=second, dry_run=False)
    assert (report.moved, report.kept) == (0, 1)
    assert "没有对应的环节" in report.rows[0].problem
    assert open_ids(instance) == ["a", "b"]


def test_where_cases_wait_is_counted() -> None:
    version = publish(REVIEW)
    for number in range(3):
        instance = workflow.start(actor=SYSTEM, process=version, subject=Subject("x.y", number))
    do(instance, "review", "同意")
    heat = workflow.read_heat(version.process)
    assert (heat["review"].waiting, heat["review"].passed) == (2, 1)
    assert heat["joint"].waiting == 1


def test_a_table_decides_and_is_pinned_to_the_version() -> None:
    table = workflow.create_table(actor=SYSTEM, code="level", name="级别", organisation=None)
    text: dict[str, Any] = {
        "hit_policy": "UNIQUE",
        "inputs": [{"name": "面积", "expression": "form.area", "type": "number"}],
        "outputs": [{"name": "级别", "key": "level", "type": "text"}],
        "rows": [{"when": ["< 100"], "then": ["小"]}, {"when": ["> 100"], "then": ["大"]}],
    }
    workflow.save_table_draft(actor=SYSTEM, table=table, **text)
    with pytest.raises(workflow.Unpublishable, match="错误"):
        workflow.publish_table(actor=SYSTEM, table=table)
    text["rows"][1]["when"] = [">= 100"]
    workflow.save_table_draft(actor=SYSTEM, table=table, **text)
    workflow.publish_table(actor=SYSTEM, table=table)
    version = publish(
        drawing(
            node("businessRuleTask", "rule", "定级", table="level"),
            exclusive("x", "f_x_small_3"),
            task("big"),
            task("small"),
            flows("start>rule", "rule>x", "x>big: table.level.level == '大'", "x>small", "big>end", "small>end"),
        ),
        "levels",
    )
    instance = workflow.start(actor=SYSTEM, process=version, subject=Subject("x.y", 1), data={"form": {"area": 150}})
    assert open_ids(instance) == ["big"]
    trace = simulate(version.bpmn, data={"form": {"area": 5}})
    assert [each.node_id for each in trace.steps] == ["small"]


def test_a_process_is_tried_before_it_is_published() -> None:
    trace = simulate(REVIEW, answers=[Answer("review", "不同意")])
    assert ([each.node_id for each in trace.steps], trace.has_ended) == (["review"], True)
    trace = simulate(REVIEW, answers=[Answer("review", "同意")], stops=True)
    assert [each.node_id for each in trace.open] == ["joint"]
    assert simulate("nothing").problem
    assert not workflow.ProcessInstance.objects.exists()


EXAMPLE = Path(__file__).parents[5] / "docs" / "reference" / "processes.md"


def test_the_example_in_the_documentation_is_loaded_once_and_runs(tmp_path: Path) -> None:
    found = re.search(r"```xml\n(.+?)```", EXAMPLE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    file = workflow.ProcessFile(tmp_path / "well-permit.bpmn")
    file.path.write_text(found[1], "utf-8")
    load_process(file, actor=SYSTEM)
    load_process(file, actor=SYSTEM)
    process = workflow.get_process("well-permit")
    assert process is not None
    assert process.name == "取水许可联合审查"
    version = process.versions.get()
    assert version.findings == []
    assert [each.title for each in simulate(version.bpmn).steps] == ["初审", "部门会签", "汇总"]


def test_whoever_keeps_the_platform_moves_cases_of_a_process_that_came_with_it(cast: Cast) -> None:
    one, two = publish(REVIEW), publish(REVIEW.replace("审查", "初审"))
    with pytest.raises(Denied):
        workflow.migrate_instances(actor=cast.process_compiler, from_version=one, to_version=two)
    post = cast.appointment(cast.process_compiler).post
    post.roles.create(role="platform_operator", reach="region")
    account = cast.accounts["process_compiler"]
    operator = get_account_actor(account)
    assert workflow.migrate_instances(actor=operator, from_version=one, to_version=two).moved == 0

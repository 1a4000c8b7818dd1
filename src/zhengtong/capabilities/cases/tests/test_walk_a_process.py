"""A case goes through the process that its item names: branches, joint review, returns, trouble, and the decision."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import FIRE, PASSWORD, Cast, fresh
from tests.together import at_once
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.services.items import publish_item
from zhengtong.capabilities.cases.walk import describe_context
from zhengtong.capabilities.workflow import public as workflow
from zhengtong.capabilities.workflow.tests.drawings import REVIEW, drawing, exclusive, flows, node, parallel, task
from zhengtong.core.identity import public as identity
from zhengtong.core.worklist.models import WorkItem
from zhengtong.core.worklist.public import list_unit
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

pytestmark = pytest.mark.django_db
FIELDS = json.dumps([{"key": "people", "label": "就餐人数", "type": "number"}])
DETAILED = drawing(
    task("review", "初审", outcomes="同意,不同意", fields=FIELDS, days="2"),
    exclusive("size", default="f_size_check_4"),
    task("visit", "核查意见", relation="not:review"),
    task("check", "复核", relation="same:review"),
    flows(
        "start>review",
        "review>size",
        "size>visit: values.review.people / (form.staff_count - 3) > 10",
        "visit>check",
        "size>check",
        "check>end",
    ),
)


@pytest.fixture
def use(cast: Cast) -> Any:
    """Return a function that publishes a process and lets the food licence go through it."""

    def publish(bpmn: str, code: str = "test") -> workflow.ProcessVersion:
        process = workflow.get_process(code) or workflow.create_process(
            actor=SYSTEM, code=code, name="测试流程", organisation=None
        )
        workflow.save_process_draft(actor=SYSTEM, process=process, bpmn=bpmn)
        version = workflow.publish_process(actor=SYSTEM, process=process)
        raw = dict(cases.get_live_version(cast.office.item).definition) | {"process": code}
        publish_item(actor=SYSTEM, raw=raw)
        return version

    return publish


def open_steps(case: cases.Case) -> list[str]:
    tasks = case.tasks.filter(status="open").order_by("id")
    return [f"{each.step_name}:{each.organisation.short_name}" for each in tasks.select_related("organisation")]


def do(case: cases.Case, actor: Actor, outcome: str = "", **more: Any) -> cases.Case:
    organisation = actor.organisation
    found = case.tasks.filter(status="open", node="process", organisation=organisation).first()
    assert found is not None, open_steps(case)
    cases.complete_process_task(actor=actor, case_id=case.pk, task_id=found.pk, outcome=outcome, **more)
    return fresh(case)


def test_departments_review_together_and_the_decision_follows(cast: Cast, use: Any) -> None:
    use(REVIEW)
    case = cast.accepted()
    assert [each.split(":")[0] for each in open_steps(case)] == ["初审"]
    case = do(case, cast.reviewer, "同意", opinion="材料齐全")
    assert case.state == "reviewing"
    assert [each.split(":")[0] for each in open_steps(case)] == ["部门会签"] * 3
    case = do(case, cast.fire_reviewer, "同意", opinion="消防合格")
    case = do(case, cast.reviewer, "同意")
    assert [each.split(":")[0] for each in open_steps(case)] == ["部门会签"]
    case = do(case, cast.urban_reviewer, "不同意", opinion="占道")
    summed = case.tasks.get(status="open")
    assert (summed.title, summed.assignee_id) == ("汇总", cast.reviewer.appointment)
    case = do(case, cast.reviewer, opinion="已汇总")
    assert case.tasks.get(status="open").node == cases.TaskNode.DECISION
    cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合法定条件")
    assert fresh(case).state == "granted"
    instance = cases.get_walk(case.pk).instance  # type: ignore[union-attr]
    assert instance is not None
    assert instance.data["outcome"]["joint"] == "不同意"
    assert instance.data["outcomes"]["joint"] == ["同意", "同意", "不同意"]


def test_conditions_read_the_days_of_a_case_as_people_here_count_them(cast: Cast) -> None:
    case = cast.accepted()
    case.received_at = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    case.accepted_at = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    context = describe_context(case)["case"]
    assert context["received_on"] == context["accepted_on"] == date(2026, 11, 23)


def test_a_node_waits_for_those_who_sign_before_it(cast: Cast, use: Any, client: Client) -> None:
    use(REVIEW)
    case = cast.accepted()
    cases.claim_task(actor=cast.reviewer, task_id=case.tasks.get(status="open").pk)
    client.login(username="reviewer", password=PASSWORD)
    page = client.get(reverse("workbench:act", args=[case.number, "ask-countersign"])).content.decode()
    assert 'value="before"' in page
    assert 'value="after"' not in page
    signers = [cast.appointment(cast.approver)]

    def ask(timing: str) -> None:
        cases.ask_countersign(actor=cast.reviewer, case_id=case.pk, signers=signers, question="请核对", timing=timing)

    with pytest.raises(cases.Unacceptable) as refused:
        ask("after")
    assert refused.value.field == "timing"
    ask("before")
    with pytest.raises(cases.Unacceptable) as waits:
        do(case, cast.reviewer, "同意")
    assert waits.value.params["names"] == cast.appointment(cast.approver).staff.name
    cases.give_countersign(actor=cast.approver, case_id=case.pk, agrees=True, opinion="")
    case = do(case, cast.reviewer, "同意")
    assert [each.split(":")[0] for each in open_steps(case)] == ["部门会签"] * 3


def test_another_office_sees_the_case_while_and_after_it_is_asked(cast: Cast, use: Any, client: Client) -> None:
    use(REVIEW)
    case = cast.accepted()
    client.login(username="fire_reviewer", password=PASSWORD)
    address = reverse("workbench:case", args=[case.number])
    assert client.get(address).status_code == 404
    case = do(case, cast.reviewer, "同意", opinion="材料齐全")
    page = client.get(address)
    assert page.status_code == 200
    assert "材料齐全" in page.content.decode()
    client.post(reverse("workbench:act", args=[case.number, "claim"]), {"version": fresh(case).version})
    act = reverse("workbench:act", args=[case.number, "process-step"])
    form = client.get(act)
    assert "部门会签" in form.content.decode()
    task_id = form.context["form"].initial["task"]
    posted = client.post(act, {"version": fresh(case).version, "task": task_id, "outcome": "", "opinion": "好"})
    assert posted.status_code == 422
    posted = client.post(
        act, {"version": fresh(case).version, "task": task_id, "outcome": "同意", "opinion": "消防合格"}
    )
    assert posted.status_code == 302
    assert case.tasks.get(pk=task_id).done_by_id == cast.fire_reviewer.appointment
    assert client.get(address).status_code == 200


def test_nobody_does_another_offices_part(cast: Cast, use: Any) -> None:
    use(REVIEW)
    case = do(cast.accepted(), cast.reviewer, "同意")
    theirs = case.tasks.get(status="open", organisation=cast.fire_reviewer.organisation)
    for actor in (cast.reviewer, cast.outsider, cast.owner):
        with pytest.raises(Denied):
            cases.complete_process_task(actor=actor, case_id=case.pk, task_id=theirs.pk, outcome="同意")


@pytest.mark.django_db(transaction=True)
def test_departments_that_finish_at_the_same_moment_never_stick(cast: Cast, use: Any) -> None:
    use(REVIEW)
    case = do(cast.accepted(), cast.reviewer, "同意")
    outcomes = at_once(
        *(lambda who=who: do(case, who, "同意") for who in (cast.reviewer, cast.fire_reviewer, cast.urban_reviewer))
    )
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert [each.split(":")[0] for each in open_steps(case)] == ["汇总"]


def test_fields_relations_and_days(cast: Cast, use: Any) -> None:
    use(DETAILED)
    case = cast.accepted()
    first = case.tasks.get(status="open")
    due_at = WorkItem.objects.get(kind="cases.task", object_id=first.pk).due_at
    assert due_at is not None
    assert case.due_at is not None
    assert due_at < case.due_at
    with pytest.raises(cases.IncompleteApplication):
        do(case, cast.reviewer, "同意")
    case = do(case, cast.reviewer, "同意", values={"people": "80"})
    assert [each.split(":")[0] for each in open_steps(case)] == ["核查意见"]
    with pytest.raises(cases.Unacceptable):
        do(case, cast.reviewer)
    case = do(case, cast.inspector)
    assert case.tasks.get(status="open").assignee_id == cast.reviewer.appointment


def test_a_condition_without_an_answer_leaves_the_task_open_and_is_reported(cast: Cast, use: Any) -> None:
    use(DETAILED)
    case = cast.accepted(staff_count="3")
    with pytest.raises(cases.Unacceptable, match="流程走不下去"):
        do(case, cast.reviewer, "同意", values={"people": "80"})
    assert [each.split(":")[0] for each in open_steps(case)] == ["初审"]
    problem = workflow.list_problems(SYSTEM).get()
    assert problem.subject_name == case.number
    assert "除数是零" in problem.sentence
    with pytest.raises(cases.Unacceptable):
        do(case, cast.reviewer, "同意", values={"people": "80"})
    assert workflow.list_problems(SYSTEM).get().count == 2
    workflow.settle_problem(actor=SYSTEM, problem=problem)
    assert not workflow.list_problems(SYSTEM).exists()


def test_a_node_is_sent_back_and_the_one_who_did_it_has_it_again(cast: Cast, use: Any) -> None:
    use(REVIEW)
    case = do(cast.accepted(), cast.reviewer, "同意")
    theirs = case.tasks.get(status="open", organisation=cast.fire_reviewer.organisation)
    assert cases.list_step_targets(theirs) == [("review", "初审")]
    cases.return_process_task(
        actor=cast.fire_reviewer, case_id=case.pk, task_id=theirs.pk, node_id="review", reason="请补充核实"
    )
    again = case.tasks.get(status="open")
    assert (again.title, again.assignee_id) == ("初审", cast.reviewer.appointment)
    assert case.tasks.filter(status="cancelled").count() == 2
    case = do(case, cast.reviewer, "同意")
    assert len(open_steps(case)) == 3


def test_the_approver_sends_the_case_back_into_its_process(cast: Cast, use: Any) -> None:
    use(DETAILED)
    case = do(cast.accepted(), cast.reviewer, "同意", values={"people": "1"})
    case = do(case, cast.reviewer)
    cases.return_to_review(actor=cast.approver, case_id=case.pk, reason="请再核")
    again = case.tasks.get(status="open")
    assert (again.title, again.assignee_id) == ("复核", cast.reviewer.appointment)
    case = do(case, cast.reviewer)
    assert case.tasks.get(status="open").node == cases.TaskNode.DECISION


def test_the_reviewer_of_a_process_does_not_decide(cast: Cast, use: Any) -> None:
    use(DETAILED)
    case = do(do(cast.accepted(), cast.reviewer, "同意", values={"people": "1"}), cast.reviewer)
    with pytest.raises(Denied):
        cases.grant_case(actor=cast.reviewer, case_id=case.pk, reasons="符合")


def test_withdrawing_ends_the_process(cast: Cast, use: Any) -> None:
    use(REVIEW)
    case = do(cast.accepted(), cast.reviewer, "同意")
    cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    assert not case.tasks.filter(status="open").exists()
    instance = cases.get_walk(case.pk).instance  # type: ignore[union-attr]
    assert instance is not None
    assert instance.status == workflow.InstanceStatus.CANCELLED


def test_a_site_visit_and_more_time_in_a_process(cast: Cast, use: Any) -> None:
    use(DETAILED)
    case = cast.accepted()
    cast.visit(case)
    assert fresh(case).state == "excluded_time"
    with pytest.raises(cases.NotAllowed):
        do(case, cast.reviewer, "同意", values={"people": "1"})
    cases.record_site_visit(actor=cast.reviewer, case_id=case.pk, is_passed=True, findings="一致")
    cases.request_extension(actor=cast.reviewer, case_id=case.pk, days=5, reason="需要核实")
    cases.decide_extension(actor=cast.head, case_id=case.pk, is_approved=True)
    do(case, cast.reviewer, "同意", values={"people": "1"})


def test_a_process_that_cannot_begin_leaves_the_built_in_review(cast: Cast, use: Any) -> None:
    use(
        drawing(
            exclusive("x", default="f_x_a_1"),
            task("a"),
            flows("start>x", "x>a", "x>end: number(form.operator_name) > 3", "a>end"),
        )
    )
    case = cast.accepted()
    assert case.tasks.get(status="open").node == cases.TaskNode.REVIEW
    assert workflow.list_problems(SYSTEM).count() == 1


def test_a_running_case_keeps_the_version_it_began_with(cast: Cast, use: Any) -> None:
    first = use(REVIEW)
    case = cast.accepted()
    second = use(REVIEW.replace("汇总", "综合"))
    case = do(case, cast.reviewer, "不同意")
    assert case.tasks.get(status="open").node == cases.TaskNode.DECISION
    assert (first.number, second.number) == (1, 2)


def test_a_department_that_does_not_exist_does_not_stop_the_case(cast: Cast, use: Any) -> None:
    use(drawing(task("a", organisation="code:没有这个局"), flows("start>a", "a>end")))
    case = cast.accepted()
    assert case.tasks.get(status="open").organisation_id == case.organisation_id
    assert workflow.list_problems(SYSTEM).count() == 1


def test_a_department_of_a_joint_review_that_is_not_found_is_reported_and_the_others_go_on(
    cast: Cast, use: Any
) -> None:
    use(
        drawing(
            task("j", "会签", kind="joint", departments="没有这个局,消防救援局,code:澄波区城市管理局"),
            flows("start>j", "j>end"),
        )
    )
    case = cast.accepted()
    assert open_steps(case) == ["会签:澄波区消防救援局", "会签:澄波区城市管理局"]
    assert "没有这个局" in workflow.list_problems(SYSTEM).get().sentence


def test_an_organ_without_a_credit_code_is_found_by_the_platforms_own(cast: Cast, use: Any) -> None:
    fire = cast.offices[FIRE].organisation
    assert fire.credit_code is None
    use(drawing(task("a", "核验", organisation=f"code:{fire.public_id}"), flows("start>a", "a>end")))
    assert open_steps(cast.accepted()) == ["核验:澄波区消防救援局"]


def test_the_head_does_what_is_the_heads(cast: Cast, use: Any) -> None:
    use(drawing(task("a", "审查"), task("b", "签批", relation="head"), flows("start>a", "a>b", "b>end")))
    case = do(cast.accepted(), cast.reviewer)
    signing = case.tasks.get(status="open")
    assert (signing.title, signing.assignee_id) == ("签批", cast.head.appointment)
    case = do(case, cast.head)
    assert case.tasks.get(status="open").node == cases.TaskNode.DECISION


def test_a_node_whose_handler_has_left_is_the_offices_again_and_its_head_gives_it_to_another(
    cast: Cast, use: Any
) -> None:
    use(drawing(task("a", "审查"), task("b", "复核", relation="same:a"), flows("start>a", "a>b", "b>end")))
    case = do(cast.accepted(), cast.reviewer)
    held = case.tasks.get(status="open")
    assert held.assignee_id == cast.reviewer.appointment
    yesterday = timezone.localdate() - timedelta(days=1)
    identity.end_appointment(
        actor=SYSTEM, appointment=cast.appointment(cast.reviewer), end_date=yesterday, reason="调离"
    )
    held.refresh_from_db()
    assert held.assignee_id is None
    head = identity.get_account_actor(cast.accounts["head"])
    assert [item.object_id for item in list_unit(head) if item.kind == "cases.task"] == [held.pk]
    cases.reassign_task(actor=head, task_id=held.pk, to=cast.appointment(cast.inspector), reason="接办")
    case = do(case, cast.inspector)
    assert case.tasks.get(status="open").node == cases.TaskNode.DECISION


def test_a_node_of_somebody_who_left_meanwhile_opens_in_the_offices_pool(cast: Cast, use: Any) -> None:
    use(
        drawing(
            task("a", "审查"),
            task("b", "核验", organisation="code:消防救援局"),
            task("c", "汇总", relation="same:a"),
            flows("start>a", "a>b", "b>c", "c>end"),
        )
    )
    case = do(cast.accepted(), cast.reviewer)
    yesterday = timezone.localdate() - timedelta(days=1)
    identity.end_appointment(
        actor=SYSTEM, appointment=cast.appointment(cast.reviewer), end_date=yesterday, reason="调离"
    )
    case = do(case, cast.fire_reviewer)
    summed = case.tasks.get(status="open")
    assert (summed.title, summed.assignee_id, summed.organisation_id) == ("汇总", None, case.organisation_id)
    assert do(case, cast.inspector).tasks.get(status="open").node == cases.TaskNode.DECISION


def test_parallel_nodes_are_open_side_by_side(cast: Cast, use: Any) -> None:
    use(
        drawing(
            parallel("p"),
            task("a", "审图"),
            task("b", "审钱"),
            parallel("q"),
            flows("start>p", "p>a", "p>b", "a>q", "b>q", "q>end"),
        )
    )
    case = cast.accepted()
    assert len(open_steps(case)) == 2
    case = do(case, cast.reviewer)
    case = do(case, cast.inspector)
    assert case.tasks.get(status="open").node == cases.TaskNode.DECISION


def test_an_event_is_one_of_the_outcomes(cast: Cast, use: Any) -> None:
    use(
        drawing(
            task("a", "审查"),
            node("boundaryEvent", "late", "申请人补件超期", "<timerEventDefinition/>", _attachedToRef="a"),
            task("b", "转人工"),
            flows("start>a", "a>end", "late>b", "b>end"),
        )
    )
    case = do(cast.accepted(), cast.reviewer, "event:late")
    assert [each.split(":")[0] for each in open_steps(case)] == ["转人工"]


def test_an_item_whose_process_asks_for_a_field_it_does_not_have_is_refused(cast: Cast, use: Any) -> None:
    with pytest.raises(cases.UnusableDefinition, match="nothing_like_it"):
        use(
            drawing(
                task("a"),
                exclusive("x", default="f_x_end_2"),
                flows("start>a", "a>x", "x>end", "x>a: form.nothing_like_it > 3"),
            )
        )

"""A clerk compiles processes and decision tables; nobody else does, and nobody overwrites her."""

import json

import pytest
from django.test import Client

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.workflow.public import (
    DecisionTable,
    Process,
    ProcessVersion,
    Subject,
    VersionStatus,
    check_process,
    get_live_version,
    has_errors,
    publish_process,
    start,
)
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.processes.comparing import compare_drawings
from zhengtong.desks.processes.options import list_names
from zhengtong.desks.processes.services import begin_process, save_drawing, stamp_of
from zhengtong.desks.processes.staffing import name_unstaffed
from zhengtong.desks.processes.starting import draw_starting
from zhengtong.kernel.policy import SYSTEM

DESK = "/desk/processes/"


@pytest.fixture
def process(cast: Cast) -> Process:
    bureau = cast.office.organisation
    return begin_process(actor=cast.process_compiler, code="review", name="审查", organisation=bureau)


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["process_compiler"], SIGNS_IN)
    return client


def draft(process: Process) -> ProcessVersion:
    return process.versions.get(status=VersionStatus.DRAFT)


def test_the_starting_drawing_can_be_published_at_once(cast: Cast, process: Process, clerk: Client) -> None:
    assert draft(process).findings == []
    answer = clerk.post(f"{DESK}review/publish/", {"digest": draft(process).digest}, follow=True)
    assert "第1版已发布" in answer.content.decode()
    assert get_live_version("review") is not None


def test_who_had_an_older_drawing_open_overwrites_nothing(process: Process, clerk: Client) -> None:
    stamp = stamp_of(draft(process))
    first = draw_starting("review", "先保存的")
    for name, status in (("先保存的", 200), ("后保存的", 409)):
        body = json.dumps({"bpmn": draw_starting("review", name), "version": stamp})
        answer = clerk.post(f"{DESK}review/save/", body, content_type="application/json")
        assert answer.status_code == status
    assert draft(process).bpmn == first


def test_who_doesnt_compile_here_is_refused(cast: Cast, process: Process, client: Client) -> None:
    client.force_login(cast.accounts["reviewer"], SIGNS_IN)
    for path in ("", "new/", "review/", "review/design/", "review/publish/", "review/heat/", "tables/"):
        assert client.get(DESK + path).status_code == 403, path


def test_a_condition_is_checked_while_it_is_typed(process: Process, clerk: Client) -> None:
    names = ["form.area", "outcome.step_1"]
    for text, is_right in (
        ("form.area > 3", True),
        ("outcome.step_1 == '同意'", True),
        ("form.are > 3", False),
        ("outcome.step_9 == '同意'", False),
        ("area > 3", False),
        ("__import__('os')", False),
    ):
        body = json.dumps({"expression": text, "names": names})
        answer = clerk.post(f"{DESK}review/expression/", body, content_type="application/json")
        assert (answer.json()["problem"] == "") is is_right, text


def test_a_condition_may_ask_for_the_fields_of_the_forms_that_use_the_process(cast: Cast, process: Process) -> None:
    publish_process(actor=cast.process_compiler, process=process)
    raw = cases.get_live_version(cast.office.item).definition
    cases.publish_item(actor=SYSTEM, raw={**raw, "process": "review"})
    offered = {each["name"]: each["title"] for each in list_names(process)}
    assert offered["form.premises_area"].startswith("经营面积")


@pytest.mark.parametrize("organisation", ["code:澄波区城市管理局", "code:城市管理局"])
def test_who_is_called_by_name_or_title_is_found(cast: Cast, process: Process, organisation: str) -> None:
    bpmn = draw_starting("review", "审查").replace('id="step_1"', f'id="step_1" zt:organisation="{organisation}"')
    assert not has_errors(check_process(bpmn, staffing=name_unstaffed))


def test_a_node_that_nobody_can_do_is_named_by_organ_and_permission(cast: Cast, process: Process) -> None:
    justice = Organisation.objects.get(name="澄波区司法局")
    start = draw_starting("review", "审查")
    for given, said in (
        (f'zt:organisation="code:{justice.public_id}"', "澄波区司法局里没有有“审查办件”权限的人"),
        ('zt:organisation="code:不存在的局"', "没有“不存在的局”这个机构"),
        ('zt:organisation="code:城市管理局" zt:relation="head"', "没有机关负责人"),
    ):
        found = check_process(start.replace('id="step_1"', f'id="step_1" {given}'), staffing=name_unstaffed)
        assert any(said in each.sentence for each in found), (given, found)


def test_a_version_that_asks_for_a_field_which_an_item_lacks_is_not_published(
    cast: Cast, process: Process, clerk: Client
) -> None:
    live = publish_process(actor=cast.process_compiler, process=process)
    raw = cases.get_live_version(cast.office.item).definition
    cases.publish_item(actor=SYSTEM, raw={**raw, "process": "review"})
    branch = (
        '<bpmn:exclusiveGateway id="x" default="f_1" /><bpmn:sequenceFlow id="f_1" sourceRef="x" targetRef="end_1" />'
        '<bpmn:sequenceFlow id="f_2" sourceRef="x" targetRef="step_1"><bpmn:conditionExpression>form.stoves &gt; 3'
        "</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process>"
    )
    bpmn = live.bpmn.replace('sourceRef="step_2" targetRef="end_1"', 'sourceRef="step_2" targetRef="x"')
    save_drawing(actor=cast.process_compiler, process=process, bpmn=bpmn.replace("</bpmn:process>", branch),
                 stamp=stamp_of(live))  # fmt: skip
    shown = clerk.get(f"{DESK}review/publish/").content.decode()
    assert "“食品经营许可（新办）”的表单里没有的字段：stoves" in shown
    assert clerk.post(f"{DESK}review/publish/", {"digest": draft(process).digest}).status_code == 409
    assert get_live_version("review") == live


def test_a_version_says_what_it_changes() -> None:
    old = draw_starting("review", "审查")
    new = old.replace('id="step_1" name="审查"', 'id="step_1" name="初审" zt:days="3"')
    found = compare_drawings(old, new, lambda _setting, value: value)
    assert found.sentences == ["“审查”改名为“初审”。", "“初审”的办理天数由“没有”改为“3”。"]
    assert found.new_marks == {"step_1": "changed"}


def test_running_cases_move_and_are_seen_where_they_wait(cast: Cast, process: Process, clerk: Client) -> None:
    compiler, case = cast.process_compiler, cast.accepted()
    publish_process(actor=compiler, process=process)
    instance = start(actor=compiler, process="review", subject=Subject("cases.case", case.pk, case.number or ""))
    changed = draw_starting("review", "审查").replace('name="复核"', 'name="再核"')
    live = get_live_version("review")
    save_drawing(actor=compiler, process=process, bpmn=changed, stamp=stamp_of(live))
    publish_process(actor=compiler, process=process)
    address = f"{DESK}review/migrate/"
    shown = clerk.get(f"{address}?from=1&to=2").content.decode()
    assert "1件能迁" in shown
    assert str(case.number) in shown
    clerk.post(address, {"from": "1", "to": "2", "act": "move"})
    instance.refresh_from_db()
    assert instance.version.number == 2
    clerk.post(address, {"from": "2", "to": "1", "act": "move"})
    instance.refresh_from_db()
    assert instance.version.number == 1
    assert "1件" in clerk.get(f"{DESK}review/heat/").content.decode()
    assert str(case.number) in clerk.get(f"{DESK}review/waiting/?node=step_1").content.decode()
    drawing = f"{DESK}instances/{instance.pk}/drawing/"
    for person, status in (("reviewer", 200), ("outsider", 404), ("citizen", 403)):
        client = Client()
        client.force_login(cast.accounts[person], SIGNS_IN)
        assert client.get(drawing).status_code == status, person


def test_a_table_is_compiled_tried_and_published(cast: Cast, clerk: Client) -> None:
    made = {"name": "按面积", "code": "by-area", "organisation": cast.office.organisation_id}
    address = clerk.post(f"{DESK}tables/new/", made)["Location"]
    columns = {"in-0-name": "面积", "in-0-expression": "form.area", "in-0-type": "number"}
    columns |= {"out-0-name": "规模", "out-0-key": "size", "out-0-type": "text"}
    rows = {"row-0-when-0": ">= 200", "row-0-then-0": "大", "row-1-when-0": "< 100", "row-1-then-0": "小"}
    typed = {"policy": "UNIQUE", "inputs": 1, "outputs": 1, "rows": 2, **columns, **rows}
    answer = clerk.post(address, {**typed, "act": "publish", "stamp": ""})
    assert answer.status_code == 422
    assert "有空档" in answer.content.decode()
    typed["row-1-when-0"] = "< 200"
    tried = clerk.post(address, {**typed, "act": "try", "given-form.area": "300"})
    assert "大" in tried.content.decode()
    table = DecisionTable.objects.get(code="by-area")
    stamp = table.versions.get().digest
    assert clerk.post(address, {**typed, "act": "publish", "stamp": "older"}).status_code == 409
    assert clerk.post(address, {**typed, "act": "publish", "stamp": stamp}).status_code == 302
    assert table.versions.get().status == VersionStatus.PUBLISHED

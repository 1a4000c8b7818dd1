"""A whole request at the desk: asked in four steps, reviewed, agreed to with masks, read as a contract and on paper."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.models import Contract, DataRequest
from zhengtong.capabilities.contracts.tests.offices import Offices, make_offices
from zhengtong.core.identity.public import Account
from zhengtong.kernel.policy import Actor
from zhengtong_verify.canonical import sm3

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def offices(settings: Settings, tmp_path: Path) -> Offices:
    settings.DATA_DIR = tmp_path
    return make_offices()


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(public_id=actor.account or ""), backend=BACKEND)
    return client


COLUMNS = {
    "columns": ["credit_code", "name", "legal_person"],
    "reason_legal_person": "核对申请人是否为法定代表人",
    "column_0": "region_code",
    "operator_0": "in",
    "values_0": "990102、990103",
    "column_1": "",
    "operator_1": "=",
    "values_1": "",
    "column_2": "",
    "operator_2": "=",
    "values_2": "",
}
PURPOSE = {"purpose": "办理许可时核对登记信息", "matter": "食品经营许可", "legal_basis": "食品安全法第三十五条"}


def delivery(offices: Offices, **changes: object) -> dict[str, object]:
    return {
        "mode": "snapshot",
        "frequency": "weekly",
        "at": "03:10",
        "weekday": 2,
        "day": 1,
        "cron": "",
        "working_days_only": "on",
        "target": offices.target.pk,
        "target_table": "shared.enterprise",
        "calls_a_day": 1000,
        "rows_a_call": 100,
        "valid_until": "2027-06-30",
        **changes,
    }


def ask(offices: Offices, client: Client) -> DataRequest:
    code = offices.resource.code
    response = client.get(reverse("contracts_desk:choose"), {"q": "企业"})
    assert reverse("contracts_desk:ask", args=[code]) in response.content.decode()
    response = client.get(reverse("contracts_desk:ask", args=[code]))
    assert "不能申请的信息项" in response.content.decode()
    response = client.post(reverse("contracts_desk:ask", args=[code]), COLUMNS)
    row = DataRequest.objects.get()
    assert response["Location"] == reverse("contracts_desk:edit", args=[row.number, "purpose"])
    client.post(reverse("contracts_desk:edit", args=[row.number, "purpose"]), PURPOSE)
    response = client.post(reverse("contracts_desk:edit", args=[row.number, "delivery"]), delivery(offices))
    assert response["Location"] == reverse("contracts_desk:edit", args=[row.number, "check"])
    page = client.get(response["Location"]).content.decode()
    assert "每周星期二 03:10，只在工作日" in page
    assert "行政区划是其中之一“990102、990103”" in page
    client.post(reverse("contracts_desk:request_act", args=[row.number, "submit"]))
    row.refresh_from_db()
    assert row.state == "compliance"
    return row


def test_a_request_goes_from_the_form_to_a_contract_on_paper(offices: Offices) -> None:
    applicant, reviewer, approver = (browser(offices.people[name]) for name in ("applicant", "reviewer", "approver"))
    row = ask(offices, applicant)
    page = reverse("contracts_desk:request", args=[row.number])
    assert row.number in reviewer.get(reverse("contracts_desk:waiting")).content.decode()
    assert reverse("contracts_desk:request_act", args=[row.number, "pass"]) in reviewer.get(page).content.decode()
    reviewer.post(reverse("contracts_desk:request_act", args=[row.number, "pass"]), {"opinion": "合规"})
    url = reverse("contracts_desk:request_act", args=[row.number, "approve"])
    form = approver.get(url)
    masks = {name: form.context["form"].fields[name].initial for name in form.context["form"].fields}
    given = {name: value or "" for name, value in masks.items()}
    response = approver.post(url, {**given, "mask_legal_person": "none"})
    assert response.status_code == 422
    assert "比目录规定的宽" in response.content.decode()
    approver.post(url, {**given, "mask_name": "digest"})
    contract = Contract.objects.get()
    shown = applicant.get(reverse("contracts_desk:contract", args=[contract.number])).content.decode()
    assert contract.digest in shown
    assert "加密摘要" in shown
    printed = applicant.get(reverse("contracts_desk:print", args=[contract.number])).content.decode()
    assert "澄波区登记局" in printed
    assert contract.digest in printed
    text = applicant.get(reverse("contracts_desk:content", args=[contract.number]))
    assert sm3(text.content) == contract.digest
    assert contract.number in approver.get(reverse("contracts_desk:contracts"), {"side": "given"}).content.decode()
    received = approver.get(reverse("contracts_desk:contracts"), {"side": "received"})
    assert received.context["rows"] == []


def test_what_is_wrong_in_a_step_is_said_beside_it(offices: Offices) -> None:
    client = browser(offices.applicant)
    row = offices.drafted()
    columns = reverse("contracts_desk:edit", args=[row.number, "columns"])
    response = client.post(columns, {**COLUMNS, "reason_legal_person": ""})
    assert response.status_code == 422
    assert "请写明为什么需要" in response.content.decode()
    response = client.post(columns, {**COLUMNS, "column_0": "opened_on", "operator_0": ">=", "values_0": "去年"})
    assert response.status_code == 422
    step = reverse("contracts_desk:edit", args=[row.number, "delivery"])
    for change in ({"frequency": "custom"}, {"target": ""}, {"target_table": ""}, {"mode": "telepathy"}):
        assert client.post(step, delivery(offices, **change)).status_code == 422
    assert client.get(reverse("contracts_desk:edit", args=[row.number, "nothing"])).status_code == 404


def test_a_refusal_and_its_coordination_are_on_one_timeline(offices: Offices) -> None:
    row = offices.passed()
    people = {name: browser(actor) for name, actor in offices.people.items()}

    def act(who: str, code: str, **given: object) -> int:
        url = reverse("contracts_desk:request_act", args=[row.number, code])
        assert people[who].get(url).status_code == 200, code
        return people[who].post(url, given).status_code

    assert act("approver", "refuse", refusal="no-duty", opinion="看不出与职责有关") == 302
    assert act("applicant", "dispute", grounds="许可法定要核对") == 302
    assert act("reviewer", "assign", coordinator=offices.coordinator.held_appointment) == 302
    assert act("applicant", "state", opinion="法律要求核对登记") == 302
    assert act("approver", "state", opinion="担心超出范围使用") == 302
    assert act("coordinator", "decide", is_granted="yes", decision="属于履职所必需") == 302
    page = people["applicant"].get(reverse("contracts_desk:request", args=[row.number])).content.decode()
    for words in ("不予共享", "提请争议协调", "指定协调人", "法律要求核对登记", "协调决定", "GXHY"):
        assert words in page


def test_a_contract_is_held_resumed_renewed_and_revoked_from_its_page(offices: Offices) -> None:
    contract = offices.granted()
    approver, applicant = browser(offices.approver), browser(offices.applicant)

    def act(code: str, **given: str) -> None:
        url = reverse("contracts_desk:contract_act", args=[contract.number, code])
        asked = approver.get(url)
        assert asked.status_code == 200
        # What the exchange does: a batch in transit is stopped before it is merged.
        assert code == "resume" or "正在传输的一批不再写入目标" in asked.content.decode()
        assert approver.post(url, given).status_code == 302

    act("suspend", reason="检查发现超范围使用", basis="条例")
    assert "暂停" in applicant.get(reverse("contracts_desk:contract", args=[contract.number])).content.decode()
    act("resume", reason="已经整改")
    response = applicant.post(reverse("contracts_desk:renew", args=[contract.number]))
    assert DataRequest.objects.get(renews=contract).number in response["Location"]
    act("revoke", reason="机构职责已经调整", basis="三定规定")
    contract.refresh_from_db()
    assert contract.state == "revoked"


def test_an_outsider_finds_nothing_and_one_without_the_role_is_refused(offices: Offices) -> None:
    contract = offices.granted()
    outsider, applicant = browser(offices.outsider), browser(offices.applicant)
    for name, number in (("request", contract.request.number), ("contract", contract.number)):
        assert outsider.get(reverse(f"contracts_desk:{name}", args=[number])).status_code == 404
        assert Client().get(reverse(f"contracts_desk:{name}", args=[number])).status_code == 302
    url = reverse("contracts_desk:contract_act", args=[contract.number, "revoke"])
    assert applicant.post(url, {"reason": "我想撤销就撤销", "basis": "无"}).status_code == 403
    assert applicant.get(reverse("contracts_desk:waiting")).status_code == 403


def test_a_list_of_many_costs_as_many_queries_as_one_of_few(offices: Offices) -> None:
    client = browser(offices.applicant)
    offices.submitted()
    client.get(reverse("contracts_desk:mine"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("contracts_desk:mine"))
    for _each in range(4):
        offices.submitted()
    with CaptureQueriesContext(connection) as many:
        response = client.get(reverse("contracts_desk:mine"))
    # Once a second the process asks whether there is a newer calendar.
    counts = [sum("calendar" not in each["sql"] for each in found.captured_queries) for found in (few, many)]
    assert counts[0] == counts[1]
    assert response.content.decode().count("GXSQ") >= 5


def test_papers_are_attached_and_taken_away(offices: Offices) -> None:
    from tests.cast import photo

    client, row = browser(offices.applicant), offices.drafted()
    url = reverse("contracts_desk:attach", args=[row.number])
    assert client.post(url, {"title": "会议纪要", "file": photo()}).status_code == 302
    paper = row.papers.get()
    assert client.get(reverse("contracts_desk:paper", args=[row.number, paper.pk])).status_code == 200
    submitted = contracts.submit_request(actor=offices.applicant, request=row)
    assert (
        browser(offices.approver).get(reverse("contracts_desk:paper", args=[row.number, paper.pk])).status_code == 200
    )
    remove = reverse("contracts_desk:remove_paper", args=[row.number, paper.pk])
    assert client.post(remove).status_code == 404, submitted.state
    contracts.return_request(actor=offices.reviewer, request=row, opinion="材料不对，请更换")
    assert client.post(remove).status_code == 302
    assert not row.papers.exists()

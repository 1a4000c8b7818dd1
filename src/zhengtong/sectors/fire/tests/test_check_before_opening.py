"""The fire safety check before opening, by the people who do it, and the opinion as it is read."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import CREDIT_CODE, FIRE, PHONE, Cast, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.papers.public import Sheet, describe, render_pdf
from zhengtong.kernel.policy import Denied
from zhengtong.sectors.fire import licence

FOLDER = Path(licence.__file__).parent
ANSWERS = {
    "operator_name": "澜水面馆",
    "has_licence": "已经有",
    "credit_code": CREDIT_CODE,
    "legal_representative": "王晓岚",
    "premises": "澄波区滨江路66号1-3号商铺",
    "premises_area": "360",
    "premises_floor": "地上1层至2层",
    "seats": "120",
    "gathering_kind": "饭店",
    "procedure": "不采用告知承诺",
    "building_acceptance": "已通过消防验收",
    "exits": "2",
    "fire_facilities": ["灭火器", "应急照明和疏散指示标志"],
    "fuel": ["电"],
    "fire_manager_name": "王晓岚",
    "fire_manager_phone": PHONE,
    "contact_name": "王晓岚",
    "contact_phone": PHONE,
    "delivery_method": "只要电子证",
    "is_truthful": "on",
}
FILES = ("premises_plan", "fire_rules", "facility_test")


def apply(cast: Cast, **changes: Any) -> cases.Case:
    case = cases.start_draft(actor=cast.owner, office=cast.offices[FIRE], form={})
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers=ANSWERS | changes)
    for key in FILES:
        cases.attach_file(actor=cast.owner, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    return cases.submit_case(actor=cast.owner, case_id=case.pk)


def reviewing(cast: Cast) -> cases.Case:
    case = apply(cast)
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.fire_reviewer, task_id=task.pk)
    return fresh(case)


def test_two_officers_look_and_the_opinion_follows(cast: Cast) -> None:
    case = reviewing(cast)
    cases.arrange_site_visit(
        actor=cast.fire_reviewer,
        case_id=case.pk,
        officers=[cast.appointment(cast.fire_reviewer), cast.appointment(cast.fire_inspector)],
        planned_at=timezone.now() + timedelta(days=1),
        place="澄波区滨江路66号",
        allowed_days=3,
    )
    cases.record_site_visit(actor=cast.fire_reviewer, case_id=case.pk, is_passed=True, findings="符合消防安全要求")
    cases.recommend(actor=cast.fire_reviewer, case_id=case.pk, outcome="grant", opinion="符合消防安全要求")
    cases.grant_case(actor=cast.fire_approver, case_id=case.pk, reasons="符合消防安全要求")
    issued = Licence.objects.get(case=case)
    year = timezone.localdate().year
    assert issued.number == f"消安检字〔{year}〕990102-0001号"
    assert issued.valid_until is None
    shown = describe(issued.paper)
    assert shown.status.is_valid
    assert "王晓岚" not in str(shown)


def test_one_officer_is_not_enough(cast: Cast) -> None:
    case = reviewing(cast)
    with pytest.raises(cases.RuleBroken):
        cases.arrange_site_visit(
            actor=cast.fire_reviewer,
            case_id=case.pk,
            officers=[cast.appointment(cast.fire_reviewer)],
            planned_at=timezone.now(),
            place="澄波区滨江路66号",
            allowed_days=3,
        )


def test_the_market_bureau_decides_nothing_about_fire(cast: Cast) -> None:
    case = reviewing(cast)
    with pytest.raises(Denied):
        cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="同意")
    assert cases.get_case(cast.reviewer, str(case.number)) is None


def test_the_decision_is_due_by_the_law_of_fire_protection(cast: Cast) -> None:
    case = reviewing(cast)
    budgets = dict(case.clocks.filter(purpose="decision").values_list("basis", "budget"))
    assert budgets == {"statutory": 10, "promised": 5}


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, set()),
        ({"fuel": ["电", "管道天然气"]}, {"gas_alarm"}),
        ({"procedure": "采用告知承诺"}, {"fire_promise"}),
        ({"has_licence": "还没有", "credit_code": ""}, set()),
        ({"credit_code": ""}, {"credit_code"}),
    ],
)
def test_what_is_asked_follows_from_the_answers(cast: Cast, changes: dict[str, Any], missing: set[str]) -> None:
    if not missing:
        assert apply(cast, **changes).number
        return
    with pytest.raises(cases.IncompleteApplication) as caught:
        apply(cast, **changes)
    assert {key for _section, key, _sentence in caught.value.errors} == missing


@pytest.mark.parametrize(
    ("procedure", "sentence"),
    [("采用告知承诺", "本机关将依法进行核查"), ("不采用告知承诺", "经检查，该场所符合消防安全要求")],
)
def test_the_opinion_says_how_it_came_about(procedure: str, sentence: str) -> None:
    content = licence.make_opinion_content(ANSWERS | {"procedure": procedure})
    sheet = Sheet(
        "公众聚集场所投入使用、营业前消防安全检查意见书",
        "消安检字〔2026〕990102-0001号",
        "澄波区消防救援局",
        datetime(2026, 12, 1, 2, tzinfo=UTC),
        "ABCDEFGHJKMNPQRS",
        "https://zwfw.example.gov.cn/verify/ABCDEFGHJKMNPQRS",
        content,
    )
    pdf = render_pdf(FOLDER / "papers" / "opinion.typ", sheet)
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    flat = "".join(text.split())
    for part in ("消安检字〔2026〕990102-0001号", "地上1层至2层", "360平方米", sentence):
        assert part in flat


def test_a_place_without_licence_yet_has_no_code_on_its_opinion() -> None:
    content = licence.make_opinion_content(ANSWERS | {"credit_code": ""})
    assert "credit_code" not in content
    assert "统一社会信用代码" not in dict(licence.list_public_facts(content, "1"))

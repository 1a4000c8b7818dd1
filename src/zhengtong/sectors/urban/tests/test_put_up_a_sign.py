"""A shop's sign, by the people who decide on it, and the permit as it is read."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import CREDIT_CODE, PHONE, SIGN, Cast, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.papers.public import Sheet, Standing, describe, render_pdf
from zhengtong.kernel.demo import as_of
from zhengtong.sectors.urban import licence

FOLDER = Path(licence.__file__).parent
ANSWERS = {
    "operator_name": "澜水面馆",
    "has_licence": "已经有",
    "credit_code": CREDIT_CODE,
    "premises": "澄波区滨江路66号1-3号商铺",
    "street_kind": "主要大街或重点路段",
    "premises_tenure": "租赁",
    "sign_text": "澜水面馆",
    "sign_kind": "立体发光字",
    "sign_width": "3.6",
    "sign_height": "0.8",
    "sign_clearance": "3.2",
    "sign_material": "铝塑板底板，不锈钢发光字",
    "sign_lighting": "内部透光",
    "contact_name": "王晓岚",
    "contact_phone": PHONE,
    "delivery_method": "只要电子证",
    "is_truthful": "on",
}


def apply(cast: Cast, *files: str, **changes: Any) -> cases.Case:
    case = cases.start_draft(actor=cast.owner, office=cast.offices[SIGN], form={})
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers=ANSWERS | changes)
    for key in ("sign_rendering", "premises_proof", *files):
        cases.attach_file(actor=cast.owner, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    return cases.submit_case(actor=cast.owner, case_id=case.pk)


def test_a_permit_holds_for_three_years(cast: Cast) -> None:
    case = apply(cast, "owner_consent")
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.urban_reviewer, task_id=task.pk)
    cases.recommend(actor=cast.urban_reviewer, case_id=case.pk, outcome="grant", opinion="符合设置规范")
    cases.grant_case(actor=cast.urban_approver, case_id=case.pk, reasons="符合设置规范")
    issued = Licence.objects.get(case=case)
    assert issued.valid_until is not None
    assert (issued.valid_until + timedelta(days=1)).year == timezone.localdate().year + 3
    assert describe(issued.paper).status.standing is Standing.IN_FORCE
    with as_of(timezone.now() + timedelta(days=3 * 366 + 1)):
        assert describe(issued.paper).status.standing is Standing.EXPIRED


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"premises_tenure": "自有"}, set()),
        ({}, {"owner_consent"}),
        ({"premises_tenure": "自有", "sign_width": "3.99"}, set()),
        ({"premises_tenure": "自有", "sign_width": "4"}, {"sign_structure"}),
        ({"premises_tenure": "自有", "sign_height": "4.0"}, {"sign_structure"}),
    ],
)
def test_what_is_asked_follows_from_the_answers(cast: Cast, changes: dict[str, Any], missing: set[str]) -> None:
    if not missing:
        assert apply(cast, **changes).number
        return
    with pytest.raises(cases.IncompleteApplication) as caught:
        apply(cast, **changes)
    assert {key for _section, key, _sentence in caught.value.errors} == missing


def test_the_permit_says_what_may_be_put_up() -> None:
    content = licence.make_permit_content(ANSWERS, valid_until=date(2029, 11, 30))
    sheet = Sheet(
        "门头招牌设置许可证",
        "门招许字〔2026〕990102-0001号",
        "澄波区城市管理局",
        datetime(2026, 12, 1, 2, tzinfo=UTC),
        "ABCDEFGHJKMNPQRS",
        "https://zwfw.example.gov.cn/verify/ABCDEFGHJKMNPQRS",
        content,
    )
    pdf = render_pdf(FOLDER / "papers" / "permit.typ", sheet)
    flat = "".join(
        subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split()
    )
    for part in ("门招许字〔2026〕990102-0001号", "立体发光字", "3.6米×0.8米", "2029年11月30日", "澄波区城市管理局"):
        assert part in flat

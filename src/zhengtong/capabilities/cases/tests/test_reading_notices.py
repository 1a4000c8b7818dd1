"""Each notice of a case, filled and read back with poppler: what the law wants on it stands on it."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from zhengtong.capabilities.cases.papers import contents
from zhengtong.core.papers.public import Sheet, render_pdf, show_code

FOLDER = Path(contents.__file__).parent
CODE = "ABCDEFGHJKMNPQRS"
COMMON: contents.Common = {
    "applicant_name": "望江区老陈面馆",
    "item_name": "食品经营许可（新办）",
    "case_number": "AL-2026-000123",
    "contact_name": "综合窗口",
    "contact_phone": "0999-8123456",
    "contact_address": "望江路18号",
}
REMEDIES: contents.Remedies = {
    "texts": ["可以自知道本决定之日起六十日内依法申请行政复议。", "也可以自知道本决定之日起六个月内提起行政诉讼。"],
    "review_body": "望江区人民政府",
    "court": "望江区人民法院",
}
SAMPLES: Mapping[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "receipt": (
        {
            "received_at": datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
            "channel": "网上申请",
            "materials": [{"name": "平面布局图", "form": "电子件", "count": 2}],
            "expected_on": date(2026, 12, 3),
            "promised_days": 8,
        },
        ("2026年11月21日9时30分", "平面布局图", "2026年12月3日", "受理后8个工作日内", "共1项"),
    ),
    "acceptance": (
        {
            "received_on": date(2026, 11, 21),
            "accepted_on": date(2026, 11, 23),
            "is_deemed": False,
            "statutory_days": 10,
            "statutory_due_on": date(2026, 12, 7),
            "promised_days": 8,
            "promised_due_on": date(2026, 12, 3),
        },
        ("第三十二条第一款第五项", "10个工作日，至2026年12月7日", "8个工作日，至2026年12月3日"),
    ),
    "rejection_not_competent": (
        {
            "received_on": date(2026, 11, 21),
            "reasons": "场所在临湖县。",
            "redirect": {"organisation_name": "临湖县市场监督管理局", "phone": "0999-7123456"},
            "remedies": REMEDIES,
        },
        ("不属于本机关职权范围", "场所在临湖县。", "临湖县市场监督管理局", "六十日", "望江区人民法院"),
    ),
    "rejection_not_required": (
        {"received_on": date(2026, 11, 21), "reasons": "仅销售预包装食品。", "remedies": REMEDIES},
        ("不需要取得行政许可", "仅销售预包装食品。", "六个月"),
    ),
    "correction": (
        {
            "received_on": date(2026, 11, 21),
            "marks": [
                {"where": "平面布局图", "problem": "未标明水池", "requirement": "补充标明"},
                {"where": "从业人数", "problem": "与名单不符", "requirement": "核对后改正"},
            ],
            "period_days": 20,
            "due_on": date(2026, 12, 21),
        },
        ("一次告知", "未标明水池", "与名单不符", "核对后改正", "20个工作日内", "2026年12月21日"),
    ),
    "site_visit": (
        {
            "visit_at": datetime(2026, 11, 25, 6, 0, tzinfo=UTC),
            "address": "滨江路66号",
            "officers": [
                {"name": "李国强", "certificate_number": "99010200123"},
                {"name": "周敏", "certificate_number": "99010200145"},
            ],
            "subjects": ["布局与图纸是否一致"],
            "excluded_days": 5,
            "excluded_from": date(2026, 11, 25),
            "new_due_on": date(2026, 12, 14),
        },
        ("2026年11月25日14时", "李国强（证件号：99010200123）", "周敏", "不计算在办理期限内", "至2026年12月14日"),
    ),
    "extension": (
        {
            "accepted_on": date(2026, 11, 23),
            "original_due_on": date(2026, 12, 7),
            "extended_days": 5,
            "new_due_on": date(2026, 12, 14),
            "reasons": "需要再次核查。",
            "approved_by": "本机关负责人",
            "legal_basis": "《行政许可法》第四十二条第一款",
        },
        ("需要再次核查。", "经本机关负责人批准", "延长5个工作日", "至2026年12月14日"),
    ),
    "grant": (
        {
            "accepted_on": date(2026, 11, 23),
            "legal_basis": "《行政许可法》第三十八条第一款",
            "licence_name": "食品经营许可证",
            "licence_number": "JY29901020000017",
            "scope": [("经营项目", "热食类食品制售")],
            "valid_from": date(2026, 12, 1),
            "valid_until": date(2031, 11, 30),
            "delivery_days": 5,
        },
        ("决定准予行政许可", "JY29901020000017", "热食类食品制售", "自2026年12月1日至2031年11月30日", "予以公开"),
    ),
    "refusal": (
        {
            "accepted_on": date(2026, 11, 23),
            "reasons": [{"fact": "没有洗手设施。", "article": "《食品安全法》第三十三条"}],
            "legal_basis": "《行政许可法》第三十八条第二款",
            "remedies": REMEDIES,
        },
        ("决定不予行政许可", "一、没有洗手设施。（依据：《食品安全法》第三十三条）", "六个月", "望江区人民法院"),
    ),
    "withdrawal": (
        {"received_on": date(2026, 11, 21), "withdrawn_on": date(2026, 11, 24), "reason": "租赁合同解除"},
        ("申请撤回（理由：租赁合同解除）", "自2026年11月24日起终止办理"),
    ),
    "delivery": (
        {"papers": [{"title": "准予行政许可决定书", "number": "望许准〔2026〕1号"}], "method": "网上送达"},
        ("准予行政许可决定书", "望许准〔2026〕1号", "网上送达", "受送达人"),
    ),
}


def read(name: str, content: Mapping[str, Any]) -> tuple[str, int]:
    """Return the text without blanks, and the number of pages."""
    sheet = Sheet(
        title="通知书",
        number="望许〔2026〕7号",
        issuer_name="望江区市场监督管理局",
        issued_at=datetime(2026, 11, 23, 2, tzinfo=UTC),
        code=CODE,
        verify_url=f"http://localhost:8000/verify/{CODE}",
        content=content,
    )
    pdf = render_pdf(FOLDER / f"{name}.typ", sheet)
    shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    text = shown.decode()
    return "".join(text.split()), text.count("\f")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_notice_says_what_the_law_wants_on_one_sheet(name: str) -> None:
    content, expected = SAMPLES[name]
    text, pages = read(name, COMMON | dict(content))
    common = ("AL-2026-000123", "望许〔2026〕7号", "望江区市场监督管理局", "2026年11月23日", show_code(CODE))
    assert [part for part in (*common, *expected) if part not in text] == []
    assert pages == 1


def test_every_template_has_a_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.typ")} == set(SAMPLES)


def test_deemed_acceptance_says_why_and_what_is_provisional() -> None:
    content = COMMON | dict(SAMPLES["acceptance"][0]) | {"is_deemed": True, "is_provisional": True}
    text, _pages = read("acceptance", content)
    assert "第三十二条第一款第四项" in text
    assert "尚未公布" in text
    assert "第一款第五项" not in text


def test_a_visit_whose_time_counts_says_nothing_of_excluded_time() -> None:
    text, _pages = read("site_visit", COMMON | dict(SAMPLES["site_visit"][0]) | {"excluded_days": None})
    assert "不计算在办理期限内" not in text


def test_forty_corrections_are_all_printed() -> None:
    marks = [{"where": f"材料{i}", "problem": f"问题{i}。", "requirement": f"要求{i}。"} for i in range(40)]
    text, pages = read("correction", COMMON | {"received_on": date(2026, 11, 21), "marks": marks})
    assert pages > 1
    assert all(f"问题{i}。" in text for i in range(40))

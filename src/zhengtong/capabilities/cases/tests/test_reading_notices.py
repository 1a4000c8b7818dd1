"""Each notice of a case, filled and read back with poppler: what the law wants on it stands on it."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhengtong.capabilities.cases.papers import contents
from zhengtong.capabilities.cases.papers.samples import SAMPLES
from zhengtong.core.papers.public import Sheet, render_pdf, show_code

FOLDER = Path(contents.__file__).parent
CODE = "ABCDEFGHJKMNPQRS"
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "consultation": ("望江区司法局：", "是否属于禁止设立餐饮服务的范围", "2026年11月26日前（3个工作日内）"),
    "receipt": (
        "2026年11月21日9时30分",
        "平面布局图",
        "2026年12月3日",
        "受理后8个工作日内",
        "共1项",
    ),
    "acceptance": (
        "第三十二条第一款第五项",
        "10个工作日，至2026年12月7日",
        "8个工作日，至2026年12月3日",
    ),
    "rejection_not_competent": (
        "不属于本机关职权范围",
        "场所在临湖县。",
        "临湖县市场监督管理局",
        "六十日",
        "望江区人民法院",
    ),
    "rejection_not_required": (
        "不需要取得行政许可",
        "仅销售预包装食品。",
        "六个月",
    ),
    "correction": (
        "一次告知",
        "未标明水池",
        "与名单不符",
        "核对后改正",
        "20个工作日内",
        "2026年12月21日",
    ),
    "site_visit": (
        "2026年11月25日14时",
        "李国强（证件号：99010200123）",
        "周敏",
        "不计算在办理期限内",
        "至2026年12月14日",
    ),
    "extension": (
        "需要再次核查。",
        "经本机关负责人批准",
        "延长5个工作日",
        "至2026年12月14日",
    ),
    "grant": (
        "决定准予行政许可",
        "JY29901020000017",
        "热食类食品制售",
        "自2026年12月1日至2031年11月30日",
        "予以公开",
    ),
    "refusal": (
        "决定不予行政许可",
        "一、没有洗手设施。（依据：《食品安全法》第三十三条）",
        "六个月",
        "望江区人民法院",
    ),
    "withdrawal": (
        "申请撤回（理由：租赁合同解除）",
        "自2026年11月24日起终止办理",
    ),
    "delivery": (
        "准予行政许可决定书",
        "望许准〔2026〕1号",
        "网上送达",
        "受送达人",
    ),
    "special_procedure": (
        "专家评审",
        "15个工作日",
        "2026年12月28日",
        "市食品安全专家组",
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
    content, expected = SAMPLES[name], EXPECTED[name]
    text, pages = read(name, content)
    common = ("AL-2026-000123", "望许〔2026〕7号", "望江区市场监督管理局", "2026年11月23日", show_code(CODE))
    assert [part for part in (*common, *expected) if part not in text] == []
    assert pages == 1


def test_every_template_has_a_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.typ")} == set(SAMPLES) == set(EXPECTED)


def test_deemed_acceptance_says_why_and_what_is_provisional() -> None:
    content = dict(SAMPLES["acceptance"]) | {"is_deemed": True, "is_provisional": True}
    text, _pages = read("acceptance", content)
    assert "第三十二条第一款第四项" in text
    assert "尚未公布" in text
    assert "第一款第五项" not in text


def test_a_visit_whose_time_counts_says_nothing_of_excluded_time() -> None:
    text, _pages = read("site_visit", dict(SAMPLES["site_visit"]) | {"excluded_days": None})
    assert "不计算在办理期限内" not in text


def test_forty_corrections_are_all_printed() -> None:
    marks = [{"where": f"材料{i}", "problem": f"问题{i}。", "requirement": f"要求{i}。"} for i in range(40)]
    text, pages = read("correction", dict(SAMPLES["correction"]) | {"marks": marks})
    assert pages > 1
    assert all(f"问题{i}。" in text for i in range(40))

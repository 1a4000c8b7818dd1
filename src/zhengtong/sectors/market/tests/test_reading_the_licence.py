"""The business licence as poppler and a phone read it, and what a stranger is shown."""

import io
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from zhengtong.core.papers.public import Sheet, render_pdf, show_code
from zhengtong.sectors.market import licence

FOLDER = Path(licence.__file__).parent
CODE = "ABCDEFGHJKMNPQRS"
URL = f"https://zwfw.example.gov.cn/verify/{CODE}"
NUMBER = "92990102M039000146"
ANSWERS = {
    "entity_kind": "个体工商户",
    "operator_name": "澄波区澜水面馆",
    "legal_representative": "王晓岚",
    "premises": "滨江路66号1-3号商铺",
    "business_scope": "许可项目：餐饮服务。一般项目：外卖递送服务。",
}
COMPANY = {"entity_kind": "有限责任公司", "registered_capital": "50.00"}


def licence_pdf(**changes: Any) -> bytes:
    content = licence.make_licence_content(ANSWERS | changes, established_on=date(2026, 12, 1))
    issued_at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    sheet = Sheet("营业执照", NUMBER, "澄波区市场监督管理局", issued_at, CODE, URL, content)
    return render_pdf(FOLDER / "papers" / "licence.typ", sheet)


def read(pdf: bytes) -> str:
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return "".join(text.decode().split()).replace("\u200b", "")


def test_the_licence_holds_what_is_registered() -> None:
    text = read(licence_pdf())
    for part in ("营业执照", NUMBER, "经营者", "王晓岚", "经营场所", "外卖递送服务", "2026年12月1日", "登记机关"):
        assert part in text
    assert show_code(CODE) in text
    assert "注册资本" not in text


def test_a_company_has_its_own_words() -> None:
    text = read(licence_pdf(**COMPANY))
    for part in ("法定代表人", "住所", "50万元", "注册资本"):
        assert part in text
    assert "组成形式" not in text


@pytest.mark.parametrize(("typed", "printed"), [("50.00", "50 万元"), ("0.5", "0.5 万元"), ("100", "100 万元")])
def test_capital_is_printed_without_needless_zeros(typed: str, printed: str) -> None:
    answers = ANSWERS | COMPANY | {"registered_capital": typed}
    content = licence.make_licence_content(answers, established_on=date(2026, 12, 1))
    assert content["registered_capital"] == printed


def test_a_phone_reads_the_licence_from_a_poor_copy() -> None:
    picture = subprocess.run(
        ["pdftoppm", "-r", "100", "-gray", "-png", "-"], input=licence_pdf(), capture_output=True, check=True
    )
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.stdout)))
    assert [code.text for code in found] == [URL]


def test_a_long_scope_shrinks_and_stays_on_one_sheet() -> None:
    pdf = licence_pdf(operator_name="很长的名称" * 18, premises="很长的地址" * 24, business_scope="餐饮服务；" * 100)
    about = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Pages:           1" in about
    assert read(pdf).count("餐饮服务") == 100


def test_a_stranger_sees_no_full_name() -> None:
    content = licence.make_licence_content(ANSWERS, established_on=date(2026, 12, 1))
    facts = dict(licence.list_public_facts(content, NUMBER))
    assert facts["经营者"] == "王**"
    assert facts["统一社会信用代码"] == NUMBER
    assert "王晓岚" not in str(facts)


def test_a_kind_that_no_form_offers_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of business"):
        licence.make_licence_content(ANSWERS | {"entity_kind": "合伙"}, established_on=date(2026, 12, 1))

"""The licence as poppler and a phone read it, and what a stranger is shown."""

import io
import subprocess
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from zhengtong.core.papers.public import Sheet, render_pdf, show_code
from zhengtong.sectors.food import licence
from zhengtong.sectors.food.domain import BusinessForm

FOLDER = Path(licence.__file__).parent
CODE = "ABCDEFGHJKMNPQRS"
URL = f"https://zwfw.example.gov.cn/verify/{CODE}"
NUMBER = "JY29901020000017"
ANSWERS = {
    "operator_name": "望江区老陈面馆",
    "credit_code": "92990102MA7K3T5N8X",
    "legal_representative": "陈建国",
    "residence": "滨江路66号",
    "premises": "滨江路66号1-3号商铺",
    "business_form": "餐饮服务经营者",
    "business_annotations": ["中央厨房"],
    "business_items": ["热食类食品制售", "自制饮品制售"],
}


def licence_pdf(**changes: Any) -> bytes:
    content = licence.make_licence_content(ANSWERS | changes, valid_until=date(2031, 11, 30))
    issued_at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    sheet = Sheet("食品经营许可证", NUMBER, "望江区市场监督管理局", issued_at, CODE, URL, content)
    return render_pdf(FOLDER / "papers" / "licence.typ", sheet)


def read(pdf: bytes) -> str:
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return "".join(text.decode().split()).replace("\u200b", "")


def test_the_licence_holds_its_particulars() -> None:
    text = read(licence_pdf())
    for part in (
        "食品经营许可证",
        "（正本）",
        NUMBER,
        "望江区老陈面馆",
        "92990102MA7K3T5N8X",
        "陈建国",
        "滨江路66号1-3号商铺",
        "餐饮服务经营者（中央厨房）",
        "热食类食品制售；自制饮品制售",
        "2031年11月30日",
        "望江区市场监督管理局",
        "2026年12月1日",
    ):
        assert part in text
    assert show_code(CODE) in text


def test_a_phone_reads_the_licence_on_paper_and_from_a_poor_copy() -> None:
    for dpi in ("100", "200"):
        picture = subprocess.run(
            ["pdftoppm", "-r", dpi, "-gray", "-png", "-"], input=licence_pdf(), capture_output=True, check=True
        )
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.stdout)))
        assert [code.text for code in found] == [URL]


def test_long_particulars_shrink_and_stay_on_one_sheet() -> None:
    pdf = licence_pdf(
        operator_name="很长的名称" * 20, premises="很长的地址" * 24, business_items=["热食类食品制售"] * 30
    )
    about = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Pages:           1" in about
    assert read(pdf).count("热食类食品制售") == 30


def test_a_stranger_sees_no_full_name() -> None:
    content = licence.make_licence_content(ANSWERS, valid_until=date(2031, 11, 30))
    facts = dict(licence.list_public_facts(content, NUMBER))
    assert facts["法定代表人（负责人）"] == "陈**"
    assert facts["有效期至"] == "2031年11月30日"
    assert "陈建国" not in str(facts)


def test_the_form_asks_for_what_the_licence_says() -> None:
    with (FOLDER / "seed" / "items" / "food-business-licence.toml").open("rb") as file:
        item = tomllib.load(file)
    fields = {field["key"]: field for section in item["form"] for field in section["fields"]}
    assert ANSWERS.keys() <= fields.keys()
    assert fields["business_form"]["options"] == [form.label for form in BusinessForm]
    for key in ("business_annotations", "business_items"):
        assert set(ANSWERS[key]) <= set(fields[key]["options"])


def test_an_answer_that_no_form_offers_is_refused() -> None:
    with pytest.raises(ValueError, match="no form of food business"):
        licence.make_licence_content(ANSWERS | {"business_form": "夜总会"}, valid_until=date(2031, 11, 30))

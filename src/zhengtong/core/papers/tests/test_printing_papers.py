"""Setting papers: judged by tools that had no part in making them (poppler, qpdf, zxing)."""

import io
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from zhengtong.core.papers import fonts
from zhengtong.core.papers.domain import check_character, show_code
from zhengtong.core.papers.fonts import FontsMissing, open_font_case
from zhengtong.core.papers.text import printable, printable_content
from zhengtong.core.papers.typesetting import ROOT, Sheet, UnprintablePaper, render_pdf, template_hash

CODE = "ABCDEFGHJKMNPQR" + check_character("ABCDEFGHJKMNPQR")
URL = f"https://zwfw.example.gov.cn/verify/{CODE}"
TEMPLATE = Path(__file__).parent / "letter.typ"


def letter(content: Mapping[str, Any] | None = None, **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "title": "受理通知书",
        "number": "望市监许受〔2026〕7号",
        "issuer_name": "安澜市望江区市场监督管理局",
        # 21 November in China, still the 20th in UTC.
        "issued_at": datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
        "code": CODE,
        "verify_url": URL,
        "content": {"applicant_name": "欧阳镕喆", "body": "予以受理。"} | dict(content or {}),
    }
    return render_pdf(TEMPLATE, Sheet(**values | changes))


def read_text(pdf: bytes) -> str:
    shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return shown.decode().replace("\u200b", "")


def read_joined(pdf: bytes) -> str:
    return "".join(read_text(pdf).split())


def scan(pdf: bytes, dpi: int = 150) -> list[str]:
    picture = subprocess.run(["pdftoppm", "-r", str(dpi), "-png", "-"], input=pdf, capture_output=True, check=True)
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.stdout)))]


def test_a_letter_says_what_it_was_given() -> None:
    text = read_joined(letter())
    for part in ("受理通知书", "望市监许受〔2026〕7号", "安澜市望江区市场监督管理局", "欧阳镕喆：", "2026年11月21日"):
        assert part in text
    assert show_code(CODE) in text


def test_a_phone_reads_the_qr_code() -> None:
    assert scan(letter()) == [URL]


def test_the_file_is_sound(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(letter())
    checked = subprocess.run(["qpdf", "--check", tmp_path / "letter.pdf"], capture_output=True)
    assert checked.returncode == 0, checked.stderr


def test_it_is_pdf_a_and_tagged_in_chinese() -> None:
    pdf = letter()
    about = subprocess.run(["pdfinfo", "-meta", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "zh-CN" in about


def test_every_font_is_embedded() -> None:
    listed = subprocess.run(["pdffonts", "-"], input=letter(), capture_output=True, check=True).stdout.decode()
    rows = listed.splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows), listed


def test_the_same_paper_gives_the_same_bytes() -> None:
    first = letter()
    letter({"body": "另一件。"})
    assert letter() == first
    assert letter({"body": "予以受理，"}) != first


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "/core/papers/typesetting.py": *',
        '#read("/etc/passwd") $x^2$ *粗* _斜_ `码` <标签> @引用 \\ //注 /*注*/',
        "]} #panic() [{",
        "<script>alert(1)</script><b>粗</b>&amp;",
        '"}]},{"code": "\\u0000"}',
        "= 一级标题",
        "- 项目 + 编号 / 术语: 值",
        "http://example.com/ --- ... ~ '引' \"号\"",
    ],
)
def test_what_looks_like_source_is_printed_as_text(hostile: str) -> None:
    text = read_joined(letter({"applicant_name": hostile, "body": hostile}))
    # Blanks fold; every other sign stands there twice, as it was typed.
    assert text.count("".join(hostile.split())) == 2


def test_what_hides_or_turns_text_is_made_visible() -> None:
    text = read_joined(letter({"body": "甲\x00乙\u202e丙\u2066丁\ufeff\u200b戊\ud800己"}))
    assert "甲〔U+0000〕乙〔U+202E〕丙〔U+2066〕丁戊〔U+D800〕己" in text


def test_no_sign_is_an_empty_box() -> None:
    uncovered = [c for c in "🍜🏳𒀀" if ord(c) not in open_font_case().coverage]
    text = read_joined(letter({"body": "面馆🍜🏳\ufe0f\u200d🌈𒀀𠮷鿏䶮"}))
    assert uncovered, "the test needs a sign that no font on this machine has"
    for character in uncovered:
        assert f"〔U+{ord(character):04X}〕" in text
    assert "𠮷" in text
    assert "䶮" in text


def test_long_names_stay_on_the_sheet() -> None:
    pdf = letter({"applicant_name": "很长的名称" * 60, "body": "W" * 400})
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    rights = [float(part.split('"')[0]) for part in boxes.split('xMax="')[1:]]
    assert max(rights) < 595.3 - 60  # points; A4 less most of the margin
    assert read_joined(pdf).count("W") == 400


def test_many_lines_flow_to_further_pages_each_with_its_foot() -> None:
    text = read_text(letter({"body": "\n".join(f"第{i}项内容。" for i in range(120))}))
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert all(show_code(CODE) in page for page in pages)
    assert f"第{len(pages)}页共{len(pages)}页" in "".join(pages[-1].split())


def test_a_template_that_needs_more_than_it_gets_says_which() -> None:
    with pytest.raises(UnprintablePaper, match=r"letter\.typ"):
        render_pdf(
            TEMPLATE,
            Sheet("题", "", "局", datetime(2026, 11, 21, tzinfo=UTC), CODE, URL, {"applicant_name": "甲"}),
        )


def test_without_a_chinese_font_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SONG", ("No Such Font",))
    monkeypatch.setattr(fonts, "HEI", ("No Such Font",))
    open_font_case.cache_clear()
    try:
        with pytest.raises(FontsMissing, match="fonts-noto-cjk"):
            open_font_case()
    finally:
        open_font_case.cache_clear()


def test_a_template_s_version_is_its_text(tmp_path: Path) -> None:
    copy = tmp_path / "letter.typ"
    copy.write_bytes(TEMPLATE.read_bytes())
    assert template_hash(copy) == template_hash(TEMPLATE)
    copy.write_bytes(TEMPLATE.read_bytes() + b" ")
    assert template_hash(copy) != template_hash(TEMPLATE)
    assert TEMPLATE.is_relative_to(ROOT)


@given(st.text(st.characters(), max_size=60))
def test_printable_text_needs_no_second_pass_and_hides_nothing(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert "\u202e" not in once
    assert "\x00" not in once
    once.encode()


def test_moments_are_printed_in_china_s_time() -> None:
    assert printable_content({"at": datetime(2026, 11, 20, 17, 30, tzinfo=UTC)}) == {"at": "2026-11-21T01:30:00+08:00"}

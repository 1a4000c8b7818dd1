"""A template that people edited is set in a sandbox: it ends whatever it tries, reads nothing, says what is wrong."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhengtong.core.papers.diffs import compare_lines
from zhengtong.core.papers.domain import check_character, show_code
from zhengtong.core.papers.edited import list_wanted, set_edited
from zhengtong.core.papers.faults import TemplateFault, translate
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.core.papers.sandbox import find_missing
from zhengtong.core.papers.templates import make_specimen
from zhengtong.core.papers.typesetting import Sheet, describe_sheet
from zhengtong.kernel.modules import registry

CODE = "ABCDEFGHJKMNPQR" + check_character("ABCDEFGHJKMNPQR")
TEMPLATE = Path(__file__).parent / "letter.typ"
LETTER = TEMPLATE.read_text(encoding="utf-8")
KIND = PaperKind("test.letter", "信", TEMPLATE, must_show=(("body", "正文"), ("due_on", "期限")))


def sheet(content: Mapping[str, Any] | None = None) -> Sheet:
    return Sheet(
        title="受理通知书",
        number="望市监许受〔2026〕7号",
        issuer_name="望江区市场监督管理局",
        issued_at=datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
        code=CODE,
        verify_url=f"https://zwfw.example.gov.cn/verify/{CODE}",
        content={"applicant_name": "欧阳镕喆", "body": "予以受理。"} | dict(content or {}),
    )


def fault_of(source: str, content: Mapping[str, Any] | None = None) -> TemplateFault:
    with pytest.raises(TemplateFault) as caught:
        set_edited(source, KIND, sheet(content))
    return caught.value


def test_an_edited_template_sets_the_paper_with_its_code_and_number() -> None:
    made = set_edited(LETTER.replace("#closing()", "特此通知。\n\n#closing()"), KIND, sheet(), shows=True)
    text = subprocess.run(["pdftotext", "-", "-"], input=made.pdf, capture_output=True, check=True).stdout.decode()
    flat = "".join(text.split())
    for part in ("特此通知", "予以受理", show_code(CODE), "望市监许受〔2026〕7号", "2026年11月21日"):
        assert part in flat
    assert made.pages == 1
    assert made.pictures[0].startswith(b"\x89PNG")
    assert made.shown[0].startswith("data:image/png;base64,")


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert set_edited(LETTER, KIND, sheet()).pdf == set_edited(LETTER, KIND, sheet()).pdf


@pytest.mark.parametrize(
    ("added", "line", "words"),
    [
        ("#closng()", 9, "“closng”没有定义"),
        ("#let x = (1", 9, "没有配对"),
        ("#content.nothing", 9, "没有“nothing”这项内容"),
        ('#let a = 1 + "b"', 9, "种类不同"),
        ("#while true {}", 9, "没有尽头"),
        ("#{let f(n) = f(n + 1); f(0)}", 9, "没有尽头"),
        ("#table(colums: 3)[a]", 9, "没有叫“colums”的参数"),
        ("#cn-date(5)", 9, "没有“slice”的用法"),
    ],
)
def test_what_is_wrong_is_said_in_chinese_with_its_line(added: str, line: int, words: str) -> None:
    fault = fault_of(f"{LETTER.rstrip()}\n\n{added}\n")
    assert words in fault.sentence
    assert fault.line == line
    assert str(fault).startswith(f"第 {line} 行：")


@pytest.mark.parametrize(
    "read",
    [
        '#read("/etc/passwd")',
        '#read("../../../../../../etc/passwd")',
        '#image("/proc/self/environ")',
        '#read("/core/papers/models.py")',
    ],
)
def test_a_template_reads_no_file(read: str) -> None:
    assert "不能读取文件" in fault_of(f"{LETTER}\n{read}\n").sentence


@pytest.mark.parametrize(
    "asked",
    ['#import "@preview/cetz:0.2.0"', '#let p = "@pre" + "view/cetz:0.2.0"\n#import p', '#import "@local/x:1.0.0": *'],
)
def test_a_template_uses_no_package(asked: str) -> None:
    assert "程序包" in fault_of(f"{LETTER}\n{asked}\n").sentence


@pytest.mark.parametrize(
    ("endless", "code"),
    [
        ("#let x = range(2000000000)", {"memory", "time"}),
        ("#for a in range(30000) { for b in range(30000) { let c = a * b } }", {"time", "memory"}),
        ("#for i in range(60) [a#pagebreak()]", {"pages"}),
        ('#let s = "a" * 900000000\n#for i in range(9) { s = s + s }', {"memory", "time", "compile"}),
    ],
)
def test_a_template_without_measure_is_stopped(endless: str, code: set[str]) -> None:
    assert fault_of(f"{LETTER}\n{endless}\n").code in code


LIBRARY_ONLY = '#import "/core/papers/templates_typst/paper.typ": *'
HEAD = "#paper.title #paper.number #paper.issuer_name"
WITHOUT = {
    "a foot": (f"{LIBRARY_ONLY}\n#show: base\n{HEAD}\n#paragraphs(content.body)", ("核验码", "核验二维码")),
    "the text": (f'{LIBRARY_ONLY}\n#show "予以": ""\n#show: notice\n#paragraphs(content.body)', ("正文",)),
    "the number": (LETTER.replace("#show: notice", '#show regex("望市监许受.+"): ""\n#show: notice'), ("文号",)),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_what_must_stand_on_a_paper_stands_on_it(what: str) -> None:
    source, missing = WITHOUT[what]
    fault = fault_of(source)
    assert fault.code == "missing"
    for words in missing:
        assert words in fault.sentence


def test_a_day_is_looked_for_as_it_is_printed() -> None:
    with_day = LETTER.replace("#closing()", "期限至#cn-date(content.due_on)。\n#closing()")
    assert set_edited(with_day, KIND, sheet({"due_on": "2026-12-07"})).pages == 1
    assert "期限" in fault_of(LETTER, {"due_on": "2026-12-07"}).sentence
    assert list_wanted(KIND, describe_sheet(sheet({"due_on": "2026-12-07"})))["期限"] == ["2026年12月7日"]


def test_a_long_text_over_several_pages_is_found() -> None:
    body = "\n".join(f"第{i}项内容，应当在规定的期限以内按照要求改正，并且书面告知本机关。" for i in range(90))
    assert set_edited(LETTER, KIND, sheet({"body": body})).pages > 2


def test_a_text_that_isnt_there_is_missed_on_many_pages_too() -> None:
    assert find_missing({"甲": ["这一段文字在文书上根本没有出现过，应当报告缺少"]}, "别的内容", 5) == ["甲"]
    assert find_missing({"甲": ["短"]}, "别的内容", 5) == ["甲"]
    assert find_missing({"甲": ["短"]}, "有短的", 1) == []


def test_a_specimen_says_that_it_is_one() -> None:
    kind = PaperKind("test.letter", "信", TEMPLATE, sample={"applicant_name": "甲", "body": "乙"})
    made = set_edited(LETTER, kind, make_specimen(kind))
    text = subprocess.run(["pdftotext", "-", "-"], input=made.pdf, capture_output=True, check=True).stdout.decode()
    assert {"样", "张"} <= set(text)
    assert "SPEC-TMEN" in text


@pytest.mark.parametrize("kind", [pytest.param(each, id=each.code) for each in registry.of(PaperKind)])
def test_every_supplied_template_passes_what_an_edited_one_must(kind: PaperKind) -> None:
    assert kind.sample is not None, "a kind of paper lends a sample"
    assert set_edited(kind.template.read_text(encoding="utf-8"), kind, make_specimen(kind)).pages >= 1


def test_the_typesetter_s_other_words_are_told_as_they_are() -> None:
    assert translate("something nobody has seen") == "排版程序报告：something nobody has seen"


def test_a_difference_shows_lines_with_their_numbers() -> None:
    old, new = "甲\n乙\n丙\n丁\n戊\n己\n庚\n辛", "甲\n乙二\n丙\n丁\n戊\n己\n庚\n辛\n壬"
    shown = [(line.state, line.old, line.new, line.words) for line in compare_lines(old, new)]
    assert ("gone", 2, 0, "乙") in shown
    assert ("new", 0, 2, "乙二") in shown
    assert ("new", 0, 9, "壬") in shown
    assert compare_lines(old, old) == []

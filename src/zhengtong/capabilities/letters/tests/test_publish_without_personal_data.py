"""What is published never holds what identifies a person, however it was written; and only with consent."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.capabilities.letters.domain import Node
from zhengtong.capabilities.letters.errors import LetterRefused
from zhengtong.capabilities.letters.models import PublishedLetter
from zhengtong.capabilities.letters.redaction import clean, find_personal, is_clean, redact
from zhengtong.capabilities.letters.services import publishing
from zhengtong.capabilities.letters.services.steps import find_work
from zhengtong.capabilities.letters.tests.conftest import Post
from zhengtong.core.messages.public import Message

FULL = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
gaps = st.sampled_from(["", " ", "-", "－", "\u200b", "、", " - "])
forms = st.sampled_from([lambda t: t, lambda t: t.translate(FULL), lambda t: t.translate(CHINESE)])
numbers = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
    st.from_regex(r"62[0-9]{14,17}", fullmatch=True),
)
words = st.text(alphabet="小区楼下烧烤店每天营业到凌晨请有关部门处理，。电话是", max_size=20)


@settings(max_examples=60, deadline=None)
@given(numbers, gaps, forms, words, words)
def test_no_number_is_left_however_it_is_written(number, gap, form, before, after):  # type: ignore[no-untyped-def]  # hypothesis gives them
    written = gap.join(form(number))
    said = redact(f"{before}{written}{after}")
    assert is_clean(said)
    digits = "".join(
        re.findall(
            r"[0-9零一二三四五六七八九]", clean(said).translate(str.maketrans("零一二三四五六七八九", "0123456789"))
        )
    )
    assert number.rstrip("X") not in digits
    assert written not in said


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.lists(st.sampled_from(["王晓岚", "13900001234"]), max_size=4))
def test_the_writer_is_never_named(text: str, known: list[str]) -> None:
    said = redact(text.join(["王晓岚", *known, "13900001234"]), ["王晓岚", "13900001234"])
    assert "王晓岚" not in said
    assert "13900001234" not in said


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_what_was_redacted_is_clean(text: str) -> None:
    said = redact(text)
    assert is_clean(said)
    assert redact(said) == said


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("我叫李建国，请回电", "李建国"),
        ("住在文澜路18号3幢2单元501室", "501"),
        ("找物业的王经理没有用", "王经理"),
        ("邮箱 zhang.san@example.com", "zhang.san"),
        ("车牌浙A12345乱停", "A12345"),
        ("加微信：wx_abc123", "wx_abc123"),
    ],
)
def test_what_the_rules_find(text: str, gone: str) -> None:
    assert gone not in redact(text)


@pytest.mark.parametrize("text", ["2026年11月3日共3次，罚款200元", "拨打12345热线", "2026-11-03 已处理", "3路公交车"])
def test_what_may_stay(text: str) -> None:
    assert redact(text) == text


def test_a_person_says_what_else_goes_and_what_stays() -> None:
    text = "老张烧烤店很吵，文澜路18号3幢，张经理说不归他管"
    (kept,) = [text[f.start : f.end] for f in find_personal(text) if f.kind == "address"]
    said = redact(text, keep=[kept], also=["老张烧烤店"])
    assert kept in said
    assert "老张" not in said


def test_a_letter_is_published_once_with_consent_and_confirmation(write: Post, cast: Cast) -> None:
    body = "我叫李秋，电话 139 0000 5678，住书院街6号1幢302室。楼下烧烤店每天营业到凌晨两点。"
    letter = write.answered(body=body)
    act: dict[str, Any] = {"actor": cast.operator12345, "letter_id": letter.pk}
    with pytest.raises(LetterRefused):
        publishing.publish_letter(**act, is_confirmed=False)
    published = publishing.publish_letter(**act, is_confirmed=True)
    for said in (published.title, published.body, published.answer):
        assert "李秋" not in said
        assert "5678" not in said
        assert "302" not in said
    assert "烧烤店" in published.body
    with pytest.raises(LetterRefused):
        publishing.publish_letter(**act, is_confirmed=True)
    assert Message.objects.filter(template="letters.published").exists()
    publishing.withdraw_publication(**act)
    assert PublishedLetter.objects.get().is_withdrawn


def test_without_consent_nothing_is_published(write: Post, cast: Cast) -> None:
    for changes in ({"may_publish": False}, {"is_confidential": True}):
        letter = write.answered(**changes)
        with pytest.raises(LetterRefused, match="没有同意"):
            publishing.publish_letter(actor=cast.operator12345, letter_id=letter.pk, is_confirmed=True)
    assert find_work(Node.PUBLICATION, letter.pk) is None

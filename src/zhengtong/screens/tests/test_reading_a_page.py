"""What a person reads: dates, clocks, masked numbers, errors, tables."""

from datetime import date

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.screens import formats
from zhengtong.screens.formfields import list_errors


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


def test_a_date_names_its_weekday_in_the_language_of_the_reader() -> None:
    assert formats.cn_date(date(2026, 11, 21)) == "2026年11月21日 (周六)"
    with translation.override("en"):
        assert formats.cn_date(date(2026, 11, 21)) == "21 November 2026 (Sat)"


@pytest.mark.parametrize(
    ("days", "state", "words", "tone"),
    [
        (9, "", "剩9个工作日", "info"),
        (2, "", "剩2个工作日", "warning"),
        (0, "", "今日到期", "warning"),
        (-1, "", "超期1个工作日", "danger"),
        (3, "paused", "暂停计时", "paused"),
        (-4, "done", "已办结", "success"),
        (None, "", "无时限", "neutral"),
    ],
)
def test_a_clock_is_a_word_and_a_shape(days: int | None, state: str, words: str, tone: str) -> None:
    shown = render("{% deadline days state=state %}", days=days, state=state)
    assert words in shown
    assert f"chip-{tone}" in shown
    assert "<svg" in shown


@given(st.text(alphabet="0123456789X", max_size=20))
def test_a_masked_number_never_shows_its_middle(number: str) -> None:
    for mask in (formats.mask_phone, formats.mask_id):
        shown = mask(number)
        assert shown == "" if not number else "*" in shown


def test_names_keep_their_surname_only() -> None:
    assert formats.mask_name("王秀兰") == "王**"
    assert formats.mask_name("欧阳文静") == "欧阳**"
    assert formats.mask_name("王") == "王*"


class ShopForm(forms.Form):
    shop = forms.CharField(label="店铺名称", help_text="与营业执照一致")
    kind = forms.ChoiceField(label="主体业态", choices=[("a", "餐饮")], widget=forms.RadioSelect)


def test_an_error_stands_beside_its_field_and_in_the_summary() -> None:
    form = ShopForm({})
    assert list_errors(form) == [("id_shop", "请填写店铺名称"), ("id_kind_0", "请选择主体业态")]
    page = render("{% error_summary form %}{% field form.shop %}", form=form)
    assert 'href="#id_shop"' in page
    assert 'aria-describedby="id_shop_hint id_shop_error"' in page
    assert 'id="id_shop_error"' in page
    assert "必填" in page


def test_what_people_typed_is_shown_as_text() -> None:
    page = render("{% table columns rows %}", columns=[("a", "甲")], rows=[{"cells": {"a": "<script>x</script>"}}])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_sorting_keeps_the_filter_and_starts_from_the_first_page() -> None:
    request = RequestFactory().get("/", {"state": "open", "after": "c1"})
    page = render(
        "{% table columns rows sort='due' %}",
        request=request,
        columns=[("due", "时限", "sort")],
        rows=[{"cells": ["今天"]}],
    )
    assert 'href="?state=open&amp;sort=-due"' in page
    assert 'aria-sort="ascending"' in page

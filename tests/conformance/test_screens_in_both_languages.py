"""Every page of declared screens opens in Chinese and in English, and says nothing in Chinese there but data."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.db import models
from django.db.models import Model

from tests.conformance.rooms import Room, of_audience
from zhengtong.core.identity.public import Organisation, Region, StaffMember

CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Where a page speaks by itself; what stands in other elements may be data.
SPEAKING = frozenset({"h1", "h2", "h3", "label", "th", "button", "legend", "summary", "dt", "caption"})
VOID = frozenset({"input", "br", "img", "hr", "meta", "link", "source", "wbr"})


class Speech(HTMLParser):
    """Collects the texts of headings, labels, buttons and heads of columns."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SPEAKING:
            # A row's own heading is data.
            self._open.append("" if tag == "th" and ("scope", "row") in attrs else tag)
        elif tag == "textarea":
            # So is what someone wrote, even within the label.
            self._open.append("")
        elif self._open and tag not in VOID:
            self._open.append(self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] and data.strip():
            self.said.append(" ".join(data.split()))


def read(page: str) -> list[str]:
    main = Speech()
    main.feed(page[page.index("<main") :] if "<main" in page else page)
    return main.said


def data_of(room: Room) -> Iterator[str]:
    """Yield the texts that the database holds of what a page may name."""
    shown: tuple[type[Model], ...] = (room.screens.model, Organisation, Region, StaffMember)
    for model in shown:
        for row in model._default_manager.all()[:200]:
            yield str(row)
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField):
                    yield str(getattr(row, field.attname) or "")


@of_audience()
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in(room: Room, language: str) -> None:
    room.holder.cookies["django_language"] = language
    for verb, address in room.pages():
        answer = room.holder.get(address)
        assert answer.status_code == 200, verb
        assert f'<html lang="{language}"' in answer.content.decode(), verb


@of_audience()
def test_in_english_nothing_is_said_in_chinese(room: Room) -> None:
    room.holder.cookies["django_language"] = "en"
    data = "\n".join(data_of(room))
    left: dict[str, list[str]] = {}
    for verb, address in room.pages():
        for text in read(room.holder.get(address).content.decode()):
            if any(run not in data for run in CHINESE.findall(text)):
                left.setdefault(text, []).append(verb)
    assert left == {}, "texts without an English translation, and the pages that say them"

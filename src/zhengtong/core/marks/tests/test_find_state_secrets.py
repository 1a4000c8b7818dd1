"""A file that bears a state secret's mark is recognised and refused."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.core.marks.domain import cover, write_mark
from zhengtong.core.marks.models import Marking
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.state_secrets import find_state_secret


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("机密★10年\n关于……的通知", "机密"),
        ("绝 密 ★ 30 年", "绝密"),
        ("秘密★长期", "秘密"),
        ("秘密★", "秘密"),
        ("第一行\n秘密☆6个月\n机密★1年", "机密"),
        ("工作秘密★3年", None),
        ("工作秘密★3年\n机密★1年", "机密"),
        ("国家秘密分为绝密、机密、秘密三级", None),
        ("不得泄露商业秘密。★★★★", None),
        ("", None),
    ],
)
def test_marks_in_a_text(text: str, level: str | None) -> None:
    assert find_state_secret(text) == level


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("【机密】会议纪要.pdf", "机密"),
        ("方案（绝密）.docx", "绝密"),
        ("通知[秘密].pdf", "秘密"),
        ("（工作秘密）方案.pdf", None),
        ("商业秘密保护办法.pdf", None),
    ],
)
def test_marks_in_a_name(name: str, level: str | None) -> None:
    assert find_state_secret("", name) == level


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_gets_an_answer(text: str, name: str) -> None:
    assert find_state_secret(text, name) in (None, "秘密", "机密", "绝密")


@given(st.lists(st.sampled_from([Mark.PUBLIC, Mark.INTERNAL, Mark.WORK_SECRET])))
def test_what_is_derived_covers_all_that_it_came_from(levels: list[Mark]) -> None:
    found = cover(levels)
    assert all(found >= level for level in levels)
    assert found in levels or found is Mark.PUBLIC


def test_a_mark_is_written_as_on_an_official_document() -> None:
    day = date(2026, 3, 1)
    assert write_mark(Mark.WORK_SECRET, date(2029, 3, 1), day) == "工作秘密★3年"
    assert write_mark(Mark.WORK_SECRET, date(2027, 1, 5), day) == "工作秘密★2027-01-05"
    assert write_mark(Mark.WORK_SECRET, None, day) == "工作秘密"
    assert write_mark(Mark.INTERNAL, date(2029, 3, 1), day) == "内部"
    # At one in the morning it is that day already, though not yet in UTC.
    early = datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert Marking(level=Mark.WORK_SECRET, until=date(2029, 3, 1), marked_at=early).written == "工作秘密★3年"

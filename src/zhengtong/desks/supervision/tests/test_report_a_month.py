"""The monthly report: one set of figures on the screen, in the spreadsheet and on the paper."""

import io
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.cast import Cast
from zhengtong.capabilities.supervision.models import Tally
from zhengtong.core.papers.public import Paper
from zhengtong.desks.supervision.figures import Figures, month_after, month_before, month_of
from zhengtong.desks.supervision.issuing import REPORT_PAPER

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
REPORT = "/desk/supervision/report/"
# What happened last month: on time and late decisions, with odd sums so that no figure looks like another.
HAPPENED = {
    "received": 137,
    "accepted": 119,
    "decided_on_time": 91,
    "decided_late": 8,
    "working_days": 467,
    "became_yellow": 17,
    "became_red": 9,
    "urged": 4,
    "appraised": 31,
    "appraisal_points": 147,
}


@pytest.fixture
def month(cast: Cast) -> date:
    """Tallies of the month that ended last, and of the one before."""
    last = month_before(timezone.localdate().replace(day=1))
    item = cast.office.item_id
    for measure, amount in HAPPENED.items():
        for day, share in ((last, amount // 2), (last + timedelta(days=20), amount - amount // 2)):
            Tally.objects.create(
                day=day, measure=measure, organisation=cast.office.organisation, item_id=item, amount=share
            )
    before = month_before(last)
    Tally.objects.create(
        day=before, measure="received", organisation=cast.office.organisation, item_id=item, amount=100
    )
    return last


EXPECTED = ["137", "119", "99", "91.9%", "8", "4.7", "17", "9", "4", "4.74"]


def on_screen(page: Any) -> list[str]:
    return [row[1] for row in page.context["report"].summary]


def test_the_same_numbers_in_all_three_forms(cast: Cast, browse: Browse, month: date) -> None:
    client, asked = browse("supervisor"), {"month": f"{month:%Y-%m}"}
    page = client.get(REPORT, asked)
    assert on_screen(page) == EXPECTED
    assert page.context["report"].summary[0][2:] == ("100", "+37")
    for part in page.context["report"].parts:
        assert [line.cells for line in part.lines] == [EXPECTED]

    sheet = b"".join(client.get(f"{REPORT}report.xlsx", asked).streaming_content)  # type: ignore[attr-defined]  # it streams
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet))
    overview = book.get_sheet_by_name("总体情况").to_python()
    assert [row[1] for row in overview[2:]] == EXPECTED
    for name in ("按地区", "按机关", "按事项"):
        _head, row = book.get_sheet_by_name(name).to_python()
        assert row[1:] == [137, 119, 99, 91.9, 8, 4.7, 17, 9, 4, 4.74]

    issued = client.post(f"{REPORT}issue/", asked, follow=True)
    [paper] = issued.context["papers"]
    pdf = b"".join(client.get(f"{REPORT}papers/{paper.code}/").streaming_content)  # type: ignore[attr-defined]  # it streams
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    lines = [line.split() for line in text.splitlines()]
    for title, value, before, change in page.context["report"].summary:
        assert [title, value, before, change] in lines
    rows = [line for line in lines if [word for word in line if word in EXPECTED] == EXPECTED]
    assert len(rows) == 4, "by county, organ, item, and the worst"
    assert "安澜市政务服务数据管理局" in text
    assert f"安澜市政务服务数据管理局监报〔{month.year}〕{month.month}号" in "".join(text.split())


def test_a_stranger_verifies_the_paper(cast: Cast, browse: Browse, month: date) -> None:
    browse("supervisor").post(f"{REPORT}issue/", {"month": f"{month:%Y-%m}"})
    paper = Paper.objects.get(kind=REPORT_PAPER.code)
    shown = Client().get(f"/verify/{paper.code}", follow=True).content.decode()
    assert paper.number in shown
    assert f"{month.year}年{month.month}月" in shown
    assert "137" in shown


def test_twice_is_once_and_corrected_figures_are_a_correction(cast: Cast, browse: Browse, month: date) -> None:
    client, asked = browse("supervisor"), {"month": f"{month:%Y-%m}"}
    client.post(f"{REPORT}issue/", asked)
    client.post(f"{REPORT}issue/", asked)
    [paper] = Paper.objects.filter(kind=REPORT_PAPER.code)
    Tally.objects.filter(day=month, measure="urged").update(amount=9)
    page = client.post(f"{REPORT}issue/", asked, follow=True)
    assert [each.number for each in page.context["papers"]] == [f"{paper.number}（更正1）", paper.number]


def test_a_month_that_still_runs_is_not_issued(cast: Cast, browse: Browse) -> None:
    cast.granted()
    client, asked = browse("supervisor"), {"month": f"{timezone.localdate():%Y-%m}"}
    page = client.get(REPORT, asked)
    assert on_screen(page)[:4] == ["1", "1", "1", "100.0%"]
    assert not page.context["is_over"]
    assert "本月还没有结束" in client.post(f"{REPORT}issue/", asked, follow=True).content.decode()
    assert not Paper.objects.filter(kind=REPORT_PAPER.code).exists()


def test_an_empty_month_has_dashes_and_no_noughts_made_up(cast: Cast, browse: Browse) -> None:
    page = browse("supervisor").get(REPORT, {"month": "2020-02"})
    assert on_screen(page) == ["0", "0", "0", "—", "0", "—", "0", "0", "0", "—"]
    assert all(not part.lines for part in page.context["report"].parts)


@pytest.mark.parametrize("text", ["", "x", "2026-13", "9999-01", "0001-01", "２０２６-10", "2026-1-"])
def test_a_month_that_cannot_be_read_is_the_last_whole_one(text: str) -> None:
    assert month_of(text, date(2026, 11, 21)) == date(2026, 10, 1)


def test_months_follow_each_other() -> None:
    assert [month_before(date(2026, 1, 1)), month_after(date(2026, 12, 1))] == [date(2025, 12, 1), date(2027, 1, 1)]
    assert month_of("2026-02", date(2026, 11, 21)) == date(2026, 2, 1)


def test_rates_of_nothing_are_none() -> None:
    nothing = Figures({}, {})
    assert (nothing.on_time_rate, nothing.average_days, nothing.satisfaction) == (None, None, None)


def test_each_reports_for_her_own_reach(cast: Cast, browse: Browse, month: date) -> None:
    asked = {"month": f"{month:%Y-%m}"}
    browse("supervisor").post(f"{REPORT}issue/", asked)
    paper = Paper.objects.get(kind=REPORT_PAPER.code)
    head = browse("head")
    assert on_screen(head.get(REPORT, asked))[0] == "137"
    assert head.get(f"{REPORT}papers/{paper.code}/").status_code == 404
    reviewer = browse("reviewer")
    for address in ("", "report.xlsx", f"papers/{paper.code}/"):
        assert reviewer.get(f"{REPORT}{address}").status_code == 403
    assert reviewer.post(f"{REPORT}issue/", asked).status_code == 403

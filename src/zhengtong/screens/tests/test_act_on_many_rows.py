"""A clerk acts on the rows that she selected: each for itself, and what failed is named with its reason."""

from tests.toy.models import Well, WellStatus
from zhengtong.core.audit.public import AuditRecord
from zhengtong.screens.tests.conftest import WaterOffice

SUSPEND, RESUME = "/desk/wells/wells/act/suspend-well/", "/desk/wells/wells/act/resume-well/"


def count(status: str) -> int:
    return Well.objects.filter(status=status).count()


def test_the_reason_is_asked_once_and_each_row_is_acted_on(water: WaterOffice) -> None:
    wells = [water.dig(n, status=WellStatus.USED) for n in (1, 2, 3)]
    client, rows = water.browser("keeper"), [well.pk for well in wells]
    asked = client.post(SUSPEND, {"row": rows}).content.decode()
    assert "停用 3 条" in asked
    assert "2号井" in asked
    assert count("suspended") == 0
    assert client.post(SUSPEND, {"row": rows, "step": "do"}).status_code == 422
    done = client.post(SUSPEND, {"row": rows, "step": "do", "reason": "检修", "back": "status=used"})
    assert done["Location"] == "/desk/wells/wells/?status=used"
    assert count("suspended") == 3
    assert AuditRecord.objects.filter(action="wells.suspend_well").count() == 3


def test_what_failed_is_named_and_the_rest_is_done(water: WaterOffice) -> None:
    good, suspended = water.dig(1), water.dig(4)
    foreign = water.dig(3, owner=water.other_county)
    rows = [good.pk, suspended.pk, foreign.pk, "x"]
    page = water.browser("keeper").post(SUSPEND, {"row": rows, "step": "do", "reason": "检修"}).content.decode()
    assert "1 条已办理" in page
    assert "4号井" in page
    assert "现在的情况不能停用" in page
    assert "2 条记录" in page
    assert "3号井" not in page
    foreign.refresh_from_db()
    assert (count("suspended"), foreign.status) == (2, WellStatus.USED)


def test_nothing_selected_too_many_and_a_stranger(water: WaterOffice) -> None:
    well, client = water.dig(4), water.browser("keeper")
    assert "请先在列表里选择" in client.post(RESUME, follow=True).content.decode()
    many = client.post(RESUME, {"row": range(201)}, follow=True).content.decode()
    assert "一次最多办理 200 条，您选了 201 条" in many
    assert water.browser("viewer").post(RESUME, {"row": [well.pk]}).status_code == 403
    assert client.post("/desk/wells/wells/act/seal-well/", {"row": [well.pk]}).status_code == 403
    well.refresh_from_db()
    assert well.status == WellStatus.SUSPENDED


def test_the_same_selection_sent_twice_is_done_once(water: WaterOffice) -> None:
    well, client = water.dig(4), water.browser("keeper")
    for _time in range(2):
        told = client.post(RESUME, {"row": [well.pk], "form_token": "b" * 32}, follow=True).content.decode()
    assert "没有重复办理" in told
    assert AuditRecord.objects.filter(action="wells.resume_well").count() == 1

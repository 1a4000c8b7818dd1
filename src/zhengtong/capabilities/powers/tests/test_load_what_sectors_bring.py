"""What the sectors' files say is in the lists: with its history, once, and never over what people changed."""

from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from zhengtong.capabilities.powers import public as powers
from zhengtong.capabilities.powers.models import PowerEntry, PowerState, PowerVersion
from zhengtong.capabilities.powers.tests.samples import write_row
from zhengtong.kernel.policy import SYSTEM


def load(*rows: dict[str, Any]) -> int:
    return powers.load_powers(actor=SYSTEM, rows=list(rows), source="test")


def test_the_real_history_of_the_food_licence(cast: Cast) -> None:
    assert powers.find_live("MR-XK-02", date(2015, 9, 30)) == PowerEntry.objects.get(code="MR-XK-02")
    food = PowerEntry.objects.get(code="MR-XK-01")
    assert powers.find_live("MR-XK-02", date(2015, 10, 1)) == food
    assert {entry.code for entry in powers.list_merged(food, date(2026, 1, 1))} == {"MR-XK-02", "MR-XK-03"}
    assert food.versions.count() == 2
    assert "第78号" in food.basis_words


def test_a_power_that_went_to_another_organ(cast: Cast) -> None:
    entry = PowerEntry.objects.get(code="FR-XK-02")
    assert (entry.organ, entry.state) == ("住房和城乡建设局", PowerState.LIVE)
    assert powers.get_version_on("FR-XK-02", date(2018, 1, 1)).text.organ == "消防救援局"  # type: ignore[union-attr]  # there is one


def test_a_power_that_was_cancelled(cast: Cast) -> None:
    entry = PowerEntry.objects.get(code="MR-XK-09")
    assert (entry.state, entry.effective_from, entry.ended_on) == (
        PowerState.WITHDRAWN,
        date(2005, 7, 1),
        date(2021, 3, 1),
    )
    assert powers.find_live("MR-XK-09", date(2021, 2, 28)) == entry
    assert powers.find_live("MR-XK-09", date(2021, 3, 1)) is None


def test_every_list_has_an_entry(cast: Cast) -> None:
    assert [each.name for each in powers.list_lists() if not each.entries.exists()] == []


def test_loading_again_adds_nothing(cast: Cast) -> None:
    before = PowerVersion.objects.count()
    powers.load_lists(actor=SYSTEM)
    powers.load_declared(actor=SYSTEM)
    assert PowerVersion.objects.count() == before


def test_a_later_version_in_a_file_is_added_to_an_entry(cast: Cast) -> None:
    assert load(write_row(1)) == 1
    assert load(write_row(1), write_row(1, name="改名的许可", effective_from=date(2024, 1, 1))) == 1
    assert PowerEntry.objects.get(code="SAMPLE-1").name == "改名的许可"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"kind": "magic"}, "magic"), ({"list": "none"}, "none"), ({"basis": [{"title": "", "text": "x"}]}, "设定依据")],
)
def test_a_file_that_says_what_no_list_can_hold_is_refused(cast: Cast, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(powers.UnusablePowers, match=words):
        load(write_row(2, **wrong))

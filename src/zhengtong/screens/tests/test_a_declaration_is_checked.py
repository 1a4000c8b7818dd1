"""Whoever declares screens is told at start what can't work, would leak or would be slow."""

from typing import Any

import pytest

from tests.toy import services
from tests.toy.models import Reading, Well
from tests.toy.screens import MANAGE, OpenWellScreens, WellScreens
from zhengtong.core.identity.public import Region
from zhengtong.kernel.policy import Actor
from zhengtong.screens.checks import list_faults, screens_can_work
from zhengtong.screens.declaration import CITIZEN, PUBLIC, STAFF, Act, Column, Fields


def ask_for_the_moon(*, actor: Actor, well: Well, moon: str) -> None: ...


def without_actor(*, well: Well) -> None: ...


def without_row(*, actor: Actor, reason: str) -> None: ...


def faults(base: type = WellScreens, **changes: Any) -> set[str]:
    made = type("Changed", (base,), changes)
    return {code for code, _text in list_faults(made())}


def test_what_is_installed_has_no_faults() -> None:
    assert [str(error) for error in screens_can_work() if "wells" in str(error)] == []
    assert faults() == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audience": ""}, "E002"),
        ({"columns": ("code", "colour")}, "E004"),
        ({"filters": ("owner__colour",)}, "E004"),
        ({"sorts": ("region__name__x",)}, "E004"),
        ({"audience": PUBLIC}, "E005"),
        ({"model": Region, "columns": ("code",), "detail": (), "create": None, "amend": None, "actions": ()}, "E004"),
        ({"permission": ""}, "E007"),
        ({"columns": ("code", "keeper_phone")}, "E008"),
        ({"detail": (Fields(names=(Column("keeper_phone"),)),)}, "E008"),
        ({"columns": ("code", "code")}, "E009"),
        ({"lookup": "name"}, "E010"),
        ({"order": ("name",)}, "E011"),
        ({"sorts": ("depth",)}, "E012"),
        ({"search": ("keeper",)}, "E012"),
        ({"search": ("keeper_phone",)}, "E014"),
        ({"filters": ("keeper_phone",)}, "E016"),
        ({"permission": "wells.fly"}, "E017"),
        ({"audience": CITIZEN}, "E017"),
        ({"columns": (Column("code", permission="wells.fly"),)}, "E017"),
        ({"actions": (Act(ask_for_the_moon, MANAGE),)}, "E018"),
        ({"actions": (Act(without_actor, MANAGE),)}, "E018"),
        ({"actions": (Act(without_row, MANAGE),)}, "E018"),
        ({"actions": (Act(services.resume_well, MANAGE), Act(services.resume_well, MANAGE))}, "E009"),
    ],
)
def test_a_fault_has_its_code(changes: dict[str, Any], code: str) -> None:
    assert code in faults(**changes)


def test_a_model_without_protection_is_not_for_staff() -> None:
    narrow = {"columns": ("level",), "filters": (), "search": (), "order": ("pk",), "detail": ()}
    made = {"model": Reading, **narrow, "audience": STAFF}
    assert "E006" in faults(OpenWellScreens, **made)


def test_a_small_table_needs_no_index() -> None:
    assert faults(sorts=("depth",), small=True) == set()

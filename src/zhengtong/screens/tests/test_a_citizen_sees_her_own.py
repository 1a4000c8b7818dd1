"""Screens for citizens: a row is hers when she owns it, and no role ever opens them."""

import pytest
from django.apps import apps

from tests.cast import Cast
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import ANONYMOUS, Denied
from zhengtong.screens.access import enter, may
from zhengtong.screens.declaration import CITIZEN, Fields, ModelScreens
from zhengtong.screens.listing import scope

OWN = sorted(registry.get(Protected, "cases.case").owner_actions)


class MyCaseScreens(ModelScreens):
    model, module, code, title, audience = apps.get_model("cases", "Case"), "cases", "mine", "我的办件", CITIZEN
    permission = next(action for action in OWN if "view" in action)
    columns = ("number", "applicant_name")
    detail = (Fields(names=("number",)),)


def test_she_sees_her_cases_and_nobody_elses(cast: Cast) -> None:
    case, screens = cast.submitted(), MyCaseScreens()
    enter(screens, cast.owner)
    assert [row.pk for row in scope(screens, cast.owner)] == [case.pk]
    assert not scope(screens, cast.citizen).exists()


@pytest.mark.parametrize("who", ["counter", "reviewer", "head"])
def test_staff_are_not_citizens(cast: Cast, who: str) -> None:
    with pytest.raises(Denied):
        enter(MyCaseScreens(), getattr(cast, who))


def test_a_stranger_signs_in_first(cast: Cast) -> None:
    with pytest.raises(Denied):
        enter(MyCaseScreens(), ANONYMOUS)


def test_a_button_is_there_for_what_an_owner_may_do(cast: Cast) -> None:
    screens = MyCaseScreens()
    assert all(may(cast.owner, screens, action) for action in OWN)
    assert not may(cast.owner, screens, "cases.accept_case")
    assert not may(cast.citizen, screens, OWN[0], cast.submitted())

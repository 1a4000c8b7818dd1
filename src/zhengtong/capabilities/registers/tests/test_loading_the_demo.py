"""Loading the demo city into an empty database: whole, once, and going on after a kill."""

from datetime import date

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from zhengtong.capabilities.registers.models import Enterprise, Household, Resident
from zhengtong.core.identity.public import (
    Account,
    Appointment,
    Citizen,
    Organisation,
    PostRole,
    Region,
    get_account_actor,
    list_reachable_organisations,
)
from zhengtong.kernel.demo import BEGAN, LOADED, DemoPresent, DemoRefused, demo_accounts, demo_parts, load_demo
from zhengtong.kernel.jobs import once
from zhengtong.kernel.models import Effect
from zhengtong.kernel.modules import Role, registry

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def fewer_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the whole city but not all of its cases: how they are made has its own tests."""
    monkeypatch.setattr("zhengtong.capabilities.licences.demo.CASE_COUNT", 90)


def test_load_that_was_killed_goes_on_with_its_own_seed_and_day() -> None:
    with once(f"{BEGAN}7:2026-03-02"):
        pass
    with pytest.raises(DemoRefused, match="--seed 7 --today 2026-03-02"):
        load_demo(seed=8, today=None, default_today=TODAY)
    assert not Region.objects.exists()

    context = load_demo(seed=None, today=None, default_today=date(2026, 5, 1))

    assert (context.seed, context.today) == (7, TODAY)
    assert {LOADED + part.label for part in demo_parts()} <= set(Effect.objects.values_list("key", flat=True))
    assert Resident.objects.count() == 20_000
    # Restaurants that open in the demo are entered when they get their business licence.
    assert 3_000 <= Enterprise.objects.count() < 3_010
    # The hotline, the hall and the owner of a connected application bring theirs, and those who share data.
    assert Appointment.objects.filter(kind="main").count() == 420 + 11 + 25 + 5
    assert not Household.objects.filter(head=None).exists()
    assert set(Citizen.objects.values_list("id_digest", flat=True)) <= set(
        Resident.objects.values_list("id_digest", flat=True)
    )
    check_accounts()
    check_roles()
    check_tree()
    with pytest.raises(DemoPresent):
        load_demo(seed=None, today=None, default_today=TODAY)
    with pytest.raises(CommandError, match="已有演示数据"):
        call_command("demo", "load")
    call_command("demo", "load", "--once")
    assert Resident.objects.count() == 20_000


def check_accounts() -> None:
    for fixed in demo_accounts():
        account = Account.objects.get(username=fixed.username)
        assert get_account_actor(account).name == fixed.name
    assert check_password(fixed.password, account.password)


def check_roles() -> None:
    held = set(PostRole.objects.values_list("role", flat=True))
    assert held
    assert held <= {role.code for role in registry.of(Role)}


def check_tree() -> None:
    city = Organisation.objects.get(name="安澜市人民政府")
    assert list_reachable_organisations(city, "subtree") == set(Organisation.objects.values_list("pk", flat=True))
    centre = Organisation.objects.get(name="澄波区政务服务中心")
    bureau = Organisation.objects.get(name="澄波区市场监督管理局")
    outside = Organisation.objects.get(name="禾溪县市场监督管理局")
    reach = list_reachable_organisations(centre, "region")
    assert bureau.pk in reach
    assert outside.pk not in reach


def test_database_with_other_organisations_is_left_alone() -> None:
    region = Region.objects.create(code="330000", name="某省", level="province", path="330000")
    Organisation.objects.create(name="某局", short_name="某局", kind="department", region=region)
    with pytest.raises(DemoRefused, match="只能装入空数据库"):
        load_demo(seed=1, today=TODAY, default_today=TODAY)
    assert Region.objects.count() == 1
    assert not Effect.objects.filter(key__startswith=LOADED).exists()

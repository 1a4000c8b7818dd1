"""A water office with wells, and the people who look at them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from tests.cast import Cast
from tests.cast import _staff as staff_account
from tests.toy.models import Well, WellStatus
from tests.toy.screens import OpenWellScreens, WellScreens
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account, Organisation, Reach, Region, get_account_actor
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.listing import Listing

SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class WaterOffice:
    """``keeper`` manages the wells of her county, ``viewer`` sees them, the ``stranger`` is of another county."""

    county: Organisation
    other_county: Organisation
    region: Region
    other_region: Region
    accounts: dict[str, Account] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return get_account_actor(self.accounts[name])

    def browser(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(self.accounts[name], SIGNS_IN)
        return client

    def dig(self, n: int, **changes: Any) -> Well:
        phone = f"1380000{n:04d}"
        values: dict[str, Any] = {
            "code": f"SJ-{n:05d}",
            "name": f"{n}号井",
            "owner": self.county,
            "region": self.region,
            "fee": n * 10,
            "drilled_date": date(2020, 1, 1) + timedelta(days=n) if n % 3 else None,
            "keeper_phone": phone,
            "keeper_digest": digest(phone),
            "status": WellStatus.SUSPENDED if n % 4 == 0 else WellStatus.USED,
        }
        return Well.objects.create(**{**values, **changes})


@pytest.fixture
def water(cast: Cast) -> WaterOffice:
    counties = [Organisation.objects.get(name=name) for name in ("澄波区人民政府", "禾溪县人民政府")]
    made = WaterOffice(counties[0], counties[1], counties[0].region, counties[1].region)
    for name, words, county, role in (
        ("keeper", "江水清", counties[0], "well_keeper"),
        ("viewer", "白看", counties[0], "well_viewer"),
        ("stranger", "外人", counties[1], "well_keeper"),
    ):
        made.accounts[name] = staff_account(name, words, county, {role: Reach.SUBTREE})
    made.accounts |= {name: cast.accounts[name] for name in ("citizen", "counter")}
    return made


@pytest.fixture
def screens() -> ModelScreens:
    return registry.get(WellScreens, "wells.wells")


@pytest.fixture
def open_screens() -> ModelScreens:
    return registry.get(OpenWellScreens, "wells.register")


@pytest.fixture
def listed(water: WaterOffice, screens: ModelScreens) -> Callable[..., Listing]:
    """Return a function that lists the wells as an address would: ``listed("keeper", "status=used&q=1")``."""

    def look(who: str, address: str = "") -> Listing:
        return Listing(screens, water.actor(who), QueryDict(address))

    return look

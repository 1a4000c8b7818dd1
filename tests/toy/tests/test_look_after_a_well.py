"""A keeper sees the wells in her care, reports how high the water stands, and nobody else's well."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.cast import PHONE, Cast
from tests.toy.models import Reading
from tests.toy.services import register_well, report_level, seal_well
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM, Denied, visible


def test_she_is_known_by_her_phone_and_reports(cast: Cast) -> None:
    office = cast.office.organisation
    well = register_well(
        actor=SYSTEM, code="SJ-1", name="东井", owner=office, region=office.region, keeper_phone=PHONE, longitude=119.6
    )
    assert well.location is None
    assert well.keeper_account == cast.accounts["owner"]
    keeper = cast.owner
    assert list(visible(keeper, "wells.view_own_well", type(well).objects.all())) == [well]
    report_level(actor=keeper, well=well, read_date=timezone.localdate(), level=Decimal("3.20"))
    assert Reading.objects.get(well=well).level == Decimal("3.20")
    with pytest.raises(Denied):
        report_level(actor=cast.citizen, well=well, read_date=timezone.localdate(), level=Decimal("3.20"))


def test_a_day_to_come_and_a_sealed_well_are_refused(cast: Cast) -> None:
    office = cast.office.organisation
    well = register_well(
        actor=SYSTEM,
        code="SJ-2",
        name="西井",
        owner=office,
        region=office.region,
        keeper_phone=PHONE,
        longitude=119.6,
        latitude=28.9,
    )
    assert well.location is not None
    with pytest.raises(Refused) as future:
        report_level(actor=cast.owner, well=well, read_date=timezone.localdate() + timedelta(days=1), level=Decimal(3))
    seal_well(actor=SYSTEM, well=well, reason="报废")
    with pytest.raises(Refused) as sealed:
        report_level(actor=cast.owner, well=well, read_date=timezone.localdate(), level=Decimal(3))
    assert (future.value.message, sealed.value.message) == ("测量日期不能晚于今天", "西井已经封填")
    assert not Reading.objects.exists()

"""Who ends an appointment names the successor by her name, among however many people there are."""

from datetime import date

import pytest
from django.test import Client

from tests.cast import PASSWORD, Cast, cast
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM
from zhengtong.screens.choosing import SHORT

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
MANY = SHORT + 1


@pytest.fixture
def administrator(cast: Cast) -> Client:
    """The system administrator of a city with more people than one list shows."""
    bureau = identity.Organisation.objects.get(name="安澜市政务服务数据管理局")
    people = identity.Account.objects.bulk_create(
        identity.Account(username=f"clerk{number}", kind=identity.AccountKind.STAFF) for number in range(MANY)
    )
    post = identity.open_post(actor=SYSTEM, organisation=bureau, title="科员")
    staff = identity.StaffMember.objects.bulk_create(
        identity.StaffMember(account=account, name=f"科员{account.pk}") for account in people
    )
    identity.Appointment.objects.bulk_create(
        identity.Appointment(staff=member, post=post, start_date=date(2020, 1, 1)) for member in staff
    )
    chief = identity.create_staff_account(actor=SYSTEM, username="chief", name="许文斌", password=PASSWORD)
    desk = identity.open_post(actor=SYSTEM, organisation=bureau, title="系统管理员")
    identity.grant_role(actor=SYSTEM, post=desk, role="system_administrator", reach=identity.Reach.REGION)
    identity.appoint(actor=SYSTEM, staff=chief, post=desk, start_date=date(2020, 1, 1))
    client = Client()
    client.force_login(chief.account)
    return client


def test_the_successor_is_found_by_the_beginning_of_her_name(cast: Cast, administrator: Client) -> None:
    here = "/desk/administration/appointments/options/successor/"
    offered = administrator.get(here, {"chooser": "successor", "successor": "何"}).content.decode()
    assert offered.count("<option") == 1
    assert "何志刚" in offered
    successor, leaver = cast.appointment(cast.inspector), cast.appointment(cast.reviewer)
    act = f"/desk/administration/appointments/{leaver.pk}/act/end-appointment/"
    given = {"end_date": "2099-12-31", "reason": "退休"}
    wrong = administrator.post(act, {**given, "successor": "何志"})
    assert "没有找到“何志”，请从列表里选" in str(wrong.context["form"].errors)
    assert administrator.post(act, {**given, "successor": "何志刚"}).status_code == 302
    leaver.refresh_from_db()
    assert leaver.successor == successor

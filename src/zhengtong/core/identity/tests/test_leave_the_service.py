"""Somebody leaves: her posts end, her work goes to whoever was named, her account is closed; or she comes back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.events import AppointmentEnded
from zhengtong.core.identity.models import Appointment, Organisation, Reach
from zhengtong.core.identity.selectors import get_account_actor, get_staff_actor
from zhengtong.core.identity.services import Refused
from zhengtong.core.identity.tests.towns import (
    TODAY,
    hold,
    make_holder,
    make_organisation,
    make_post,
    make_staff,
    tomorrow,
    yesterday,
)
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.events import receives
from zhengtong.kernel.policy import SYSTEM, Denied

_ended: list[AppointmentEnded] = []


@receives(AppointmentEnded)
def keep(event: AppointmentEnded) -> None:
    _ended.append(event)


@pytest.fixture
def ended(db: None) -> Iterator[list[AppointmentEnded]]:
    _ended.clear()
    yield _ended
    _ended.clear()


@pytest.fixture
def office(db: None) -> Organisation:
    return make_organisation("市场监督管理局")


def test_two_posts_go_to_two_people_after_the_last_day(office: Organisation, ended: list[AppointmentEnded]) -> None:
    staff = make_staff("wang", "王洁")
    main, second = hold(staff, make_post(office, "审查员")), hold(staff, make_post(office, "档案员"), "concurrent")
    heir = make_holder("chen", office)
    services.leave(
        actor=SYSTEM, staff=staff, last_day=TODAY(), successors={main.pk: heir.pk, second.pk: None}, reason="退休"
    )
    # She works to the end of her last day.
    assert services.hand_over_ended(actor=SYSTEM) == 0
    assert get_account_actor(staff.account).appointment == main.pk
    with as_of(timezone.now() + timedelta(days=1)):
        assert services.hand_over_ended(actor=SYSTEM) == 2
        assert services.hand_over_ended(actor=SYSTEM) == 0
    assert {(each.appointment_id, each.successor_id, each.reason) for each in ended} == {
        (main.pk, heir.pk, "退休"),
        (second.pk, None, "退休"),
    }
    staff.refresh_from_db()
    staff.account.refresh_from_db()
    assert not staff.account.is_active
    assert staff.left_date == TODAY()


def test_a_day_that_is_past_hands_over_at_once(office: Organisation, ended: list[AppointmentEnded]) -> None:
    gone = make_holder("wang", office)
    services.end_appointment(actor=SYSTEM, appointment=gone, end_date=yesterday(), reason="调出")
    assert [each.appointment_id for each in ended] == [gone.pk]
    assert gone.handed_over_at is not None
    with pytest.raises(Refused, match="handed-over"):
        services.end_appointment(actor=SYSTEM, appointment=gone, end_date=tomorrow())
    assert services.hand_over_ended(actor=SYSTEM) == 0


def test_whose_successor_left_too_leaves_it_to_hers(office: Organisation, ended: list[AppointmentEnded]) -> None:
    first, second, third = (make_holder(name, office) for name in ("wang", "chen", "zhao"))
    services.end_appointment(actor=SYSTEM, appointment=first, end_date=tomorrow(), successor=second)
    services.end_appointment(actor=SYSTEM, appointment=second, end_date=tomorrow() + timedelta(days=1), successor=third)
    with as_of(timezone.now() + timedelta(days=4)):
        services.hand_over_ended(actor=SYSTEM)
    assert {(each.appointment_id, each.successor_id) for each in ended} == {
        (first.pk, third.pk),
        (second.pk, third.pk),
    }


def test_who_takes_over_must_be_there(office: Organisation) -> None:
    leaving, gone = make_holder("wang", office), make_holder("chen", office)
    services.end_appointment(actor=SYSTEM, appointment=gone, end_date=TODAY())
    late = hold(make_staff("zhao"), make_post(office, "科员"), start=TODAY() + timedelta(days=30))
    for successor, code in ((gone, "successor-gone"), (leaving, "successor"), (late, "successor-late")):
        with pytest.raises(Refused, match=code):
            services.end_appointment(actor=SYSTEM, appointment=leaving, end_date=tomorrow(), successor=successor)
    other = hold(leaving.staff, make_post(office, "会计"), "concurrent")
    with pytest.raises(Refused, match="successor-leaves"):
        services.leave(
            actor=SYSTEM, staff=leaving.staff, last_day=tomorrow(), successors={leaving.pk: other.pk}, reason="退休"
        )
    with pytest.raises(Refused, match="reason"):
        services.leave(actor=SYSTEM, staff=leaving.staff, last_day=tomorrow(), successors={}, reason=" ")


def test_what_was_to_begin_later_never_does(office: Organisation) -> None:
    leaving = make_holder("wang", office)
    later = hold(leaving.staff, make_post(office, "科长"), "concurrent", start=TODAY() + timedelta(days=60))
    services.leave(actor=SYSTEM, staff=leaving.staff, last_day=tomorrow(), successors={}, reason="辞职")
    assert not Appointment.objects.filter(pk=later.pk).exists()
    assert AuditRecord.objects.filter(action="identity.appointment_cancelled", object_id=str(later.pk)).exists()
    with pytest.raises(Refused, match="nothing-held"):
        services.leave(actor=SYSTEM, staff=leaving.staff, last_day=tomorrow(), successors={}, reason="辞职")


def test_one_of_two_posts_ends_and_the_account_stays(office: Organisation, ended: list[AppointmentEnded]) -> None:
    staff = make_staff("wang")
    kept, given_up = hold(staff, make_post(office, "科长")), hold(staff, make_post(office, "会计"), "concurrent")
    services.end_appointment(actor=SYSTEM, appointment=given_up, end_date=yesterday())
    staff.account.refresh_from_db()
    assert staff.account.is_active
    # A session that had chosen it goes on in the other one.
    assert get_account_actor(staff.account, appointment_id=given_up.pk).appointment == kept.pk


def test_comes_back_and_signs_in_again(office: Organisation) -> None:
    left = make_holder("wang", office)
    services.end_appointment(actor=SYSTEM, appointment=left, end_date=yesterday(), reason="辞职")
    again = hold(left.staff, make_post(office, "科员"), start=TODAY())
    again.staff.account.refresh_from_db()
    assert again.staff.account.is_active
    assert again.staff.left_date is None
    # An account that was closed for another reason isn't opened by appointing.
    services.set_active(actor=SYSTEM, staff=again.staff, is_active=False)
    hold(again.staff, make_post(office, "会计"), "concurrent", start=TODAY())
    again.staff.account.refresh_from_db()
    assert not again.staff.account.is_active


def test_only_an_administrator_of_all_her_posts_lets_her_leave(office: Organisation) -> None:
    elsewhere = make_organisation("财政局", office)
    actor = get_staff_actor(make_holder("guan", office, "", Reach.OWN, "system_administrator"))
    staff = make_staff("wang")
    hold(staff, make_post(office, "科员"))
    there = hold(staff, make_post(elsewhere, "会计"), "concurrent")
    with pytest.raises(Denied):
        services.leave(actor=actor, staff=staff, last_day=tomorrow(), successors={}, reason="调出")
    there.refresh_from_db()
    assert there.end_date is None

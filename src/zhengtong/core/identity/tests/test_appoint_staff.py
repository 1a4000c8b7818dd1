"""An administrator opens accounts and fills posts in the organisations that she answers for."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.models import Account, Appointment, AppointmentKind, Organisation, Post
from zhengtong.core.identity.selectors import get_staff_actor, list_current_appointments
from zhengtong.core.identity.services import Refused
from zhengtong.core.identity.tests.conftest import Browser
from zhengtong.kernel.policy import SYSTEM, Denied

DAY = date(2026, 6, 1)


def test_opens_an_account_and_fills_a_post(administrator: Appointment, bureau: Organisation) -> None:
    actor = get_staff_actor(administrator)
    staff = services.create_staff_account(actor=actor, username=" ZhaoYun ", password="an-lan-7-qiao", name="赵云")
    post = Post.objects.create(organisation=bureau, title="审批员")
    appointment = services.appoint(actor=actor, staff=staff, post=post, start_date=DAY)
    assert staff.account.username == "zhaoyun"
    assert staff.account.check_password("an-lan-7-qiao")
    assert list(list_current_appointments(staff.account, DAY)) == [appointment]
    services.end_appointment(actor=actor, appointment=appointment, end_date=date(2026, 6, 30))
    assert list(list_current_appointments(staff.account, date(2026, 6, 30))) == [appointment]
    assert not list_current_appointments(staff.account, date(2026, 7, 1)).exists()
    done = AuditRecord.objects.filter(account=administrator.staff.account.public_id).order_by("pk")
    assert [r.action for r in done] == [
        "identity.staff_account_created",
        "identity.appointed",
        "identity.appointment_ended",
        "identity.appointment_handed_over",
        "identity.account_closed",
    ]
    assert "an-lan-7-qiao" not in str(list(done.values()))


@pytest.mark.parametrize("username", ["13800138000", "ab", "王洁", "a b", "x" * 41, "a'--"])
def test_user_names_cannot_be_taken_for_phones(db: None, username: str) -> None:
    with pytest.raises(Refused):
        services.create_staff_account(actor=SYSTEM, username=username, password="an-lan-7-qiao", name="王洁")
    assert not Account.objects.exists()


def test_user_names_are_given_once(appointment: Appointment) -> None:
    with pytest.raises(Refused, match="username-taken"):
        services.create_staff_account(actor=SYSTEM, username="WANGJIE", password="an-lan-7-qiao", name="王杰")


def test_one_main_post_at_a_time(appointment: Appointment, bureau: Organisation) -> None:
    post, staff = Post.objects.create(organisation=bureau, title="科长"), appointment.staff
    with pytest.raises(Refused, match="main-exists"):
        services.appoint(actor=SYSTEM, staff=staff, post=post, start_date=DAY)
    services.appoint(actor=SYSTEM, staff=staff, post=post, start_date=DAY, kind=AppointmentKind.CONCURRENT)
    with pytest.raises(Refused, match="appointed"):
        services.appoint(actor=SYSTEM, staff=staff, post=post, start_date=DAY, kind=AppointmentKind.CONCURRENT)
    with pytest.raises(Refused, match="period"):
        services.end_appointment(actor=SYSTEM, appointment=appointment, end_date=date(2025, 12, 31))
    services.end_appointment(actor=SYSTEM, appointment=appointment, end_date=date(2026, 5, 31))
    other = Post.objects.create(organisation=bureau, title="副局长")
    assert services.appoint(actor=SYSTEM, staff=staff, post=other, start_date=DAY).kind == AppointmentKind.MAIN


def test_not_beyond_her_organisations(
    administrator: Appointment, appointment: Appointment, bureau: Organisation
) -> None:
    actor = get_staff_actor(administrator)
    elsewhere = Organisation.objects.create(
        name="安澜市财政局", short_name="市财政局", kind="department", region=bureau.region, path="2"
    )
    post = Post.objects.create(organisation=elsewhere, title="会计")
    with pytest.raises(Denied):
        services.appoint(actor=actor, staff=appointment.staff, post=post, start_date=DAY, kind="concurrent")
    there = services.appoint(actor=SYSTEM, staff=appointment.staff, post=post, start_date=DAY, kind="concurrent")
    for act in (
        lambda: services.end_appointment(actor=actor, appointment=there, end_date=DAY),
        lambda: services.set_active(actor=actor, staff=appointment.staff, is_active=False),
    ):
        with pytest.raises(Denied):
            act()
    appointment.staff.account.refresh_from_db()
    assert appointment.staff.account.is_active


def test_who_is_no_administrator_manages_nobody(appointment: Appointment) -> None:
    actor = get_staff_actor(appointment)
    with pytest.raises(Denied):
        services.create_staff_account(actor=actor, username="zhaoyun", password="an-lan-7-qiao", name="赵云")
    with pytest.raises(Denied):
        services.set_active(actor=actor, staff=appointment.staff, is_active=False)


def test_closing_an_account_ends_its_sessions(
    client: Browser, administrator: Appointment, appointment: Appointment
) -> None:
    client.post(reverse("account_login"), {"login": "wangjie", "password": "an-lan-7-qiao"})
    services.set_active(actor=get_staff_actor(administrator), staff=appointment.staff, is_active=False)
    assert client.get(reverse("identity:account")).status_code == 302
    actions = AuditRecord.objects.values_list("action", flat=True)
    assert {"identity.account_closed", "identity.session_ended"} <= set(actions)


def test_the_database_refuses_a_second_main_post(appointment: Appointment, bureau: Organisation) -> None:
    post = Post.objects.create(organisation=bureau, title="科长")
    with pytest.raises(IntegrityError, match="one_main_appointment_at_a_time"), transaction.atomic():
        Appointment.objects.create(staff=appointment.staff, post=post, start_date=DAY)
    Appointment.objects.filter(pk=appointment.pk).update(end_date=date(2026, 5, 31))
    assert Appointment.objects.create(staff=appointment.staff, post=post, start_date=DAY).pk


def test_a_closed_post_is_not_filled_and_a_held_one_not_closed(appointment: Appointment, bureau: Organisation) -> None:
    with pytest.raises(Refused, match="held"):
        services.close_post(actor=SYSTEM, post=appointment.post)
    post = services.open_post(actor=SYSTEM, organisation=bureau, title=" 档案员 ")
    assert post.title == "档案员"
    with pytest.raises(Refused, match="title-taken"):
        services.open_post(actor=SYSTEM, organisation=bureau, title="档案员")
    assert services.rename_post(actor=SYSTEM, post=post, title="机要员").title == "机要员"
    services.close_post(actor=SYSTEM, post=post)
    with pytest.raises(Refused, match="post-closed"):
        services.appoint(actor=SYSTEM, staff=appointment.staff, post=post, start_date=DAY, kind="concurrent")

"""System, security and audit administration are three people's, each in her own part of the tree; attempts at more."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.models import Appointment, Organisation, Reach
from zhengtong.core.identity.selectors import get_account_actor, get_staff_actor
from zhengtong.core.identity.services import Refused
from zhengtong.core.identity.tests.conftest import PASSWORD, Browser
from zhengtong.core.identity.tests.towns import (
    TODAY,
    hold,
    make_holder,
    make_organisation,
    make_post,
    make_staff,
    tomorrow,
)
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organisation:
    return make_organisation("安澜市人民政府")


@pytest.fixture
def county(city: Organisation) -> Organisation:
    return make_organisation("澄波区人民政府", city)


@pytest.fixture
def bureau(county: Organisation) -> Organisation:
    return make_organisation("澄波区财政局", county)


def system(organisation: Organisation, reach: str = Reach.SUBTREE) -> Actor:
    return get_staff_actor(make_holder(f"sys{organisation.pk}", organisation, "", reach, "system_administrator"))


def security(organisation: Organisation, reach: str = Reach.SUBTREE) -> Actor:
    return get_staff_actor(make_holder(f"sec{organisation.pk}", organisation, "", reach, "security_administrator"))


def test_each_does_her_own_part_only(county: Organisation, bureau: Organisation) -> None:
    administrator, guard = system(county), security(county)
    staff = services.create_staff_account(actor=administrator, username="zhaoyun", password=PASSWORD, name="赵云")
    post = services.open_post(actor=administrator, organisation=bureau, title="审批员")
    with pytest.raises(Denied):
        services.grant_role(actor=administrator, post=post, role="approver")
    with pytest.raises(Denied):
        services.create_staff_account(actor=guard, username="zhaoyun2", password=PASSWORD, name="赵云")
    with pytest.raises(Denied):
        services.open_post(actor=guard, organisation=bureau, title="审批员")
    services.grant_role(actor=guard, post=post, role="approver", reach=Reach.OWN)
    with pytest.raises(Denied):
        services.appoint(actor=guard, staff=staff, post=post, start_date=TODAY())
    services.appoint(actor=administrator, staff=staff, post=post, start_date=TODAY())
    assert get_account_actor(staff.account).reach("cases.decide_case") == {bureau.pk}
    services.withdraw_role(actor=guard, post=post, role="approver")
    assert not get_account_actor(staff.account).has("cases.decide_case")
    auditor = get_staff_actor(make_holder("audit", county, "", Reach.SUBTREE, "audit_administrator"))
    assert auditor.has("audit.view_journal")
    assert not administrator.has("audit.view_journal")
    assert not guard.has("audit.view_journal")


def test_one_person_is_not_two_of_them_and_both_posts_are_named(county: Organisation) -> None:
    staff = make_staff("wang", "王洁")
    first = make_post(county, "平台运维", system_administrator=Reach.SUBTREE)
    second = make_post(county, "安全保密", security_administrator=Reach.SUBTREE)
    hold(staff, first)
    with pytest.raises(Refused, match="incompatible") as refused:
        hold(staff, second, "concurrent")
    assert "平台运维" in str(refused.value.message)
    assert "安全保密" in str(refused.value.message)
    # Nor by giving the role to a post that she holds, or two roles to one post.
    third = make_post(county, "文秘")
    hold(staff, third, "concurrent")
    with pytest.raises(Refused, match="incompatible") as refused:
        services.grant_role(actor=SYSTEM, post=third, role="audit_administrator")
    assert "平台运维" in str(refused.value.message)
    assert "文秘" in str(refused.value.message)
    with pytest.raises(Refused, match="incompatible"):
        services.grant_role(actor=SYSTEM, post=second, role="audit_administrator")
    # One after the other is another matter.
    services.end_appointment(actor=SYSTEM, appointment=staff.appointments.get(post=first), end_date=TODAY())
    assert hold(staff, second, "concurrent", start=tomorrow()).pk


def test_no_further_than_her_own_reach(city: Organisation, county: Organisation, bureau: Organisation) -> None:
    guard = security(county)
    outside = make_post(city, "科员")
    with pytest.raises(Denied):
        services.grant_role(actor=guard, post=outside, role="approver")
    post = make_post(county, "科员")
    # The city's government and the county's lie in one region here: that reach goes beyond the county.
    with pytest.raises(Refused, match="beyond"):
        services.grant_role(actor=guard, post=post, role="approver", reach=Reach.REGION)
    granted = services.grant_role(actor=guard, post=post, role="approver", reach=Reach.SUBTREE)
    assert granted.reach == Reach.SUBTREE
    own = security(bureau, Reach.OWN)
    below = make_organisation("国库科", bureau)
    with pytest.raises(Refused, match="beyond"):
        services.grant_role(actor=own, post=make_post(bureau, "科长"), role="approver", reach=Reach.SUBTREE)
    assert below.pk not in own.reach("identity.manage_roles")
    with pytest.raises(Refused, match="role"):
        services.grant_role(actor=guard, post=post, role="emperor")


def test_nobody_gives_herself_anything(county: Organisation) -> None:
    held = make_holder("sec", county, "", Reach.SUBTREE, "security_administrator")
    guard = get_staff_actor(held)
    other = hold(held.staff, make_post(county, "文秘"), "concurrent")
    for post in (held.post, other.post):
        with pytest.raises(Denied):
            services.grant_role(actor=guard, post=post, role="approver")
    with pytest.raises(Denied):
        services.set_clearance(actor=guard, staff=held.staff, clearance=Mark.WORK_SECRET)
    administrator = make_holder("sys", county, "", Reach.SUBTREE, "system_administrator")
    with pytest.raises(Denied):
        services.appoint(
            actor=get_staff_actor(administrator),
            staff=administrator.staff,
            post=make_post(county, "科长", approver=Reach.OWN),
            start_date=TODAY(),
            kind="concurrent",
        )


def test_a_system_administrator_makes_no_security_administrator(county: Organisation) -> None:
    administrator, guard = system(county), security(county)
    straw = services.create_staff_account(actor=administrator, username="straw", password=PASSWORD, name="甲")
    post = make_post(county, "安全保密二", security_administrator=Reach.SUBTREE)
    with pytest.raises(Denied):
        services.appoint(actor=administrator, staff=straw, post=post, start_date=TODAY())
    appointment = services.appoint(actor=guard, staff=straw, post=post, start_date=TODAY())
    # Nor does she get rid of one.
    with pytest.raises(Denied):
        services.end_appointment(actor=administrator, appointment=appointment, end_date=TODAY())
    with pytest.raises(Denied):
        services.set_active(actor=administrator, staff=straw, is_active=False)


def test_clearance_is_set_and_carried(county: Organisation) -> None:
    guard, clerk = security(county), make_holder("wang", county)
    services.set_clearance(actor=guard, staff=clerk.staff, clearance=Mark.WORK_SECRET)
    assert get_account_actor(clerk.staff.account).clearance == Mark.WORK_SECRET
    with pytest.raises(Refused, match="clearance"):
        services.set_clearance(actor=guard, staff=clerk.staff, clearance=Mark.SECRET)
    set_to = AuditRecord.objects.get(action="identity.clearance_set")
    assert (set_to.before, set_to.after) == ({"clearance": 10}, {"clearance": 20})


def test_a_locked_account_is_let_in_again(client: Browser, county: Organisation) -> None:
    cache.clear()
    guard = security(county)
    staff = services.create_staff_account(actor=SYSTEM, username="zhaoyun", password=PASSWORD, name="赵云")
    post = make_post(county, "审批员")
    appointment: Appointment = hold(staff, post, start=TODAY() - timedelta(days=1))
    for _attempt in range(6):
        client.post(reverse("account_login"), {"login": "zhaoyun", "password": "wrong-wrong"})
    response = client.post(reverse("account_login"), {"login": "zhaoyun", "password": PASSWORD})
    assert response.status_code == 200
    with pytest.raises(Denied):
        services.unlock_account(actor=get_staff_actor(appointment), staff=staff)
    staff.refresh_from_db()
    services.unlock_account(actor=guard, staff=staff)
    response = client.post(reverse("account_login"), {"login": "zhaoyun", "password": PASSWORD})
    assert response.status_code == 302
    cache.clear()


def test_posts_that_keep_keys_are_filled_by_security(county: Organisation, bureau: Organisation) -> None:
    administrator, guard = system(county), security(county)
    staff = services.create_staff_account(actor=administrator, username="keeper", password=PASSWORD, name="管钥")
    post = services.open_post(actor=administrator, organisation=bureau, title="密钥保管员")
    services.grant_role(actor=guard, post=post, role="key_custodian", reach=Reach.OWN)
    with pytest.raises(Denied):
        services.appoint(actor=administrator, staff=staff, post=post, start_date=TODAY())
    held = services.appoint(actor=guard, staff=staff, post=post, start_date=TODAY())
    with pytest.raises(Denied):
        services.end_appointment(actor=administrator, appointment=held, end_date=TODAY())


@pytest.mark.parametrize("role", ["security_administrator", "audit_administrator"])
def test_who_operates_neither_authorises_nor_audits(county: Organisation, bureau: Organisation, role: str) -> None:
    guard = security(county)
    post = make_post(bureau, "运维", platform_operator=Reach.OWN)
    with pytest.raises(Refused) as refused:
        services.grant_role(actor=guard, post=post, role=role, reach=Reach.OWN)
    assert refused.value.code == "incompatible"
    assert "自己授权、自己检查" in str(refused.value.message)

"""Bureaus are merged, split, renamed and abolished while their people work: nobody is left without her work."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.events import AppointmentEnded, OrganisationSucceeded
from zhengtong.core.identity.models import (
    Appointment,
    ChangeKind,
    Organisation,
    Post,
    Reach,
    Reorganisation,
    StaffMember,
)
from zhengtong.core.identity.selectors import (
    compare_versions,
    get_account_actor,
    get_staff_actor,
    get_version,
    list_planned_changes,
    list_reachable_organisations,
    list_successors,
    list_versions,
)
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
from zhengtong.kernel.policy import SYSTEM, Denied, can

_told: list[OrganisationSucceeded | AppointmentEnded] = []


@receives(OrganisationSucceeded, AppointmentEnded)
def keep(event: OrganisationSucceeded | AppointmentEnded) -> None:
    _told.append(event)


@pytest.fixture
def told(db: None) -> Iterator[list[OrganisationSucceeded | AppointmentEnded]]:
    _told.clear()
    yield _told
    _told.clear()


@pytest.fixture
def county(db: None) -> Organisation:
    return make_organisation("澄波区人民政府")


@pytest.fixture
def trade(county: Organisation) -> Organisation:
    return make_organisation("工商局", county)


@pytest.fixture
def quality(county: Organisation) -> Organisation:
    return make_organisation("质监局", county)


def merge(into: Organisation, *organisations: Organisation, on: date | None = None) -> Reorganisation:
    return services.merge_organisations(
        actor=SYSTEM, organisations=organisations, into=into, on_date=on, basis="澄编〔2026〕3号"
    )


def test_people_keep_working_in_the_same_appointment(
    county: Organisation, trade: Organisation, quality: Organisation, told: list[object]
) -> None:
    clerk = make_holder("wang", quality, "审查员", Reach.OWN, "reviewer")
    market = make_organisation("市场监督管理局", county)
    before = get_account_actor(clerk.staff.account, appointment_id=clerk.pk)
    merge(market, trade, quality)
    after = get_account_actor(clerk.staff.account, appointment_id=clerk.pk)
    assert after.appointment == before.appointment == clerk.pk
    assert after.organisation == market.pk
    # Her roles came along, and what her bureau left behind is still hers to see.
    assert {quality.pk, market.pk} <= after.reach("cases.view_case")
    assert can(after, "cases.view_case", None)
    clerk.refresh_from_db()
    assert clerk.post.organisation == market
    assert StaffMember.objects.get(pk=clerk.staff_id).organisation == market
    assert told == [
        OrganisationSucceeded(SYSTEM, trade.pk, market.pk),
        OrganisationSucceeded(SYSTEM, quality.pk, market.pk),
    ]
    quality.refresh_from_db()
    assert not quality.is_active
    assert quality.name == "质监局"
    assert not quality.posts.filter(is_active=True).exists()
    assert [each.successor for each in list_successors(quality)] == [market]


def test_same_post_in_both_bureaus_ends_the_lesser_one(
    trade: Organisation, quality: Organisation, told: list[object]
) -> None:
    staff = make_staff("wang")
    main = hold(staff, make_post(quality, "会计"))
    other = hold(staff, make_post(trade, "会计"), "concurrent")
    merge(trade, quality)
    main.refresh_from_db()
    other.refresh_from_db()
    assert main.end_date is None
    assert main.post == other.post
    assert (other.end_date, other.successor_id) == (yesterday(), main.pk)
    ended = [event for event in told if isinstance(event, AppointmentEnded)]
    assert [(each.appointment_id, each.successor_id) for each in ended] == [(other.pk, main.pk)]


def test_a_title_with_other_powers_stays_another_post(trade: Organisation, quality: Organisation) -> None:
    there = make_holder("chen", trade, "科长", Reach.OWN, "approver")
    came = make_holder("wang", quality, "科长")
    merge(trade, quality)
    there.refresh_from_db()
    came.refresh_from_db()
    assert came.post != there.post
    assert came.post.title == "科长（原质监局）"
    assert not get_staff_actor(Appointment.objects.get(pk=came.pk)).has("cases.decide_case")


def test_offices_below_come_along_and_paths_follow(trade: Organisation, quality: Organisation) -> None:
    office = make_organisation("计量科", quality)
    room = make_organisation("计量室", office)
    merge(trade, quality)
    for each in (office, room):
        each.refresh_from_db()
    assert office.parent == trade
    assert room.path == f"{office.path}.{room.pk}"
    assert {office.pk, room.pk, quality.pk} <= list_reachable_organisations(trade, Reach.SUBTREE)


def test_nonsense_is_refused_in_words(county: Organisation, trade: Organisation, quality: Organisation) -> None:
    office = make_organisation("计量科", quality)
    for into, organisations, code in (
        (trade, [trade, quality], "into-itself"),
        (office, [quality], "circle"),
        (trade, [quality, quality], "organisations"),
        (trade, [], "organisations"),
    ):
        with pytest.raises(Refused, match=code):
            merge(into, *organisations)
    with pytest.raises(Refused, match="circle"):
        services.move_organisation(actor=SYSTEM, organisation=county, parent=office)
    with pytest.raises(Refused, match="past"):
        merge(trade, quality, on=yesterday())
    with pytest.raises(Refused, match="name-taken"):
        make_organisation("工商局", county)
    assert not Reorganisation.objects.exclude(change=ChangeKind.FOUNDED).exists()
    merge(trade, quality)
    with pytest.raises(Refused, match="inactive"):
        merge(trade, quality)


def test_it_waits_for_its_day_and_happens_once(
    county: Organisation, trade: Organisation, quality: Organisation, told: list[object]
) -> None:
    clerk = make_holder("wang", quality)
    market = services.found_organisation(
        actor=SYSTEM,
        name="市场监督管理局",
        short_name="市监局",
        kind="department",
        region=county.region,
        parent=county,
        on_date=tomorrow(),
    )
    planned = merge(market, trade, quality, on=tomorrow())
    assert planned.applied_at is None
    assert not market.is_active
    assert planned in list_planned_changes(quality)
    assert services.apply_due_reorganisations(actor=SYSTEM) == 0
    with as_of(timezone.now() + timedelta(days=1)):
        assert services.apply_due_reorganisations(actor=SYSTEM) == 2
        assert services.apply_due_reorganisations(actor=SYSTEM) == 0
    clerk.refresh_from_db()
    assert clerk.post.organisation == market
    assert len(told) == 2
    last = get_version(quality, TODAY())
    assert last is not None
    assert (last.is_active, last.valid_until) == (True, tomorrow())


def test_it_is_cancelled_before_its_day(trade: Organisation, quality: Organisation, told: list[object]) -> None:
    planned = merge(trade, quality, on=tomorrow())
    services.cancel_reorganisation(actor=SYSTEM, reorganisation=planned)
    with pytest.raises(Refused, match="settled"):
        services.cancel_reorganisation(actor=SYSTEM, reorganisation=planned)
    with as_of(timezone.now() + timedelta(days=2)):
        assert services.apply_due_reorganisations(actor=SYSTEM) == 0
    quality.refresh_from_db()
    assert quality.is_active
    assert told == []


def test_what_became_impossible_says_so_and_stays_due(trade: Organisation, quality: Organisation) -> None:
    planned = merge(trade, quality, on=tomorrow())
    Organisation.objects.filter(pk=trade.pk).update(is_active=False)
    with as_of(timezone.now() + timedelta(days=1)):
        assert services.apply_due_reorganisations(actor=SYSTEM) == 0
        planned.refresh_from_db()
        assert "工商局" in planned.failure
        Organisation.objects.filter(pk=trade.pk).update(is_active=True)
        assert services.apply_due_reorganisations(actor=SYSTEM) == 1
    planned.refresh_from_db()
    assert planned.failure == ""


def test_names_of_any_day_can_be_read(trade: Organisation) -> None:
    Organisation.objects.filter(pk=trade.pk).update(is_active=True)
    trade.versions.all().delete()  # older than its history here
    services.rename_organisation(
        actor=SYSTEM, organisation=trade, name="工商行政管理局", short_name="工商局", basis="澄编〔2026〕1号"
    )
    old, new = get_version(trade, yesterday()), get_version(trade, TODAY())
    assert old is not None
    assert new is not None
    assert (old.name, new.name) == ("工商局", "工商行政管理局")
    assert old.valid_until == new.valid_from == TODAY()
    assert [(str(each.title), each.before, each.after) for each in compare_versions(old, new)] == [
        ("名称", "工商局", "工商行政管理局")
    ]
    # A second change of the day is part of the same version.
    services.rename_organisation(actor=SYSTEM, organisation=trade, name="工商总局", short_name="工商局")
    assert [each.name for each in list_versions(trade)] == ["工商总局", "工商局"]


def test_split_into_two_with_their_posts(county: Organisation, trade: Organisation, told: list[object]) -> None:
    food, price = make_organisation("食药监局", county), make_organisation("物价局", county)
    inspector, clerk = make_holder("wang", trade, "食品检查员"), make_holder("chen", trade, "文书")
    services.split_organisation(
        actor=SYSTEM, organisation=trade, into=[food, price], posts={inspector.post: food}, heir=price
    )
    inspector.refresh_from_db()
    clerk.refresh_from_db()
    assert (inspector.post.organisation, clerk.post.organisation) == (food, price)
    assert told == [OrganisationSucceeded(SYSTEM, trade.pk, price.pk)]
    # What it left behind both can look up.
    assert trade.pk in list_reachable_organisations(food, Reach.OWN)
    assert trade.pk in list_reachable_organisations(price, Reach.OWN)
    with pytest.raises(Refused, match="into"):
        services.split_organisation(actor=SYSTEM, organisation=food, into=[price], posts={}, heir=price)


def test_abolished_only_when_nobody_is_left_or_somebody_takes_over(
    county: Organisation, trade: Organisation, quality: Organisation
) -> None:
    clerk = make_holder("wang", trade)
    for organisation, code in ((county, "children"), (trade, "people")):
        with pytest.raises(Refused, match=code):
            services.abolish_organisation(actor=SYSTEM, organisation=organisation)
    Post.objects.create(organisation=quality, title="科员")
    with pytest.raises(Refused, match="posts"):
        services.abolish_organisation(actor=SYSTEM, organisation=quality)
    services.abolish_organisation(actor=SYSTEM, organisation=quality, successor=trade)
    services.abolish_organisation(actor=SYSTEM, organisation=trade, successor=county)
    clerk.refresh_from_db()
    assert clerk.post.organisation == county
    # Over two changes, what the first one left behind is reached still.
    assert quality.pk in list_reachable_organisations(county, Reach.OWN)


def test_only_within_her_reach_and_one_record_each(
    county: Organisation, trade: Organisation, quality: Organisation
) -> None:
    elsewhere = make_organisation("禾溪县人民政府", region=county.region)
    actor = get_staff_actor(make_holder("guan", county, "系统管理员", Reach.SUBTREE, "system_administrator"))
    with pytest.raises(Denied):
        services.move_organisation(actor=actor, organisation=trade, parent=elsewhere)
    with pytest.raises(Denied):
        services.merge_organisations(actor=actor, organisations=[elsewhere], into=trade)
    with pytest.raises(Denied):
        services.found_organisation(
            actor=actor, name="部", short_name="部", kind="department", region=county.region, parent=None
        )
    count = AuditRecord.objects.count()
    services.merge_organisations(actor=actor, organisations=[quality], into=trade)
    done = AuditRecord.objects.order_by("pk")[count:]
    assert [(each.action, each.object_id) for each in done] == [("identity.organisation_merged", str(quality.pk))]

"""A list shows exactly the rows to which the predicate says yes, over random trees, roles, regions, marks, owners."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Index
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengtong.core.identity.models import (
    Account,
    Citizen,
    Organisation,
    OrganisationKind,
    Post,
    Reach,
    Region,
    StaffMember,
    Succession,
)
from zhengtong.core.identity.policy import IdentityPolicy, Protected
from zhengtong.core.identity.selectors import get_account_actor, get_staff_actor, list_reachable_organisations
from zhengtong.core.identity.tests.towns import hold, make_holder, make_organisation, make_post, make_region, make_staff
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM, Actor, ActorKind, Grant, visible
from zhengtong.kernel.reach import IdSet, page_of, reached

pytestmark = pytest.mark.django_db

MODELS = (Organisation, Post, StaffMember, Region, Citizen)
ACTIONS = ("identity.manage_staff", "identity.complete_profile")
# What the models of this module don't show: a scope by region, a mark, an entity beside an owner.
RULES = (
    Protected(StaffMember, organisation="organisation_id", mark="clearance"),
    Protected(StaffMember, organisation="organisation__parent__id"),
    Protected(Organisation, organisation="id", partner="parent_id"),
    Protected(Organisation, region="region_id"),
    Protected(Organisation, region="region__parent_id"),
    Protected(Organisation, owner="parent_id", entity="region_id", owner_actions=frozenset(ACTIONS)),
    Protected(StaffMember, owner="account_id", mark="clearance", owner_actions=frozenset(ACTIONS)),
    Protected(Region, is_unscoped=True),
    Protected(Post),
)


def grow(shape: list[tuple[int, int]], marks: list[int]) -> None:
    """Make a forest of regions and of organisations: each pair says under which earlier one each of them stands."""
    regions: list[Region] = []
    organisations: list[Organisation] = []
    for number, (above, over) in enumerate(shape):
        parent = regions[above % len(regions)] if regions and above >= 0 else None
        region = Region(code=uuid4().hex[:12], name=f"地区{number}", level="county", parent=parent)
        region.path = f"{parent.path}.{region.code}" if parent else region.code
        region.save()
        regions.append(region)
        boss = organisations[over % len(organisations)] if organisations and over >= 0 else None
        organisation = Organisation.objects.create(
            name=f"机构{number}",
            short_name=f"机构{number}",
            kind=OrganisationKind.DEPARTMENT,
            region=region,
            parent=boss,
        )
        organisation.path = f"{boss.path}.{organisation.pk}" if boss else str(organisation.pk)
        organisation.save()
        organisations.append(organisation)
        account = Account.objects.create(username=uuid4().hex)
        mark = marks[number % len(marks)]
        home = organisation if number % 4 else None
        StaffMember.objects.create(account=account, name=f"人{number}", organisation=home, clearance=mark)
        Post.objects.create(organisation=organisation, title="岗位")


SHAPES = st.lists(st.tuples(st.integers(-1, 8), st.integers(-1, 8)), min_size=1, max_size=9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shape=SHAPES,
    marks=st.lists(st.sampled_from([0, 10, 20]), min_size=1, max_size=4),
    reaches=st.lists(st.tuples(st.sampled_from(Reach.values), st.integers(0, 8)), max_size=3),
    clearance=st.sampled_from([0, 10, 20]),
    kind=st.sampled_from([ActorKind.STAFF, ActorKind.CITIZEN, ActorKind.ANONYMOUS]),
    entity=st.integers(-1, 8),
)
def test_lists_and_answers_agree(
    shape: list[tuple[int, int]],
    marks: list[int],
    reaches: list[tuple[str, int]],
    clearance: int,
    kind: ActorKind,
    entity: int,
) -> None:
    for model in (StaffMember, Post):
        model._default_manager.all().delete()
    grow(shape, marks)
    policy = IdentityPolicy()
    organisations = list(Organisation.objects.order_by("-id")[: len(shape)])
    accounts = list(Account.objects.order_by("-id"))
    grants = tuple(
        Grant(
            f"role{number}", frozenset(ACTIONS[:1]), list_reachable_organisations(organisations[at % len(shape)], reach)
        )
        for number, (reach, at) in enumerate(reaches)
    )
    actor = Actor(
        kind=kind,
        account_id=accounts[0].pk if kind is ActorKind.CITIZEN else None,
        legal_entity=organisations[entity % len(shape)].region_id if entity >= 0 else None,
        grants=grants if kind is ActorKind.STAFF else (),
        clearance=clearance,
    )
    rules = [*(registry.get(Protected, model._meta.label_lower) for model in MODELS), *RULES]
    for rule in rules:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("zhengtong.core.identity.policy._protection", lambda _model, rule=rule: rule)
            rows = rule.model._default_manager.all()
            for action in ACTIONS:
                shown = set(policy.visible(actor, action, rows).values_list("pk", flat=True))
                assert shown == {row.pk for row in rows if policy.can(actor, action, row)}, (rule, action)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    homes=st.lists(st.integers(0, 11), max_size=40),
    chosen=st.sets(st.integers(0, 11), max_size=12),
    limit=st.integers(1, 12),
    order=st.sampled_from([("name", "-id"), ("-name", "id"), ("-clearance", "name", "pk"), ("-left_date", "id")]),
    least=st.sampled_from([0, 10, 20]),
    merged=st.sampled_from([0, 3, 100]),
)
def test_a_page_is_the_head_of_the_list(
    homes: list[int], chosen: set[int], limit: int, order: tuple[str, ...], least: int, merged: int
) -> None:
    StaffMember.objects.all().delete()
    region = make_region(uuid4().hex[:12])
    offices = [
        Organisation.objects.create(name=f"{n}", short_name=f"{n}", kind=OrganisationKind.OFFICE, region=region)
        for n in range(12)
    ]
    StaffMember.objects.bulk_create(
        StaffMember(
            account=Account.objects.create(username=uuid4().hex),
            name=f"人{number % 5}",
            organisation=offices[home],
            clearance=number % 3 * 10,
            left_date=None if number % 2 else f"2026-01-{number % 28 + 1:02d}",
        )
        for number, home in enumerate(homes)
    )
    ids = IdSet(offices[n].pk for n in chosen)
    found = (
        StaffMember.objects.filter(reached("organisation_id", ids), clearance__gte=least)
        .select_related("organisation")
        .order_by(*order)
    )
    whole = [row.pk for row in found]
    with pytest.MonkeyPatch.context() as patch:  # so many organisations are merged, more are walked
        patch.setattr("zhengtong.kernel.reach.MERGED_AT_MOST", merged)
        patch.setattr("zhengtong.kernel.reach._is_indexed", lambda *_of_what: True)
        page = page_of(found, limit)
    assert [row.pk for row in page] == whole[:limit]
    assert all(row.organisation_id in ids for row in page)


@pytest.mark.parametrize(
    ("order", "is_merged"), [(["-id"], True), (["id"], True), (["pk"], True), (["name", "id"], False)]
)
def test_a_page_of_a_few_organisations_is_merged_where_an_index_orders_them(
    monkeypatch: pytest.MonkeyPatch, order: list[str], is_merged: bool
) -> None:
    index = Index(fields=["organisation", "-id"], name="staff_of_an_organisation")
    monkeypatch.setattr(StaffMember._meta, "indexes", [index])
    found = StaffMember.objects.filter(reached("organisation_id", [1, 2])).order_by(*order)
    with CaptureQueriesContext(connection) as said:
        assert page_of(found, 5) == []
    assert len(said) == 1
    assert ("LATERAL" in said[0]["sql"]) is is_merged


def test_a_change_of_the_tree_is_seen_at_once_and_a_rollback_leaves_nothing() -> None:
    city = make_organisation("市政府")
    account = make_holder("sys", city, "", Reach.SUBTREE, "system_administrator").staff.account
    before = get_account_actor(account).reach("identity.manage_staff")
    with transaction.atomic():
        lost = make_organisation("教育局", city)
        assert lost.pk in get_account_actor(account).reach("identity.manage_staff")
        transaction.set_rollback(True)
    assert get_account_actor(account).reach("identity.manage_staff") == before
    # Past the services, too: the database itself renews the stamp.
    row = Organisation.objects.create(name="局", short_name="局", kind="department", region=city.region, parent=city)
    Organisation.objects.filter(pk=row.pk).update(path=f"{city.path}.{row.pk}")
    assert row.pk in get_account_actor(account).reach("identity.manage_staff")
    other = make_organisation("外市政府", region=city.region)
    Succession.objects.create(predecessor=other, successor=row, change="merged", on_date="2026-01-01")
    assert other.pk in get_account_actor(account).reach("identity.manage_staff")


def test_the_actor_of_a_session_is_the_actor_of_its_appointment() -> None:
    city = make_organisation("市政府")
    staff = make_staff("wang", "王洁")
    main = hold(staff, make_post(city, "科长", approver=Reach.SUBTREE, reviewer=Reach.OWN))
    second = hold(staff, make_post(city, "会计"), "concurrent")
    for chosen, appointment in ((None, main), (main.pk, main), (second.pk, second), (0, main)):
        assert get_account_actor(staff.account, appointment_id=chosen) == get_staff_actor(appointment)


def test_the_system_sees_everything() -> None:
    make_organisation("市政府")
    assert visible(SYSTEM, "identity.manage_staff", Organisation.objects.all()).count() == Organisation.objects.count()

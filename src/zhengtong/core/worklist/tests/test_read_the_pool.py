"""The pool reads the same whichever way it is read: by pair of organisation and permission, or along the deadlines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from zhengtong.core.identity.public import Account, Appointment, Organisation, Post, Region, StaffMember
from zhengtong.core.worklist import pool
from zhengtong.core.worklist.public import WorkItem, WorkKind, count_each, list_office
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import Actor, ActorKind, Grant

PERMISSIONS = ("test.first", "test.second", "test.third")
START = datetime(2026, 3, 4, tzinfo=UTC)
ORGANISATIONS = 4

items = st.lists(
    st.tuples(
        st.integers(0, ORGANISATIONS - 1),
        st.sampled_from(PERMISSIONS),
        st.none() | st.integers(0, 3),
        st.sampled_from(["free", "held", "done"]),
    ),
    max_size=14,
)
grants = st.lists(
    st.tuples(st.sets(st.integers(0, ORGANISATIONS - 1)), st.sets(st.sampled_from(PERMISSIONS))), max_size=3
)


def act_with(held: list[tuple[set[int], set[str]]], ids: list[int]) -> Actor:
    made = tuple(
        Grant(role=str(n), permissions=frozenset(able), organisations=frozenset(ids[o] for o in where))
        for n, (where, able) in enumerate(held)
    )
    return Actor(kind=ActorKind.STAFF, appointment=1, grants=made)


class PoolIsWhatReachSays(TestCase):
    """Pages, counts and plain reading against the definition, over random items and grants."""

    ids: ClassVar[list[int]]

    @classmethod
    def setUpTestData(cls) -> None:
        region = Region.objects.create(code="990102", name="澄波区", level="county", path="990102")
        cls.ids = [
            Organisation.objects.create(name=str(n), short_name=str(n), kind="department", region=region).pk
            for n in range(ORGANISATIONS)
        ]

    def setUp(self) -> None:
        registry.modules["pool"] = Module("pool", "", (WorkKind("pool.thing", "", permissions=PERMISSIONS),))

    def tearDown(self) -> None:
        del registry.modules["pool"]

    @settings(max_examples=60, deadline=None)
    @given(items, grants, st.sampled_from([0, 600]), st.sampled_from([1, 3, 100]))
    def test_every_way_of_reading_gives_the_same(self, made: Any, held: Any, pairs: int, window: int) -> None:
        holder = _appointment(self.ids[0])
        WorkItem.objects.bulk_create(
            WorkItem(
                kind="pool.thing",
                object_id=number,
                organisation_id=self.ids[where],
                permission=permission,
                due_at=None if due is None else START + timedelta(days=due),
                state="done" if state == "done" else "open",
                assignee_id=holder if state != "free" else None,
            )
            for number, (where, permission, due, state) in enumerate(made)
        )
        allowed = Q(pk__in=[])
        for where, able in held:
            allowed |= Q(organisation_id__in=[self.ids[o] for o in where], permission__in=able)
        expected = list(
            WorkItem.objects.filter(allowed, state="open", assignee=None)
            .order_by("due_at", "id")
            .values_list("pk", flat=True)
        )
        found = list_office(act_with(held, self.ids))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pool, "PAIRS", pairs)
            patch.setattr(pool, "WINDOW", window)
            assert list(found.values_list("pk", flat=True)) == expected
            assert [item.pk for item in found[:100]] == expected
            assert [item.pk for item in found[:2]] == expected[:2]
            assert list(_leaf_through(found)) == expected
            assert found.count() == found[:1000].count() == len(expected)
            assert found[:2].count() == min(2, len(expected))
            assert found.exists() == bool(expected)
            assert count_each({"a": found, "b": found.none()}, cap=3) == {"a": min(4, len(expected)), "b": 0}
            first = found.filter(permission=PERMISSIONS[0])
            assert {item.permission for item in first[:100]} <= {PERMISSIONS[0]}
            assert first[:100].count() == sum(item.permission == PERMISSIONS[0] for item in found[:100])


def _appointment(organisation_id: int) -> int:
    found = Appointment.objects.first()
    if found is None:
        account = Account.objects.create(username="holder", kind="staff")
        post = Post.objects.create(organisation_id=organisation_id, title="岗位")
        staff = StaffMember.objects.create(account=account, name="某人")
        found = Appointment.objects.create(staff=staff, post=post, start_date="2020-01-01")
    return found.pk


def _leaf_through(found: Any) -> Iterator[int]:
    """Read page after page as lists do: each begins after the last row of the one before, nulls last."""
    page = list(found[:3])
    while page:
        yield from (item.pk for item in page)
        last = page[-1]
        if last.due_at is None:
            beyond = Q(due_at=None, pk__gt=last.pk)
        else:
            beyond = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk) | Q(due_at=None)
        page = list(found.filter(beyond)[:3])


@pytest.mark.django_db
def test_counts_of_all_tabs_are_one_statement() -> None:
    mine = WorkItem.objects.filter(state="open")
    with CaptureQueriesContext(connection) as asked:
        counted = count_each({"a": mine, "b": mine.filter(level="red"), "c": mine.none()})
    assert counted == {"a": 0, "b": 0, "c": 0}
    assert len(asked) == 1

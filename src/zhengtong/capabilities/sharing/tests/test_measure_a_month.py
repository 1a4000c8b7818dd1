"""What departments share in a month is counted, measured against targets, ranked and frozen."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.capabilities.catalogue.public import Demand, Responsibility
from zhengtong.capabilities.sharing.counting import count_month, keep_month, keep_months, list_stale
from zhengtong.capabilities.sharing.domain import Counts, Measure, Target, add_up, read_measure, score
from zhengtong.capabilities.sharing.models import MonthFigure
from zhengtong.capabilities.sharing.selectors import list_targets, read_month, read_year
from zhengtong.capabilities.sharing.tests.samples import make_request, make_resource, make_run
from zhengtong.core.identity.public import Organisation

MONTH = date(2026, 10, 1)
numbers = st.integers(0, 10_000)


def moment(day: int, hour: int = 10, month: int = 10) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))


@given(st.lists(st.builds(Counts, *[numbers] * 17), min_size=1, max_size=5))
def test_what_all_have_together_is_the_sum_whatever_the_order(counts: list[Counts]) -> None:
    assert add_up(counts) == add_up(reversed(counts))
    assert add_up(counts).rows_moved == sum(each.rows_moved for each in counts)


@given(
    st.lists(st.tuples(st.sampled_from(Measure), st.integers(0, 100), st.integers(0, 100)), max_size=6),
    numbers,
    numbers,
    numbers,
)
def test_a_score_is_between_0_and_100_and_grows_with_what_is_shared(
    given_targets: list[tuple[Measure, int, int]], needed: int, shared: int, more: int
) -> None:
    targets = [Target(measure, Decimal(percent), weight) for measure, percent, weight in given_targets]
    needed += shared + more
    fewer = score(targets, Counts(needed=needed, shared=shared))
    greater = score(targets, Counts(needed=needed, shared=shared + more))
    assert (fewer is None) == (greater is None)
    if fewer is not None and greater is not None:
        assert 0 <= fewer <= greater <= 100


def test_what_has_nothing_to_measure_gives_its_weight_to_the_others() -> None:
    targets = [Target(Measure.SHARING_RATE, Decimal(80), 40), Target(Measure.QUALITY, Decimal(100), 10)]
    assert score(targets, Counts(rows_read=100, rows_held=50)) == Decimal("50.0")
    assert score(targets, Counts()) is None
    assert read_measure(Measure.SHARING_RATE, Counts()) is None


@pytest.mark.django_db
def test_a_department_is_counted_by_what_it_did_in_the_month(cast: Cast) -> None:
    bureau, fire = (Organisation.objects.get(name=f"澄波区{name}") for name in ("市场监督管理局", "消防救援局"))
    now = moment(31, 23)
    fresh = make_resource(bureau, cycle="monthly", published_on=date(2026, 10, 20), drifts=2)
    stale = make_resource(bureau, cycle="daily", published_on=date(2026, 9, 1))
    make_resource(bureau, cycle="irregular", published_on=date(2020, 1, 1))
    granted = make_request(fresh, fire, state="granted", submitted=moment(8), due=moment(20), decided=moment(15))
    make_request(fresh, fire, state="refused", submitted=moment(9), due=moment(12), decided=moment(15))
    make_request(stale, fire, state="provider", submitted=moment(9), due=moment(16))
    make_request(stale, fire, state="provider", submitted=moment(30), due=moment(10, month=11))
    make_request(
        stale, fire, state="granted", submitted=moment(1, month=9), due=moment(9, month=9), decided=moment(8, month=9)
    )
    make_run(granted, state="done", ended=moment(16), read=1000, held=20)
    make_run(granted, state="failed", ended=moment(17))
    make_run(granted, state="done", ended=moment(1, month=11), read=7)
    counted = count_month(MONTH, now)[bureau.pk]
    assert (counted.published, counted.cyclic, counted.stale, counted.drifted) == (3, 2, 1, 1)
    assert (counted.asked, counted.decided, counted.decided_late, counted.refused) == (4, 3, 2, 1)
    assert (counted.runs_done, counted.runs_failed) == (1, 1)
    assert (counted.rows_read, counted.rows_held, counted.rows_moved, counted.bytes_moved) == (1000, 20, 980, 100_000)
    assert [each.pk for each in list_stale(bureau.pk)] == [stale.pk]


@pytest.mark.django_db
def test_what_is_owed_counts_as_shared_once_whoever_needs_it_can_use_it(cast: Cast) -> None:
    bureau, fire = (Organisation.objects.get(name=f"澄波区{name}") for name in ("市场监督管理局", "消防救援局"))
    free = make_resource(bureau, published_on=MONTH)
    bound = make_resource(bureau, published_on=MONTH, share_type="conditional")
    asked = {"organisation": fire, "name": "数据", "matter": "检查", "basis": "法", "update_cycle": "daily"}
    for number, resource in enumerate((free, bound, None)):
        demand = Demand.objects.create(number=f"D{number}", state="assigned", **asked)
        Responsibility.objects.create(
            number=f"R{number}",
            demand=demand,
            organisation=bureau,
            name="数据",
            basis="法",
            days=5,
            due_on=MONTH,
            due_at=moment(31),
            state="fulfilled" if resource else "owed",
            resource=resource,
        )
    Demand.objects.create(number="D9", state="matched", resource=bound, **asked)
    counted = count_month(MONTH, moment(31))[bureau.pk]
    assert (counted.needed, counted.shared) == (4, 1)
    granted = make_request(bound, fire, state="granted", submitted=moment(8), due=moment(20), decided=moment(15))
    make_run(granted, state="done", ended=moment(16))
    counted = count_month(MONTH, moment(31))[bureau.pk]
    assert (counted.needed, counted.shared) == (4, 3)


@pytest.mark.django_db
def test_the_plans_target_is_eighty_percent_and_says_where_it_is_written() -> None:
    (target,) = [each for each in list_targets(MONTH) if each.measure is Measure.SHARING_RATE]
    assert (target.percent, target.weight) == (Decimal("80.0"), 40)
    assert list_targets(date(2015, 1, 1)) == []


@pytest.mark.django_db
def test_departments_are_ranked_and_equal_ones_share_a_place(cast: Cast) -> None:
    names = ("市场监督管理局", "消防救援局", "城市管理局")
    for name, drifts in zip(names, (1, 0, 0), strict=True):
        make_resource(
            Organisation.objects.get(name=f"澄波区{name}"), cycle="irregular", published_on=MONTH, drifts=drifts
        )
    keep_month(MONTH, moment(31))
    month = read_month(MONTH)
    assert [line.rank for line in month.lines] == [1, 1, 3]
    assert month.lines[2].organisation.name == "澄波区市场监督管理局"
    assert month.total.published == 3
    (only,) = read_month(MONTH, frozenset({month.lines[0].organisation.pk})).lines
    assert only.rank == 1


@pytest.mark.django_db
def test_a_month_is_final_on_the_fifth_of_the_next_and_stays(cast: Cast) -> None:
    bureau = Organisation.objects.get(name="澄波区市场监督管理局")
    make_resource(bureau, published_on=MONTH)
    keep_months(moment(31))
    keep_months(moment(4, month=11))
    assert not read_month(MONTH).is_frozen
    keep_months(moment(5, month=11))
    assert read_month(MONTH).is_frozen
    make_resource(bureau, published_on=MONTH)
    keep_months(moment(6, month=11))
    assert read_month(MONTH).total.published == 1
    assert read_month(date(2026, 11, 1)).total.published == 2
    assert [month for month, _counts in read_year(bureau.pk)] == [MONTH, date(2026, 11, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [2, 22])
def test_a_month_in_which_nobody_counted_is_not_made_up(cast: Cast, day: int) -> None:
    make_resource(Organisation.objects.get(name="澄波区市场监督管理局"), cycle="irregular", published_on=MONTH)
    keep_months(moment(day, month=11))
    assert not MonthFigure.objects.filter(month=MONTH).exists()
    november = date(2026, 11, 1)
    assert [line.change for line in read_month(november).lines] == ["—"]
    keep_months(moment(2, month=12))
    assert [line.change for line in read_month(date(2026, 12, 1)).lines] == ["0.0"]


@pytest.mark.django_db
def test_counting_twice_changes_nothing_and_who_has_nothing_left_is_gone(cast: Cast) -> None:
    resource = make_resource(Organisation.objects.get(name="澄波区消防救援局"), published_on=MONTH)
    at = moment(20)
    assert keep_month(MONTH, at) == keep_month(MONTH, at + timedelta(hours=1)) == 1
    resource.current = None
    resource.save()
    resource.versions.all().delete()
    resource.delete()
    assert keep_month(MONTH, at) == 0
    assert not MonthFigure.objects.exists()

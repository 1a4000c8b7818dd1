"""The log's blocks: chained, stamped, summed once; an altered row is found; days go as a whole."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from zhengtong.capabilities.interfaces import partitions, sealing
from zhengtong.capabilities.interfaces.models import Call, CallBlock, HourTally
from zhengtong.capabilities.interfaces.tests.office import Office
from zhengtong.capabilities.timestamps.public import ClockFault, TimeNotAvailable

pytestmark = pytest.mark.django_db


def test_every_call_is_sealed_stamped_and_summed_once(office: Office) -> None:
    for _turn in range(3):
        office.call()
    office.call(contract="HT-0")
    assert sealing.seal_calls() == 4
    assert sealing.seal_calls() == 0
    office.call()
    assert sealing.seal_calls() == 1
    first, second = CallBlock.objects.order_by("number")
    assert (first.size, second.size, second.previous) == (4, 1, first.digest)
    assert first.stamped_at
    assert second.token
    tallies = HourTally.objects.filter(service=office.service)
    assert sum(each.calls for each in tallies) == 4
    assert sum(each.refused for each in tallies) == 1
    assert sum(sum(each.buckets) for each in tallies) == 4
    for call in Call.objects.all():
        verdict = sealing.check_call(call)
        assert (verdict.is_sealed, verdict.is_unaltered, verdict.is_stamped) == (True, True, True)


@pytest.mark.parametrize("change", [{"status": 403}, {"rows": 99}, {"code": "x"}, {"envelope": "{}"}])
def test_an_altered_row_is_found(office: Office, change: dict[str, object]) -> None:
    office.call()
    sealing.seal_calls()
    Call.objects.update(**change)
    assert not sealing.check_call(Call.objects.get()).is_unaltered


def test_a_removed_row_is_found_by_its_neighbour(office: Office) -> None:
    office.call()
    office.call()
    sealing.seal_calls()
    first, second = Call.objects.order_by("id")
    Call.objects.filter(pk=first.pk).delete()
    assert not sealing.check_call(second).is_unaltered


def test_without_the_time_service_blocks_close_and_are_stamped_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_digest: object) -> bytes:
        raise TimeNotAvailable(ClockFault.UNKNOWN)

    office.call()
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "make_token", away)
        sealing.seal_calls()
        assert CallBlock.objects.get().stamped_at is None
        assert office.call().status_code == 200
    sealing.seal_calls()
    assert not CallBlock.objects.filter(stamped_at=None).exists()


def test_days_are_made_ahead_and_dropped_whole(office: Office) -> None:
    today = timezone.localdate()
    before = set(partitions.list_days())
    late = today + timedelta(days=400)
    made, dropped = partitions.keep_days(late)
    assert made == partitions.AHEAD_DAYS + 1
    assert dropped == len(before)
    assert min(partitions.list_days()) == late


def test_before_eight_in_the_morning_calls_are_still_of_utcs_day_before(monkeypatch: pytest.MonkeyPatch) -> None:
    early = datetime(2030, 5, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: early)
    partitions.keep_days()
    assert min(partitions.list_days()) == date(2030, 5, 1)


def test_a_call_lands_in_the_partition_of_its_day(office: Office) -> None:
    partitions.keep_days()
    office.call()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM interfaces_call")
        assert cursor.fetchone()[0].startswith("interfaces_call_d2")

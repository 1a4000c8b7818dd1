"""Two workers fold while officials act: nothing is lost and nothing is counted twice."""

from threading import Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from zhengtong.capabilities.supervision.counting import fold_deltas
from zhengtong.capabilities.supervision.models import Delta, HourTally, Standing, Tally

ROUNDS, EACH = 30, 20


@pytest.mark.django_db(transaction=True)
def test_each_delta_is_folded_once() -> None:
    today = timezone.localdate()

    def act() -> None:
        for _ in range(ROUNDS):
            Delta.objects.bulk_create(
                [
                    Delta(day=today, hour=9, organisation_id=n % 3, item_id=1, measure="received", amount=1)
                    for n in range(EACH)
                ]
                + [Delta(organisation_id=1, item_id=1, measure="running", amount=2)]
            )
        connections.close_all()

    def fold() -> None:
        for _ in range(ROUNDS * 2):
            fold_deltas(limit=17)
        connections.close_all()

    workers = [Thread(target=run) for run in (act, fold, act, fold)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    while fold_deltas():
        continue
    assert not Delta.objects.exists()
    assert sum(Tally.objects.values_list("amount", flat=True)) == 2 * ROUNDS * EACH
    assert sum(HourTally.objects.values_list("amount", flat=True)) == 2 * ROUNDS * EACH
    assert list(Standing.objects.values_list("organisation_id", "measure", "amount")) == [(1, "running", 4 * ROUNDS)]
    with connection.cursor() as cursor:  # the fold that holds the lock is the only one
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [0x737570])
        assert cursor.fetchone()[0] == 0

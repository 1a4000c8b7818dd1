"""Jobs happen once, are enqueued with what enqueues them, and outlive the worker that had them."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app

from zhengtong.kernel.jobs import Job, job, once
from zhengtong.kernel.models import Effect
from zhengtong.kernel.tasks import MOST_ATTEMPTS, retry_stalled

NAME = "kernel.job_of_a_test"


@pytest.fixture
def declared() -> Iterator[Job]:
    @job(NAME)
    def nothing() -> None: ...

    yield nothing
    del app.tasks[NAME]


@pytest.fixture(autouse=True)
def _empty_queue(db: None) -> None:
    """Start without the jobs of other tests: the queue's tables aren't emptied with Django's own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def jobs() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [NAME])
        return [(str(status), int(attempts)) for status, attempts in cursor.fetchall()]


def execute(sql: str, *values: int) -> int:
    """Execute ``sql`` and return the number in its first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_an_effect_happens_once() -> None:
    happened = []
    for _each in range(3):
        with once("test:effect") as is_first:
            happened.append(is_first)
    assert happened == [True, False, False]


@pytest.mark.django_db
def test_an_effect_that_failed_has_not_happened() -> None:
    def fail() -> None:
        with once("test:effect") as is_first:
            assert is_first
            raise LookupError

    for _each in range(2):
        with pytest.raises(LookupError):
            fail()
    assert not Effect.objects.filter(key="test:effect").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_has_the_effect() -> None:
    ready = Barrier(2, timeout=30)

    def work(_worker: int) -> bool:
        try:
            connection.ensure_connection()
            ready.wait()
            with once("test:effect") as is_first:
                return is_first
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(work, range(2))) == [False, True]
    assert Effect.objects.filter(key="test:effect").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_enqueues_nothing(declared: Job) -> None:
    @transaction.atomic
    def fail() -> None:
        declared.defer()
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert jobs() == []
    with transaction.atomic():
        declared.defer()
    assert jobs() == [("todo", 0)]


@pytest.mark.django_db(transaction=True)
def test_a_workers_job_enqueues_in_its_own_transaction_too(declared: Job) -> None:
    def run() -> None:
        try:
            with transaction.atomic():
                declared.defer()
                raise LookupError
        finally:
            connection.close()

    async def work() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]  # as the worker's command does
            async with app.open_async():
                await sync_to_async(run, thread_sensitive=False)()

    with pytest.raises(LookupError):
        asyncio.run(work())
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("silent_seconds", "attempts", "expected"),
    [
        (settings.WORKER_STALLED_SECONDS - 10, 0, ("doing", 0)),
        (settings.WORKER_STALLED_SECONDS + 1, 0, ("todo", 1)),
        (settings.WORKER_STALLED_SECONDS + 1, MOST_ATTEMPTS, ("failed", MOST_ATTEMPTS + 1)),
    ],
    ids=["alive", "dead", "deadly"],
)
def test_a_dead_workers_job_is_taken_up_again(
    declared: Job, silent_seconds: int, attempts: int, expected: tuple[str, int]
) -> None:
    pk = declared.defer()
    worker = execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        silent_seconds,
    )
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s RETURNING id",
        worker,
        attempts,
        pk,
    )
    async_to_sync(retry_stalled.func)(timestamp=0)
    assert jobs() == [expected]


@pytest.mark.django_db
def test_a_periodic_job_that_takes_long_has_no_second_turn_beside_it(declared: Job) -> None:
    turn = next(each for each in app.tasks.values() if each.queueing_lock == "search.rebuild")
    turn.defer(timestamp=0)
    assert _take() == "search.rebuild"
    turn.defer(timestamp=60)
    declared.defer()
    # What people wait for is taken before the second turn, and that one not at all while the first runs.
    assert _take() == NAME
    assert _take() is None


@pytest.mark.django_db(transaction=True)
def test_a_dead_workers_turn_does_not_hold_up_the_next() -> None:
    turn = next(each for each in app.tasks.values() if each.queueing_lock == "search.rebuild")
    turn.defer(timestamp=0)
    assert _take() == "search.rebuild"
    turn.defer(timestamp=60)
    execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' RETURNING id")
    async_to_sync(retry_stalled.func)(timestamp=0)
    assert _take() == "search.rebuild"


def _take() -> str | None:
    """Take the next job as a worker does, and return its name."""
    worker = execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        (name,) = cursor.fetchone()
    return None if name is None else str(name)

"""Jobs on procrastinate: enqueued in the acting transaction, and safe to run twice.

A killed worker's job is taken up again (``kernel.retry_stalled``), so a job's effect and the mark that it happened
are one transaction: :func:`once` is that mark.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job as DeferredJob
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.tasks import Task

from zhengtong.kernel.models import Effect
from zhengtong.kernel.steps import at_end

Job = Task[Any, Any, Any]


def job(name: str, *, queue: str = "default", retry: int = 5) -> Callable[[Callable[..., None]], Job]:
    """Declare a job. ``name`` is stable (``papers.render``): rows in the queue refer to it."""
    return app.task(name=name, queue=queue, retry=retry)


def periodic(name: str, cron: str) -> Callable[[Callable[..., None]], Job]:
    """Declare a job that every node's worker runs by the clock; ``cron`` has five or six fields.

    One turn runs at a time, on all nodes: one that takes longer than its interval would otherwise take every slot of
    the workers, and what people wait for would stand behind it.
    """

    def declare(function: Callable[..., None]) -> Job:
        task = app.task(name=name, queue="default", queueing_lock=name, lock=name)
        return app.periodic(cron=cron)(task(function))

    return declare


def enqueue(declared: Job, **arguments: int | str) -> None:
    """Defer a job in the caller's transaction; with the other jobs of its step in one statement, if it is in one."""
    at_end(_defer, declared.configure().make_new_job(**arguments))


def enqueue_later(declared: Job, due: datetime, **arguments: int | str) -> None:
    """Defer a job as :func:`enqueue` does, for a worker to take at ``due`` or after."""
    at_end(_defer, declared.configure(schedule_at=due).make_new_job(**arguments))


def hears_worker() -> bool:
    """Return whether a worker of any node was heard from lately; without one, what is enqueued waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [settings.WORKER_STALLED_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def _defer(jobs: list[DeferredJob]) -> None:
    app.job_manager.batch_defer_jobs(jobs=jobs)


@contextmanager
def once(key: str) -> Iterator[bool]:
    """Open a transaction and yield whether the effect named ``key`` has still to happen.

    The mark is written first; a second worker waits for the first one's commit and then gets False.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Effect._meta.db_table} (key, happened_at) VALUES (%s, now()) ON CONFLICT DO NOTHING", [key]
        )
        yield cursor.rowcount == 1


class _WorkerConnector(PsycopgConnector):
    """A worker's own connections for taking jobs; a job that enqueues another does so in its own transaction.

    As it comes, the worker's connector also enqueues on its pool, and what a job enqueues is committed before the job
    is: it starts on rows that aren't there yet, and stays when they never will be.
    """

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


class _Connector(DjangoConnector):
    def get_worker_connector(self) -> PsycopgConnector:
        return _WorkerConnector(kwargs=connector_params())


def enqueue_in_transactions() -> None:
    """Let whoever enqueues a job, a worker's job as well, do so in the transaction of Django's connection."""
    app.connector = app.job_manager.connector = _Connector()

"""``kill -9`` in the middle of a step: the case is as before or as after it, and what was left is done once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.exceptions import AlreadyEnqueued

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.messages.public import Message
from zhengtong.kernel.tasks import retry_stalled

pytestmark = pytest.mark.django_db(transaction=True)
Process = subprocess.Popen[bytes]
SECONDS = 60


@pytest.fixture(autouse=True)
def _empty_queue(db: None) -> None:
    """Start without the jobs of other tests: the queue's tables aren't emptied with Django's own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


@pytest.fixture
def environment() -> Mapping[str, str]:
    """What a process of this installation is started with, on the test's database."""
    database = connection.settings_dict
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql:///{database['NAME']}?host={database['HOST']}&user={database['USER']}"
        f"&password={database['PASSWORD']}&port={database['PORT']}",
        "DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "zhengtong.config.settings",
    }


@pytest.fixture
def start_worker(environment: Mapping[str, str], tmp_path: Path) -> Iterator[Callable[[], Process]]:
    started: list[Process] = []
    with (tmp_path / "worker.log").open("wb") as log:

        def start() -> Process:
            command = [str(Path(sys.executable).with_name("zhengtong")), "worker"]
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True))
            return started[-1]

        yield start
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def ask(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def wait_until(query: str, worker: Process) -> None:
    """Wait until the database answers ``query`` with true. Fails when it takes too long or the worker dies."""
    deadline = time.monotonic() + SECONDS
    while not ask(query):
        assert time.monotonic() < deadline, query
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the worker ended with {worker.wait(0.05)}")


def test_a_job_whose_worker_was_killed_has_its_effect_once(cast: Cast, start_worker: Callable[[], Process]) -> None:
    case = cast.granted()
    delivery = "task_name = 'cases.deliver_electronically'"
    with transaction.atomic():
        # Whoever delivers needs the case: held here, the worker stops in the middle of the job.
        cases.Case.objects.select_for_update().get(pk=case.pk)
        worker = start_worker()
        blocked = "NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        wait_until(f"SELECT count(*) > 0 FROM pg_locks WHERE {blocked}", worker)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert fresh(case).state == cases.LegalState.GRANTED
    assert ask(f"SELECT status::text FROM procrastinate_jobs WHERE {delivery}") == "doing"

    with connection.cursor() as cursor:  # instead of waiting until its silence is long enough
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    with suppress(AlreadyEnqueued):  # by the minute
        retry_stalled.defer(timestamp=0)  # type: ignore[call-arg]  # its parameters are known for sync functions only
    worker = start_worker()
    wait_until("SELECT count(*) = 0 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')", worker)
    assert fresh(case).state == cases.LegalState.DELIVERED
    assert case.events.filter(act="deliver").count() == 1
    assert case.documents.filter(paper__kind="cases.delivery").count() == 1
    assert AuditRecord.objects.filter(action="cases.deliver", object_id=str(case.pk)).count() == 1
    # What the job itself enqueued came to something as well.
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert Message.objects.filter(template="cases.delivered").count() == 1
    assert ask("SELECT string_agg(task_name, ' ') FROM procrastinate_jobs WHERE status = 'failed'") is None


ACCEPT_AND_DIE = """
import os, signal, sys
import django
django.setup()
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity import public as identity
from zhengtong.kernel.events import receives

@receives(cases.CaseAccepted)
def die(event):
    assert cases.Case.objects.get(pk=event.case.pk).state == "accepted"
    os.kill(os.getpid(), signal.SIGKILL)

clerk = identity.get_account_actor(identity.Account.objects.get(username="counter"))
cases.accept_case(actor=clerk, case_id=int(sys.argv[1]))
"""


def test_an_act_that_was_killed_before_its_end_never_happened(cast: Cast, environment: Mapping[str, str]) -> None:
    case = cast.submitted()
    waiting = ask("SELECT count(*) FROM procrastinate_jobs")
    killed = subprocess.run([sys.executable, "-c", ACCEPT_AND_DIE, str(case.pk)], env=environment, timeout=SECONDS)
    assert killed.returncode == -signal.SIGKILL
    after = fresh(case)
    assert (after.state, after.version, after.accepted_at) == (cases.LegalState.SUBMITTED, case.version, None)
    assert cases.get_open_task(after, cases.TaskNode.ACCEPTANCE) is not None
    assert not after.clocks.filter(purpose="decision").exists()
    assert not after.documents.filter(paper__kind="cases.acceptance").exists()
    assert not AuditRecord.objects.filter(action="cases.accept").exists()
    assert ask("SELECT count(*) FROM procrastinate_jobs") == waiting
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    assert fresh(case).state == cases.LegalState.ACCEPTED

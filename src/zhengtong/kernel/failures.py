"""Failed jobs: why they failed, and what an operator may do about them."""

import traceback
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.middleware import SyncCallNext

LONGEST_TRACEBACK = 20_000


def keep_failures() -> None:
    """Have every worker write down why an attempt of a job failed."""
    app.worker_defaults.setdefault("task_middleware", []).append(_note_failure)


def _note_failure(call_next: SyncCallNext, context: JobContext, _worker: Any) -> Any:
    # Inside the job's own thread, after its transaction was rolled back.
    from zhengtong.kernel.models import JobFailure

    try:
        return call_next()
    except Exception as error:
        with transaction.atomic():
            JobFailure.objects.create(
                job_id=context.job.id or 0,
                attempt=context.job.attempts + 1,
                error=f"{type(error).__name__}: {error}"[:500].replace("\x00", ""),
                traceback=traceback.format_exc()[-LONGEST_TRACEBACK:].replace("\x00", ""),
            )
        raise


def retry_failed(job_id: int) -> bool:
    """Put a failed job back into the queue, to run now; return False when it isn't failed (any more)."""
    if not _lock_failed(job_id):
        return False
    app.job_manager.retry_job_by_id(job_id, timezone.now())
    return True


def discard_failed(job_id: int) -> bool:
    """Give a failed job up; it is kept as cancelled for a while. Return False when it isn't failed (any more)."""
    if not _lock_failed(job_id):
        return False
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE id = %s", [job_id])
    return True


def _lock_failed(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE", [job_id])
        return cursor.fetchone() is not None

"""The kernel's own jobs: what a killed worker left half done is taken up again, what is long over is removed."""

import logging
from contextlib import suppress
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

MOST_ATTEMPTS: Final = 5
DONE_KEPT_HOURS: Final = 30 * 24
logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="kernel.retry_stalled", queue="default", queueing_lock="kernel.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Put the jobs of workers that gave no sign of life for ``WORKER_STALLED_SECONDS`` back into the queue.

    A job whose worker died each time is given up after MOST_ATTEMPTS: it would take every worker with it. The turn of a
    periodic job whose next one waits already is ended: it would hold that one up for ever.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_STALLED_SECONDS):
        if job.id is None:
            continue
        logger.warning("job stalled", extra={"job": job.id, "task": job.task_name, "attempts": job.attempts})
        try:
            if job.attempts < MOST_ATTEMPTS:
                await app.job_manager.retry_job(job)
            else:
                await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        except UniqueViolation:
            logger.info("turn left to the next one", extra={"job": job.id})
            with suppress(ConnectorException):
                await app.job_manager.finish_job_by_id_async(job.id, Status.ABORTED, delete_job=False)
        except ConnectorException:  # it was only slow and has ended meanwhile
            logger.info("job not taken up again", extra={"job": job.id})


@app.periodic(cron="20 3 * * *")
@app.task(name="kernel.remove_done", queue="default", queueing_lock="kernel.remove_done")
async def remove_done(timestamp: int) -> None:
    """Remove jobs that succeeded or were discarded thirty days ago. Failed ones stay until somebody decides."""
    await app.job_manager.delete_old_jobs(DONE_KEPT_HOURS, include_cancelled=True, include_aborted=True)

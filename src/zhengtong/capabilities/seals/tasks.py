"""Batches in the background, approvals that lapse, and batches that a dead worker left."""

from zhengtong.kernel.jobs import job, periodic


@job("seals.run_batch", retry=10)
def run_batch(batch_id: int) -> None:
    from zhengtong.capabilities.seals.services.batches import run_batch as run

    run(batch_id)


@periodic("seals.expire_approvals", "*/10 * * * *")
def expire_approvals(timestamp: int) -> None:
    from zhengtong.capabilities.seals.services.lapsing import expire_approvals as expire

    expire()

"""The ledger's copy, kept up."""

from procrastinate.contrib.django import app

from zhengtong.capabilities.keys.services import copy_ledger
from zhengtong.core.crypto.public import SignerUnavailable


@app.periodic(cron="*/10 * * * *")
@app.task(name="keys.copy_ledger", queue="default", queueing_lock="keys.copy_ledger")
def keep_ledger(timestamp: int) -> None:
    """Copy new rows; a signer that is away is asked again at the next turn."""
    try:
        copy_ledger()
    except SignerUnavailable:
        return

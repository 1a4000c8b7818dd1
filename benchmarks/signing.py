"""The signer of the benchmarks' database: a process of its own, as every installation has one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from tests.signer import SignerProcess, folder_of


@contextmanager
def signing() -> Iterator[None]:
    """Have a signer answer; its keys stay as long as the database that names them."""
    signer = SignerProcess(folder_of(settings.DATA_DIR, "benchmark", anew=False)).start()
    settings.SIGNER_SOCKET = signer.socket
    try:
        yield
    finally:
        signer.stop()

"""What is done to files by the clock."""

from zhengtong.core.files import services, storage
from zhengtong.core.files.models import ScanState
from zhengtong.core.files.scanner import get_scanner
from zhengtong.core.files.selectors import list_unscanned
from zhengtong.core.files.services import scan_again
from zhengtong.kernel.jobs import job, periodic
from zhengtong.kernel.policy import SYSTEM


@job("files.drop_bytes")
def drop_bytes(sha256: str) -> None:
    """Delete the bytes of a deleted file, unless somebody else handed in the same ones."""
    services.drop_bytes(sha256=sha256)


@periodic("files.scan_unscanned", "*/10 * * * *")
def scan_unscanned(timestamp: int) -> None:
    """Scan what came while no scanner ran; stop when it stops answering."""
    after = 0
    while get_scanner() is not None and (files := list(list_unscanned(after=after))):
        for file in files:
            if scan_again(actor=SYSTEM, file=file) is ScanState.UNSCANNED:
                return
            after = file.pk


@periodic("files.sweep_incoming", "17 3 * * *")
def sweep_incoming(timestamp: int) -> None:
    """Delete what killed processes left half written."""
    storage.sweep()

"""What is done to files by the clock."""

from zhengtong.core.files import storage
from zhengtong.core.files.models import ScanState
from zhengtong.core.files.scanner import get_scanner
from zhengtong.core.files.selectors import list_unscanned
from zhengtong.core.files.services import scan_again
from zhengtong.kernel.jobs import periodic
from zhengtong.kernel.policy import SYSTEM


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

"""Taking files in: from a person, checked to the last byte, or from the platform itself."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Batch, Unreadable
from zhengtong.core.files import storage
from zhengtong.core.files.domain import FORMS, HEAD_BYTES, Content, FileKind, describe_size, sanitise_name, sniff
from zhengtong.core.files.inspection import inspect_upload
from zhengtong.core.files.models import ScanState, StoredFile
from zhengtong.core.files.refusals import UploadRefused
from zhengtong.core.files.scanner import ScannerUnavailable, get_scanner
from zhengtong.core.files.storage import Incoming
from zhengtong.core.files.uploads import upload_limit
from zhengtong.kernel.jobs import Job, enqueue
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor

logger = logging.getLogger(__name__)

# Uploads of the same bytes wait for a batch.
RESEALED_AT_ONCE = 20


def receive_upload(
    *, actor: Actor, upload: "UploadedFile[bytes]", allowed: frozenset[FileKind], mark: Mark = Mark.INTERNAL
) -> StoredFile:
    """Take in what a person uploaded and return its row.

    The bytes are kept as they came, EXIF data and all: a photo is evidence. Inspection and scan happen before
    the transaction, so no lock is held while they run. Raises UploadRefused, and then nothing is kept.
    """
    name, limit = upload.name or "", upload_limit()
    too_large = UploadRefused("too_large", {"limit": describe_size(limit)})
    if "\x00" in name:
        raise UploadRefused("bad_name")
    if (upload.size or 0) > limit:
        raise too_large
    try:
        incoming = storage.receive(upload.chunks(storage.CHUNK), limit)
    except storage.TooManyBytes:
        raise too_large from None
    try:
        if upload.size is not None and incoming.size != upload.size:
            raise UploadRefused("incomplete")
        kind = inspect_upload(incoming.path, name, allowed, sha256=incoming.sha256)
        state, engine = _scan(incoming)
        if state is ScanState.INFECTED:
            _record_infected(actor, incoming, engine)
            raise UploadRefused("infected")
        with _holding(incoming.sha256):
            storage.keep(incoming)
            kept, content_type = sanitise_name(name, kind), FORMS[kind].content_type
            return _create(actor, incoming, kept, content_type, mark=mark, state=state, engine=engine)
    finally:
        storage.discard(incoming)


def store_bytes(*, actor: Actor, name: str, data: bytes, content_type: str, mark: Mark = Mark.INTERNAL) -> StoredFile:
    """Keep what the platform made itself. Raises ValueError when ``data`` isn't of ``content_type``."""
    _check_content_type(data, content_type)
    incoming = storage.receive(_slices(data))
    try:
        state, engine = _scan(incoming)
        if state is ScanState.INFECTED:
            raise ValueError(f"the scanner found malware in {content_type} of our own making: {engine}")
        with _holding(incoming.sha256):
            storage.keep(incoming)
            return _create(actor, incoming, sanitise_name(name), content_type, mark=mark, state=state, engine=engine)
    finally:
        storage.discard(incoming)


@transaction.atomic
def delete_file(*, actor: Actor, file: StoredFile) -> None:
    """Delete a file for good, as its owner may ask (个人信息保护法 第四十七条): the row now, the bytes by a job.

    Raises ProtectedError while anything refers to it.
    """
    record(actor, "files.delete_file", file, before={"sha256": file.sha256, "size": file.size})
    sha256 = file.sha256
    file.delete()
    enqueue(drop_bytes_job(), sha256=sha256)


def drop_bytes(*, sha256: str) -> bool:
    """Delete the bytes that no row has any more; return whether they were. Twice is once."""
    with _holding(sha256):
        if StoredFile.objects.filter(sha256=sha256).exists():
            return False
        return storage.drop(sha256)


@contextmanager
def _holding(sha256: str) -> Iterator[None]:
    """Let nobody else keep or drop the same bytes meanwhile: a row always has its bytes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"files:{sha256}"])
        yield


def reseal_files(position: str, number: int) -> Batch:
    """Bring the next kept files under the data key ``number``. Called in a transaction."""
    names = storage.list_stored(position, RESEALED_AT_ONCE)
    changed = unreadable = 0
    for sha256 in names:
        with _holding(sha256):
            try:
                changed += storage.reseal(sha256, number)
            except Unreadable:
                logger.error("file does not open", extra={"sha256": sha256})
                unreadable += 1
    ended = len(names) < RESEALED_AT_ONCE
    return Batch(None if ended else names[-1], len(names), changed, unreadable)


def drop_bytes_job() -> Job:
    """The job stands above this module, which it calls."""
    from zhengtong.core.files.tasks import drop_bytes as declared

    return declared


def scan_again(*, actor: Actor, file: StoredFile) -> ScanState:
    """Scan a file that no scanner had seen when it came; return what is known now."""
    scanner = get_scanner()
    if scanner is None:
        return ScanState(file.scan_state)
    try:
        with storage.open_stored(file.sha256) as stream:
            verdict = scanner.scan(stream)
    except ScannerUnavailable as error:
        logger.warning("file not scanned", extra={"error": str(error)})
        return ScanState(file.scan_state)
    state = ScanState.CLEAN if verdict.is_clean else ScanState.INFECTED
    with transaction.atomic():
        before = file.scan_state
        file.scan_state, file.scan_engine = state, verdict.engine[:120]
        file.save(update_fields=["scan_state", "scan_engine"])
        record(
            actor,
            "files.scan_file",
            file,
            before={"scan_state": before},
            after={"scan_state": state, "signature": verdict.signature},
        )
    return state


def _create(
    actor: Actor, incoming: Incoming, name: str, content_type: str, *, mark: Mark, state: ScanState, engine: str
) -> StoredFile:
    with transaction.atomic():
        file = StoredFile.objects.create(
            sha256=incoming.sha256,
            size=incoming.size,
            content_type=content_type,
            name=name,
            mark=mark,
            owner_account_id=actor.account_id,
            scan_state=state,
            scan_engine=engine,
        )
        # Not its name: people put names and numbers of persons into those.
        record(
            actor,
            "files.store_file",
            file,
            after={"sha256": file.sha256, "size": file.size, "content_type": content_type, "scan_state": state},
        )
    return file


def _scan(incoming: Incoming) -> tuple[ScanState, str]:
    scanner = get_scanner()
    if scanner is None:
        return ScanState.UNSCANNED, ""
    try:
        with incoming.path.open("rb") as file:
            verdict = scanner.scan(file)
    except ScannerUnavailable as error:
        logger.warning("file not scanned", extra={"error": str(error)})
        return ScanState.UNSCANNED, ""
    if verdict.is_clean:
        return ScanState.CLEAN, verdict.engine[:120]
    logger.warning("malware refused", extra={"signature": verdict.signature, "sha256": incoming.sha256})
    return ScanState.INFECTED, verdict.signature


def _record_infected(actor: Actor, incoming: Incoming, signature: str) -> None:
    with transaction.atomic():
        after = {"signature": signature, "size": incoming.size}
        record(actor, "files.refuse_infected", ("files.upload", incoming.sha256), after=after)


def _check_content_type(data: bytes, content_type: str) -> None:
    found = sniff(data[:HEAD_BYTES])
    declared = next((kind for kind, form in FORMS.items() if form.content_type == content_type), None)
    if declared in (FileKind.OFD, FileKind.DOCX, FileKind.XLSX):
        agrees = found is Content.ZIP
    elif declared is not None:
        agrees = found is declared
    else:
        agrees = not isinstance(found, FileKind)
    if not agrees:
        raise ValueError(f"{found} is not {content_type}")


def _slices(data: bytes) -> Iterable[bytes]:
    return (data[start : start + storage.CHUNK] for start in range(0, len(data), storage.CHUNK))

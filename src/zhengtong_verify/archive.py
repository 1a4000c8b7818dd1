"""Opening an archive from a stranger: nothing is unpacked to disk, nothing grows beyond a limit, no name leads out."""

import io
import re
import zipfile
import zlib
from typing import Final

from zhengtong_verify.findings import Unusable

MOST_FILES: Final = 100_000
LARGEST_FILE: Final = 64 * 1024 * 1024
LARGEST_TOTAL: Final = 512 * 1024 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")
_END_OF_ARCHIVE: Final = b"PK\x05\x06"
_START_OF_FILE: Final = b"PK\x03\x04"


def is_archive(content: bytes) -> bool:
    return content.startswith((_START_OF_FILE, _END_OF_ARCHIVE))


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return the files of a ZIP by their names. Raises Unusable: ``cut``, ``damaged``, ``bomb`` or ``bad-name``."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise Unusable("cut" if _END_OF_ARCHIVE not in content else "damaged", name="zip") from error
    with archive:
        entries = archive.infolist()
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
            raise Unusable("bomb", limit=f"{LARGEST_TOTAL // 1024 // 1024} MB")
        files: dict[str, bytes] = {}
        for entry in entries:
            if not _NAME.fullmatch(entry.filename) or entry.filename in files:
                raise Unusable("bad-name", name=entry.filename[:80])
            files[entry.filename] = _read(archive, entry)
    return files


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > LARGEST_FILE:
        raise Unusable("bomb", limit=f"{LARGEST_FILE // 1024 // 1024} MB")
    try:
        with archive.open(entry) as file:
            # What it says of its size is its own word; one byte more is read to see whether it lied.
            read = file.read(entry.file_size + 1)
            if len(read) > entry.file_size:
                raise Unusable("bomb", limit=f"{LARGEST_FILE // 1024 // 1024} MB")
            return read
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Unusable("damaged", name=entry.filename) from error


def write_archive(files: dict[str, bytes]) -> bytes:
    """Return a ZIP of ``files`` in the order of their names, the same bytes each time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name])
    return written.getvalue()

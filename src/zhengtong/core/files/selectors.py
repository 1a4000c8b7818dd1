"""Reading files. Whoever calls has already asked whether the actor may."""

from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse

from zhengtong.core.files import storage
from zhengtong.core.files.domain import FileKind, describe_size
from zhengtong.core.files.models import ScanState, StoredFile
from zhengtong.core.files.refusals import describe_limit
from zhengtong.core.files.uploads import upload_limit

# Shown inside the browser only what its own viewers show; the rest is always a download.
SHOWN = frozenset({FileKind.PDF, FileKind.JPG, FileKind.PNG})


class Withheld(PermissionDenied):
    """Malware was found in the file after it was taken in."""


def open_file(file: StoredFile) -> BinaryIO:
    """Open the bytes for reading. Raises Withheld for an infected file."""
    if file.scan_state == ScanState.INFECTED:
        raise Withheld(str(file.public_id))
    return storage.open_stored(file.sha256)


def open_bytes(file: StoredFile) -> bytes:
    """Return all the bytes, for what is known to be small. Raises Withheld."""
    with open_file(file) as stream:
        return stream.read()


def list_unscanned(size: int = 100, after: int = 0) -> QuerySet[StoredFile]:
    """Return files that no scanner has seen, the oldest first."""
    found = StoredFile.objects.filter(scan_state=ScanState.UNSCANNED, pk__gt=after)
    return found.order_by("pk")[:size]


def file_response(file: StoredFile, *, as_attachment: bool) -> FileResponse:
    """Return the bytes as an answer that nothing caches and no script runs in.

    The name goes out in RFC 6266 form with RFC 5987 encoding. The caller has authorised. Raises Withheld.
    """
    response = FileResponse(
        open_file(file),
        as_attachment=as_attachment or file.kind not in SHOWN,
        filename=file.name,
        content_type=file.content_type,
    )
    response.headers["Content-Length"] = str(file.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def describe_kinds(allowed: frozenset[FileKind]) -> str:
    """Return the help text of a file field: which kinds it takes, and how large."""
    return describe_limit(allowed, describe_size(upload_limit()))

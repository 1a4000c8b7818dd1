"""Reading files. Whoever calls has already asked whether the actor may."""

import io
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.files import storage
from zhengtong.core.files.domain import FileKind, describe_size
from zhengtong.core.files.models import ScanState, StoredFile
from zhengtong.core.files.refusals import describe_limit
from zhengtong.core.files.uploads import upload_limit
from zhengtong.core.identity.public import is_cleared
from zhengtong.core.marks.public import describe_mark
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, ActorKind

# Shown inside the browser only what its own viewers show; the rest is always a download.
SHOWN = frozenset({FileKind.PDF, FileKind.JPG, FileKind.PNG})


class Withheld(PermissionDenied):
    """Malware was found in the file after it was taken in, or its mark keeps the reader out."""


def open_file(file: StoredFile) -> BinaryIO:
    """Open the bytes for reading. Raises Withheld for an infected file."""
    if file.scan_state == ScanState.INFECTED:
        raise Withheld(str(file.public_id))
    return storage.open_stored(file.sha256)


def open_for(actor: Actor, file: StoredFile) -> tuple[BinaryIO, int]:
    """Return a file's bytes for ``actor`` and how many they are. Raises Withheld when its mark keeps her out.

    A citizen reads what the row that holds it opens to her, and work secrets only where she handed them in herself.
    """
    is_giver = file.owner_account_id is not None and file.owner_account_id in (actor.account_id, actor.owner_id)
    if file.mark < Mark.WORK_SECRET and actor.kind is not ActorKind.STAFF:
        return open_file(file), file.size
    if not is_giver and not is_cleared(actor, file):
        raise Withheld(_("这份文件标有“%(mark)s”，您不在它的知悉范围内") % {"mark": Mark(file.mark).label})
    if file.mark < Mark.WORK_SECRET or actor.kind is not ActorKind.STAFF:
        return open_file(file), file.size
    record(actor, "marks.read_marked", file, after={"mark": describe_mark(file)})
    # It brings whole libraries for PDF and pictures, which only a marked file asks for.
    from zhengtong.core.files.watermark import draw_watermark

    watermarked = draw_watermark(open_bytes(file), file.content_type, actor, describe_mark(file))
    if watermarked is None:
        if is_giver:
            return open_file(file), file.size
        raise Withheld(_("这种格式加不上阅读者水印，不能打开。请经办人转成 PDF 后重新上传"))
    return io.BytesIO(watermarked), len(watermarked)


def open_bytes(file: StoredFile) -> bytes:
    """Return all the bytes, for what is known to be small. Raises Withheld."""
    with open_file(file) as stream:
        return stream.read()


def list_unscanned(size: int = 100, after: int = 0) -> QuerySet[StoredFile]:
    """Return files that no scanner has seen, the oldest first."""
    found = StoredFile.objects.filter(scan_state=ScanState.UNSCANNED, pk__gt=after)
    return found.order_by("pk")[:size]


def file_response(file: StoredFile, *, actor: Actor, as_attachment: bool) -> FileResponse:
    """Return the bytes as an answer that nothing caches and no script runs in.

    The name goes out in RFC 6266 form with RFC 5987 encoding. The caller has authorised by the row that holds the file;
    the file's own mark is asked here. A work secret is given with the reader's watermark, and the look is recorded.
    Raises Withheld.
    """
    stream, size = open_for(actor, file)
    response = FileResponse(
        stream,
        as_attachment=as_attachment or file.kind not in SHOWN,
        filename=file.name,
        content_type=file.content_type,
    )
    response.headers["Content-Length"] = str(size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def describe_kinds(allowed: frozenset[FileKind]) -> str:
    """Return the help text of a file field: which kinds it takes, and how large."""
    return describe_limit(allowed, describe_size(upload_limit()))

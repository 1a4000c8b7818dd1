"""Keeps uploads within their limits while they arrive: the request by its length, each file as it is read.

Settings: ``UPLOAD_MAX_BYTES`` for one file, ``UPLOAD_MAX_REQUEST_BYTES`` for a request with all its files (by
default one file and a megabyte of form around it), ``FILE_UPLOAD_HANDLERS`` naming :class:`LimitedUploadHandler`.
"""

import time
from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _

from zhengtong.core.files.domain import describe_size

FORM_BYTES = 1 << 20
# A browser shows an answer only after it has sent its request, so the rest is read and thrown away: this much,
# this long, and no further.
DRAIN_BYTES = 256 << 20
DRAIN_SECONDS = 20.0
CHUNK = 1 << 18


def upload_limit() -> int:
    """Return how many bytes one file may have."""
    return int(getattr(settings, "UPLOAD_MAX_BYTES", 20 << 20))


def request_limit(content_type: str) -> int:
    """Return how many bytes a request may have: more for a form with files than for anything else."""
    if content_type == "multipart/form-data":
        return int(getattr(settings, "UPLOAD_MAX_REQUEST_BYTES", None) or upload_limit() + FORM_BYTES)
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or upload_limit())


def refuse_oversized_body(request: HttpRequest) -> str:
    """Return "" for a request of acceptable length, else the sentence to answer 413 with.

    Decides by Content-Length before anything is stored; a middleware calls it before the body is touched.
    """
    limit = request_limit(request.content_type or "")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return ""  # Django reads nothing of such a request
    if length <= limit:
        return ""
    _drain(request)
    return _("这次提交有 %(size)s，超过 %(limit)s 的上限，没有保存。请压缩文件，或者分几次上传。") % {
        "size": describe_size(length),
        "limit": describe_size(limit),
    }


def _drain(request: HttpRequest) -> None:
    drained, deadline = 0, time.monotonic() + DRAIN_SECONDS
    try:
        while drained < DRAIN_BYTES and time.monotonic() < deadline:
            chunk = request.read(CHUNK)
            if not chunk:
                return
            drained += len(chunk)
    except UnreadablePostError:  # the client went away
        return


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Streams each file to disk and stops keeping it at the limit.

    What is past the limit is counted and dropped; the form then gets a file without bytes whose ``size`` tells,
    and says so next to the field, with everything else that was typed still there.
    """

    received: int

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # passes Django's own arguments through
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received <= upload_limit():
            self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        if file_size <= upload_limit():
            return super().file_complete(file_size)
        self.file.close()
        return UploadedFile(
            file=BytesIO(), name=self.file_name, content_type=self.content_type, size=file_size, charset=self.charset
        )

"""Takes an uploaded table in: what it is by its bytes, then kept, scanned and inspected by the files module."""

from django.core.files.uploadedfile import UploadedFile

from zhengtong.core.files.public import (
    FileKind,
    StoredFile,
    UploadRefused,
    describe_size,
    receive_upload,
    store_bytes,
    upload_limit,
)
from zhengtong.kernel.policy import Actor
from zhengtong.screens.sheets.problems import FileRefused

ACCEPT = ".xlsx,.csv"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TEXT = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF", b"GIF8")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<script", b"<meta", b"<?xml")


def receive_table(*, actor: Actor, upload: "UploadedFile[bytes]") -> StoredFile:
    """Keep an uploaded xlsx or csv file. Raises :class:`FileRefused`, and then nothing is kept."""
    size, name = upload.size or 0, upload.name or ""
    if size > upload_limit():
        params = {"size": describe_size(size), "limit": describe_size(upload_limit())}
        raise FileRefused("too_large", params)
    head = upload.read(1024)
    upload.seek(0)
    if not head:
        raise FileRefused("empty_file")
    extension = name.rpartition(".")[2].strip().lower() if "." in name else ""
    if head.startswith(b"PK\x03\x04"):
        try:
            return receive_upload(actor=actor, upload=upload, allowed=frozenset({FileKind.XLSX}))
        except UploadRefused as refused:
            if refused.code == "infected":
                raise FileRefused("infected") from None
            raise FileRefused("unsafe", {"sentence": refused.message}) from None
    _check_text(head)
    if extension not in ("csv", "txt", "tsv"):
        raise FileRefused("misnamed", {"extension": extension[:16] or "?", "kind": "csv"})
    try:
        return store_bytes(actor=actor, name=name, data=upload.read(), content_type="text/csv")
    except ValueError:
        raise FileRefused("infected") from None


def _check_text(head: bytes) -> None:
    if head.startswith(_OLE):
        raise FileRefused("xls_old")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_HTML):
        raise FileRefused("html")
    if head.startswith(_NOT_TEXT) or (head.count(b"\x00") > len(head) // 50 and not head.startswith(_UTF16)):
        raise FileRefused("not_a_sheet")

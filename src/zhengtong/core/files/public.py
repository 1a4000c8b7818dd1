"""The files module's door."""

from zhengtong.core.files.domain import (
    ALL_KINDS,
    PAPERS_AND_PHOTOS,
    FileKind,
    accept_attribute,
    describe_size,
    names_of,
    sanitise_name,
)
from zhengtong.core.files.holders import FileHolder
from zhengtong.core.files.models import ScanState, StoredFile
from zhengtong.core.files.refusals import UploadRefused
from zhengtong.core.files.scanner import Scanner, ScannerUnavailable, get_scanner
from zhengtong.core.files.selectors import Withheld, describe_kinds, file_response, open_bytes, open_file
from zhengtong.core.files.services import delete_file, receive_upload, store_bytes
from zhengtong.core.files.uploads import LimitedUploadHandler, refuse_oversized_body, upload_limit

__all__ = [
    "ALL_KINDS",
    "PAPERS_AND_PHOTOS",
    "FileHolder",
    "FileKind",
    "LimitedUploadHandler",
    "ScanState",
    "Scanner",
    "ScannerUnavailable",
    "StoredFile",
    "UploadRefused",
    "Withheld",
    "accept_attribute",
    "delete_file",
    "describe_kinds",
    "describe_size",
    "file_response",
    "get_scanner",
    "names_of",
    "open_bytes",
    "open_file",
    "receive_upload",
    "refuse_oversized_body",
    "sanitise_name",
    "store_bytes",
    "upload_limit",
]

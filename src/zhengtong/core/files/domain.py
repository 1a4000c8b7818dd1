"""The kinds of file that the platform takes, how their bytes begin, and what a file may be called."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

NAME_MAX = 120
HEAD_BYTES = 4096


class FileKind(StrEnum):
    PDF = "pdf"
    JPG = "jpg"
    PNG = "png"
    OFD = "ofd"
    DOCX = "docx"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind shows itself: its content type, and its extensions with the usual one first."""

    content_type: str
    extensions: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
FORMS: dict[FileKind, Form] = {
    FileKind.PDF: Form("application/pdf", ("pdf",)),
    FileKind.JPG: Form("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    FileKind.PNG: Form("image/png", ("png",)),
    FileKind.OFD: Form("application/ofd", ("ofd",)),
    FileKind.DOCX: Form(f"{_OOXML}wordprocessingml.document", ("docx",)),
    FileKind.XLSX: Form(f"{_OOXML}spreadsheetml.sheet", ("xlsx",)),
}
ALL_KINDS = frozenset(FileKind)
PAPERS_AND_PHOTOS = frozenset({FileKind.PDF, FileKind.JPG, FileKind.PNG, FileKind.OFD})


class Content(StrEnum):
    """What bytes look like when they are nothing that the platform takes, or a container to look into."""

    ZIP = "zip"
    PROGRAM = "program"
    HTML = "html"
    SVG = "svg"
    SCRIPT = "script"
    OLE = "ole"
    ARCHIVE = "archive"
    HEIC = "heic"
    IMAGE = "image"
    VIDEO = "video"
    BURIED_PDF = "buried_pdf"
    TEXT = "text"
    UNKNOWN = "unknown"


_MAGIC: tuple[tuple[bytes, FileKind | Content], ...] = (
    (b"%PDF-", FileKind.PDF),
    (b"\xff\xd8\xff", FileKind.JPG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"PK\x03\x04", Content.ZIP),
    (b"PK\x05\x06", Content.ZIP),
    (b"MZ", Content.PROGRAM),
    (b"\x7fELF", Content.PROGRAM),
    (b"\xca\xfe\xba\xbe", Content.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Content.PROGRAM),
    (b"#!", Content.SCRIPT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Content.OLE),
    (b"Rar!\x1a\x07", Content.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Content.ARCHIVE),
    (b"\x1f\x8b", Content.ARCHIVE),
    (b"BZh", Content.ARCHIVE),
    (b"\xfd7zXZ\x00", Content.ARCHIVE),
    (b"GIF8", Content.IMAGE),
    (b"BM", Content.IMAGE),
    (b"II*\x00", Content.IMAGE),
    (b"MM\x00*", Content.IMAGE),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif")
_HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<meta")


def sniff(head: bytes) -> FileKind | Content:
    """Return what a file is by the first ``HEAD_BYTES`` of it; a zip has still to be looked into."""
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Content.IMAGE
    if head[4:8] == b"ftyp":
        return Content.HEIC if head[8:12] in _HEIC_BRANDS else Content.VIDEO
    # Markup may hide behind a byte order mark, in UTF-16, or behind a PDF header that comes too late.
    text = head.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text):
        return Content.SVG
    if text.startswith(b"<") and any(mark in text for mark in _HTML_MARKS):
        return Content.HTML
    if b"%PDF-" in head:
        return Content.BURIED_PDF
    if b"\x00" not in head and not any(byte < 9 for byte in head):
        return Content.TEXT
    return Content.UNKNOWN


def extension_of(name: str) -> str:
    """Return the lower-case extension of ``name`` without its dot, "" when it has none."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""


def sanitise_name(name: str, kind: FileKind | None = None) -> str:
    """Return a name that is safe to show, to store and to send back.

    Only the last part of a path; no control characters, no invisible or direction-changing ones (they make
    ``gpj.exe`` read as ``exe.jpg``); none of ``<>:"/\\|?*``; NFC; at most ``NAME_MAX`` characters with the
    extension kept. With ``kind`` the extension is one of that kind's. Never empty.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in {"Zl", "Zp"})
    kept = "".join("_" if c in '<>:"|?*' else c for c in kept)
    kept = " ".join(kept.split()).strip(". ")
    extension = extension_of(kept)
    stem = kept[: -len(extension) - 1].rstrip(". ") if extension else kept
    if kind is not None and extension not in FORMS[kind].extensions:
        stem, extension = kept, FORMS[kind].extensions[0]
    extension = extension[:16].strip()
    stem = (stem or "file")[: NAME_MAX - len(extension) - 1].rstrip(". ")
    return f"{stem}.{extension}" if extension else stem


def names_of(kinds: frozenset[FileKind]) -> str:
    """Return the kinds for a sentence, in a fixed order: PDF、JPG、PNG."""
    return "、".join(kind.value.upper() for kind in FileKind if kind in kinds)


def accept_attribute(kinds: frozenset[FileKind]) -> str:
    """Return what ``<input type="file" accept="…">`` takes for ``kinds``."""
    forms = [FORMS[kind] for kind in FileKind if kind in kinds]
    return ",".join([f".{ext}" for form in forms for ext in form.extensions[:2]] + [f.content_type for f in forms])


def describe_size(size: int) -> str:
    """Return a size in bytes as people say it: 20 MB, 1.5 MB, 300 KB."""
    for unit, factor in (("MB", 1024 * 1024), ("KB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} B"

"""Looks into an upload in a process of its own, so that a hostile file can't take the web process with it.

Run as ``python -I -m zhengtong.core.files.probe <kind>`` with the file as standard input; answers with one
JSON line: ``{"kind": "docx"}`` or ``{"code": "pdf_encrypted"}``. Before it reads a byte the process limits its
own memory and processor time. It imports no Django and only the reader that the kind needs.
"""

import io
import json
import resource
import sys
import warnings
import zipfile
from dataclasses import dataclass
from typing import IO, Any

from zhengtong.core.files.domain import Content, FileKind
from zhengtong.kernel.state_secrets import find_state_secret

CPU_SECONDS = 10
MEMORY_BYTES = 1 << 30
MAX_PIXELS = 50_000_000

# A long OFD has a few thousand small parts; a docx or xlsx rarely more than some hundred.
MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 300 << 20
# XML packs 10 to 40 times; deflate can't pack honest content more than about 200 times. Small parts may.
MAX_RATIO = 200
RATIO_MATTERS_FROM = 1 << 20
CHUNK = 1 << 16

_OOXML_PARTS = {"word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX}
_EMBEDDINGS = ("word/embeddings/", "xl/embeddings/")


class Rejected(Exception):
    """The file isn't taken; ``code`` is a key of :data:`zhengtong.core.files.refusals.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def inspect_pdf(file: IO[bytes]) -> FileKind:
    """Check that a PDF opens, isn't encrypted and has pages."""
    import logging

    from pypdf import PdfReader

    # Its complaints about a file would quote the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted:
            raise Rejected("pdf_encrypted")
        count = len(reader.pages)
        if count:
            for page in (reader.pages[0], reader.pages[count - 1]):
                if not page.mediabox.width or not page.mediabox.height:
                    raise Rejected("pdf_unreadable")
            # GB/T 9704 writes the mark into the upper left corner of the first page.
            if find_state_secret(_read_text(reader.pages[0])) is not None:
                raise Rejected("state_secret")
    except (Rejected, MemoryError):
        raise
    except RecursionError as error:
        raise Rejected("too_complex") from error
    except Exception as error:  # pypdf raises whatever the broken object led it into
        raise Rejected("pdf_unreadable") from error
    if not count:
        raise Rejected("pdf_no_pages")
    return FileKind.PDF


def _read_text(page: Any) -> str:
    """Return the page's text, "" for one whose text can't be read: it opens, and that is enough to take it."""
    try:
        return str(page.extract_text())
    except (MemoryError, RecursionError):
        raise
    except Exception:
        return ""


def inspect_image(file: IO[bytes], kind: FileKind) -> FileKind:
    """Check that a photo has a sane size and decodes to its last line."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    formats = ["PNG"] if kind is FileKind.PNG else ["JPEG"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=formats) as image:
                image.verify()
            file.seek(0)
            with Image.open(file, formats=formats) as image:
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Rejected("image_too_many_pixels") from error
    except MemoryError:
        raise
    except OSError as error:
        raise Rejected("image_truncated" if "truncated" in str(error).lower() else "image_unreadable") from error
    except Exception as error:  # Pillow's plugins raise SyntaxError, struct.error, ValueError and others
        raise Rejected("image_unreadable") from error
    return kind


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked, over a package and the packages embedded in it."""

    unpacked: int = MAX_UNPACKED_BYTES
    entries: int = MAX_ENTRIES


def inspect_package(file: IO[bytes], *, budget: _Budget | None = None, embedded: bool = False) -> FileKind | Content:
    """Check a zip container without believing what it declares, and return what it is.

    Refuses too many parts, too much or too densely packed content (declared and real), encrypted parts,
    archives within (Word and Excel may embed one level of each other), macros, paths that leave the folder and
    XML that declares entities: none of OFD, docx and xlsx needs these.
    """
    budget = budget or _Budget()
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
            _check_directory(entries, budget)
            kind = _kind_of(entries)
            _check_overlap(entries)
            for entry in entries:
                if not entry.is_dir():
                    _check_part(package, entry, kind, budget, embedded)
    except (Rejected, MemoryError):
        raise
    except Exception as error:  # zipfile, zlib, bz2, lzma and struct each have their own
        raise Rejected("package_unreadable") from error
    return kind


def _kind_of(entries: list[zipfile.ZipInfo]) -> FileKind | Content:
    names = {entry.filename for entry in entries}
    if "OFD.xml" in names:
        return FileKind.OFD
    if "[Content_Types].xml" in names:
        for part, kind in _OOXML_PARTS.items():
            if part in names:
                return kind
    return Content.ZIP


def _check_directory(entries: list[zipfile.ZipInfo], budget: _Budget) -> None:
    budget.entries -= len(entries)
    if budget.entries < 0 or sum(entry.file_size for entry in entries) > budget.unpacked:
        raise Rejected("package_bomb")
    names: set[str] = set()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Rejected("package_encrypted")
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Rejected("package_bomb")
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.orig_filename.startswith(("/", "\\")) or ".." in parts or "\x00" in entry.orig_filename:
            raise Rejected("package_unsafe")
        if entry.filename in names:
            raise Rejected("package_unsafe")
        names.add(entry.filename)
        if parts[-1].lower() == "vbaproject.bin":
            raise Rejected("package_macros")


def _check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    # Parts that share compressed bytes are how a small file unpacks to petabytes (Fifield 2019).
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise Rejected("package_bomb")
        end = entry.header_offset + 30 + entry.compress_size


def _check_part(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: FileKind | Content, budget: _Budget, embedded: bool
) -> None:
    with package.open(entry) as part:
        head = part.read(CHUNK)
        if head.startswith((b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08")):
            office = kind in (FileKind.DOCX, FileKind.XLSX) and entry.filename.startswith(_EMBEDDINGS)
            if embedded or not office or entry.file_size > RATIO_MATTERS_FROM * 20:
                raise Rejected("package_nested")
            content = head + part.read(RATIO_MATTERS_FROM * 20)
            if inspect_package(io.BytesIO(content), budget=budget, embedded=True) is Content.ZIP:
                raise Rejected("package_nested")
        if entry.filename.lower().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
            raise Rejected("package_unsafe")
        chunk = head
        # Reading to the end also proves the checksum.
        while chunk:
            budget.unpacked -= len(chunk)
            if budget.unpacked < 0:
                raise Rejected("package_bomb")
            chunk = part.read(CHUNK)


def inspect(file: IO[bytes], kind: FileKind | Content) -> FileKind | Content:
    """Look into ``file``, whose first bytes say ``kind``; return what it is, raise :class:`Rejected` if unfit."""
    if kind is FileKind.PDF:
        return inspect_pdf(file)
    if kind in (FileKind.JPG, FileKind.PNG):
        return inspect_image(file, FileKind(kind))
    return inspect_package(file)


def main() -> None:
    """Inspect standard input under this process's own limits and print the verdict."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    word = sys.argv[1]
    kind = FileKind(word) if word in {k.value for k in FileKind} else Content(word)
    verdict: dict[str, str]
    try:
        verdict = {"kind": inspect(sys.stdin.buffer, kind)}
    except Rejected as rejection:
        verdict = {"code": rejection.code}
    except (MemoryError, RecursionError):
        verdict = {"code": "too_complex"}
    sys.stdout.write(json.dumps(verdict) + "\n")


if __name__ == "__main__":
    main()

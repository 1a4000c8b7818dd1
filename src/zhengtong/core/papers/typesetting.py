"""Setting a paper as PDF with typst. Knows nothing of the database.

What people typed never becomes source text: it travels as JSON in the compiler's inputs and is printed as
text. One content gives one sequence of bytes: the time in the file is the day of issue, the fonts are an
explicit chain, and the template is fixed by its hash.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

from zhengtong.core.papers.domain import show_code
from zhengtong.core.papers.fonts import open_font_case
from zhengtong.core.papers.text import ZONE, printable_content

# Templates import the shared library by its path from here, and can read nothing outside.
ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(__file__).resolve().parent / "templates_typst" / "paper.typ"
# PDF/A-2a for the archive, PDF/UA-1 for people who listen to papers.
STANDARDS = ["a-2a", "ua-1"]

_lock = Lock()


class UnprintablePaper(RuntimeError):
    """The template and the content don't fit together; the message is the typesetter's."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is printed: ``content`` for the template, the rest for head and foot.

    ``code`` is the verification code without separators and ``verify_url`` what the QR code holds.
    ``issued_at`` is an aware moment; the printed date is its day in China.
    """

    title: str
    number: str
    issuer_name: str
    issued_at: datetime
    code: str
    verify_url: str
    content: Mapping[str, Any]
    is_specimen: bool = False


def describe_sheet(sheet: Sheet) -> dict[str, Any]:
    """Return what a template reads of ``sheet``, every text made printable. Raises FontsMissing."""
    case = open_font_case()
    shown: dict[str, Any] = printable_content(
        {
            "title": sheet.title,
            "number": sheet.number,
            "issuer_name": sheet.issuer_name,
            "issued_on": sheet.issued_at.astimezone(ZONE).date(),
            "code": show_code(sheet.code),
            "verify_url": sheet.verify_url,
            "fonts": {"song": list(case.song), "hei": list(case.hei)},
            "content": sheet.content,
        },
        case.coverage,
    )
    return shown


def write_inputs(sheet: Sheet, described: Mapping[str, Any]) -> dict[str, str]:
    """Return the compiler's inputs: what is printed, as JSON, and the square to scan."""
    inputs = {"paper": json.dumps(described, ensure_ascii=False), "qr": _qr_code(sheet.verify_url)}
    return inputs | {"specimen": "样张"} if sheet.is_specimen else inputs


def read_moment(sheet: Sheet) -> int:
    """Return the time that the file says it was made: the moment of issue."""
    return int(sheet.issued_at.astimezone(UTC).timestamp())


def render_pdf(template: Path, sheet: Sheet) -> bytes:
    """Return ``sheet`` set by the typst file ``template``. Raises FontsMissing and UnprintablePaper.

    A few milliseconds once the process has its fonts and has read the template.
    """
    inputs = write_inputs(sheet, describe_sheet(sheet))
    try:
        # One compiler serves one thread at a time.
        with _lock:
            pdf = _compiler(template).compile(
                sys_inputs=inputs,
                format="pdf",
                pdf_standards=STANDARDS,  # type: ignore[arg-type]  # the stub wants literals
                timestamp=read_moment(sheet),
            )
    except typst.TypstError as error:
        raise UnprintablePaper(f"{template.name}: {error.message}") from error
    assert isinstance(pdf, bytes)  # one file, because it is a PDF
    return pdf


def template_hash(template: Path | str) -> str:
    """Return the SHA-256 of a template, a file or a text, with the shared libraries: what a paper was set with."""
    source = template.encode() if isinstance(template, str) else template.read_bytes()
    libraries = sorted(LIBRARY.parent.glob("*.typ"))
    return sha256(b"".join([*(path.read_bytes() for path in libraries), source])).hexdigest()


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(input=str(template), root=str(ROOT), font_paths=open_font_case().fonts)


def _qr_code(text: str) -> str:
    picture = BytesIO()
    # M restores 15 %: a fold or a coffee stain. The quiet zone of four modules is part of the picture.
    segno.make_qr(text, error="m").save(picture, kind="svg", border=4, xmldecl=False, svgns=True)
    return picture.getvalue().decode()

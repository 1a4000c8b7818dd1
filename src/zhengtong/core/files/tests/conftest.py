"""A store of its own for every test, an actor, and real files made by the libraries that make them elsewhere."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from pytest_django.fixtures import Settings

from zhengtong.core.identity.public import Account
from zhengtong.kernel.policy import Actor, ActorKind

NO_CLAMD = "/nonexistent/clamd.ctl"


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.CLAMD_SOCKET = NO_CLAMD
    settings.UPLOAD_MAX_BYTES = 2 << 20
    return tmp_path / "files"


@pytest.fixture
def actor(db: None) -> Actor:
    account = Account.objects.create(username="applicant")
    return Actor(kind=ActorKind.CITIZEN, name="李秀英", account=account.public_id, account_id=account.pk)


def make_pdf(pages: int = 1, password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def make_image(form: str = "JPEG", size: tuple[int, int] = (320, 240)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, form)
    return out.getvalue()


def make_zip(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def make_docx(**more: bytes) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
    return make_zip(parts | {name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()})


def make_ofd() -> bytes:
    return make_zip({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<ofd:Document/>"})


def make_huge_png_header() -> bytes:
    """A PNG of 60,000 × 60,000 that is 70 bytes long: what an image bomb looks like from outside."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")

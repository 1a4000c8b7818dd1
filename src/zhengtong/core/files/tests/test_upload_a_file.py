"""An applicant uploads papers and photos, good and bad."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files import storage
from zhengtong.core.files.models import ScanState, StoredFile
from zhengtong.core.files.public import ALL_KINDS, FileKind, UploadRefused, open_bytes, receive_upload, store_bytes
from zhengtong.core.files.tests.conftest import (
    make_docx,
    make_huge_png_header,
    make_image,
    make_ofd,
    make_pdf,
    make_zip,
)
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import SYSTEM, Actor

pytestmark = pytest.mark.django_db
PDF_ONLY = frozenset({FileKind.PDF})


def upload(actor: Actor, name: str, data: bytes, allowed: frozenset[FileKind] = ALL_KINDS) -> StoredFile:
    return receive_upload(actor=actor, upload=SimpleUploadedFile(name, data), allowed=allowed)


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("营业执照.pdf", make_pdf(3), "application/pdf"),
        ("门头.jpg", make_image("JPEG"), "image/jpeg"),
        ("后厨.jpeg", make_image("JPEG"), "image/jpeg"),
        ("平面图.png", make_image("PNG"), "image/png"),
        ("承诺书.ofd", make_ofd(), "application/ofd"),
        ("制度.docx", make_docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_what_is_taken(actor: Actor, store: Path, name: str, data: bytes, content_type: str) -> None:
    file = upload(actor, name, data)
    file.refresh_from_db()
    assert (file.name, file.content_type, file.size) == (name, content_type, len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert (file.owner_account_id, file.mark) == (actor.account_id, Mark.INTERNAL)
    # No scanner runs here, and the row says so.
    assert (file.scan_state, file.scan_engine) == (ScanState.UNSCANNED, "")
    with storage.open_stored(file.sha256) as kept:
        assert kept.read() == data
    assert (store / file.sha256[:2] / file.sha256[2:4] / file.sha256).read_bytes() != data  # encrypted
    assert open_bytes(file) == data
    assert not list((store / "incoming").iterdir())
    record = AuditRecord.objects.get(action="files.store_file")
    assert record.account == actor.account
    assert name not in str(record.after)


_BOMB = make_docx(word__media__a=b"\0" * (20 << 20))
_CHART = make_docx(word__embeddings__a_dot_xlsx=make_zip({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}))
_ENCRYPTED = bytearray(make_docx())
_ENCRYPTED[_ENCRYPTED.find(b"PK\x01\x02") + 8] |= 1


@pytest.mark.parametrize(
    ("code", "name", "data", "sentence"),
    [
        ("empty", "a.pdf", b"", "空的"),
        ("too_large", "a.pdf", make_pdf() + b"\0" * (2 << 20), "超过 2 MB"),
        ("disguised", "执照.pdf", b"MZ\x90\x00" + b"\0" * 200, "以 .pdf 结尾，内容却是可执行程序"),
        ("disguised", "a.pdf", b"<!DOCTYPE html><html><script>alert(1)</script>", "内容却是网页"),
        ("disguised", "a.jpg", b"\xef\xbb\xbf \n<html><body onload=x>", "内容却是网页"),
        ("disguised", "a.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        ("looks_like", "a.svg", b"<svg onload=alert(1)>", "SVG"),
        ("looks_like", "a.html", b"<html></html>", "网页"),
        ("looks_like", "a.sh", b"#!/bin/sh\nrm -rf /", "脚本"),
        ("looks_like", "a.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        ("looks_like", "旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Office"),
        ("looks_like", "锁.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "加了密码"),
        ("unknown", "a.bin", b"\x00\x01\x02\x03" * 50, "认不出"),
        ("misnamed", "照片.png", make_image("JPEG"), "以 .png 结尾，内容却是 JPG"),
        ("misnamed", "a.exe", make_pdf(), "以 .exe 结尾，内容却是 PDF"),
        ("no_extension", "执照", make_pdf(), ".pdf"),
        ("buried_pdf", "a.pdf", b"GARBAGE\n" + make_pdf(), "开头混入"),
        ("pdf_encrypted", "a.pdf", make_pdf(password="secret"), "密码"),
        ("pdf_no_pages", "a.pdf", make_pdf(0), "一页也没有"),
        ("pdf_unreadable", "a.pdf", b"%PDF-1.7\n" + b"nothing here " * 40, "打不开"),
        ("image_truncated", "a.jpg", make_image("JPEG")[:4000], "不完整"),
        ("image_truncated", "a.png", make_image("PNG")[:4000], "不完整"),
        ("image_unreadable", "a.png", b"\x89PNG\r\n\x1a\n" + b"\x11" * 300, "打不开"),
        ("image_truncated", "a.jpg", b"\xff\xd8\xff\xe0" + b"\x11" * 300, "不完整"),
        ("image_too_many_pixels", "a.png", make_huge_png_header(), "5000 万像素"),
        ("zip", "材料.zip", make_zip({"a.pdf": make_pdf()}), "解压后"),
        ("zip", "a.docx", make_zip({"a.txt": b"x"}), "压缩包"),
        ("package_bomb", "a.docx", _BOMB, "大得不正常"),
        ("package_bomb", "a.docx", make_docx(**{f"p{n}": b"" for n in range(10_001)}), "大得不正常"),
        ("package_nested", "a.docx", make_docx(word__media__a_dot_zip=make_zip({"x": b"x"})), "套着"),
        ("package_nested", "a.docx", make_docx(word__embeddings__a_dot_xlsx=_CHART), "套着"),
        ("package_macros", "a.docx", make_docx(word__vbaProject_dot_bin=b"x"), "宏"),
        ("package_unsafe", "a.docx", make_docx(**{"..__..__etc__passwd": b"x"}), "不安全"),
        ("package_unsafe", "a.docx", make_docx(x_dot_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]>"), "不安全"),
        ("package_encrypted", "a.docx", bytes(_ENCRYPTED), "密码"),
        ("package_unreadable", "a.docx", make_docx()[:-30], "损坏"),
    ],
)
def test_what_is_refused(actor: Actor, store: Path, code: str, name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(UploadRefused) as refusal:
        upload(actor, name, data)
    assert refusal.value.code == code
    assert sentence in refusal.value.message
    assert not StoredFile.objects.exists()
    assert not [path for path in store.rglob("*") if path.is_file()]


def test_a_chart_in_a_text_is_no_nested_archive(actor: Actor) -> None:
    assert upload(actor, "a.docx", _CHART).kind is FileKind.DOCX


def test_a_kind_that_this_paper_does_not_take(actor: Actor) -> None:
    with pytest.raises(UploadRefused) as refusal:
        upload(actor, "a.png", make_image("PNG"), PDF_ONLY)
    assert (refusal.value.code, refusal.value.message) == ("not_allowed", "这里不收 PNG 文件。可以上传：PDF。")


def test_a_part_that_lies_about_its_size(actor: Actor) -> None:
    """The directory says 10 bytes where 200,000 are packed: what is read is compared with the checksum."""
    data = bytearray(make_docx(word__media__a=b"A" * 200_000))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UploadRefused) as refusal:
        upload(actor, "a.docx", bytes(data))
    assert refusal.value.code in {"package_unreadable", "package_bomb"}


def test_parts_that_share_their_bytes(actor: Actor) -> None:
    data = bytearray(make_zip({"[Content_Types].xml": b"<T/>", "word/document.xml": b"<d/>", "a": b"xx", "b": b"xx"}))
    entries = zipfile.ZipFile(io.BytesIO(bytes(data))).infolist()
    at = data.rfind(b"PK\x01\x02")
    data[at + 42 : at + 46] = entries[2].header_offset.to_bytes(4, "little")
    with pytest.raises(UploadRefused) as refusal:
        upload(actor, "a.docx", bytes(data))
    assert refusal.value.code in {"package_bomb", "package_unreadable"}


def test_a_null_byte_in_the_name(actor: Actor) -> None:
    sent = SimpleUploadedFile("a.pdf", make_pdf())
    vars(sent)["_name"] = "a.pdf\x00.exe"  # its own setter knows better
    with pytest.raises(UploadRefused) as refusal:
        receive_upload(actor=actor, upload=sent, allowed=ALL_KINDS)
    assert refusal.value.code == "bad_name"


def test_a_file_of_which_a_part_is_missing(actor: Actor) -> None:
    sent = SimpleUploadedFile("a.pdf", make_pdf())
    sent.size = (sent.size or 0) + 10
    with pytest.raises(UploadRefused) as refusal:
        receive_upload(actor=actor, upload=sent, allowed=ALL_KINDS)
    assert refusal.value.code == "incomplete"


def test_the_same_bytes_twice_are_stored_once(actor: Actor, store: Path) -> None:
    data = make_pdf()
    first, second = upload(actor, "a.pdf", data), upload(actor, "b.pdf", data)
    assert first.public_id != second.public_id
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1


def test_a_damaged_copy_is_replaced(actor: Actor, store: Path) -> None:
    data = make_pdf()
    file = upload(actor, "a.pdf", data)
    (store / file.sha256[:2] / file.sha256[2:4] / file.sha256).write_bytes(data[:100])
    assert open_bytes(upload(actor, "a.pdf", data)) == data


def test_a_photo_keeps_its_exif(actor: Actor) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "HUAWEI"
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif)
    assert b"HUAWEI" in open_bytes(upload(actor, "a.jpg", out.getvalue()))


def test_a_pdf_whose_pages_never_end(actor: Actor) -> None:
    """Pages nested into each other without end."""
    tree = b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj\n"
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + tree
    table = b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n%010d 00000 n \n" % body.index(tree)
    trailer = table + b"trailer<</Size 3/Root 1 0 R>>\n"
    with pytest.raises(UploadRefused) as refusal:
        upload(actor, "a.pdf", body + trailer + b"startxref\n%d\n%%%%EOF" % len(body))
    assert refusal.value.code in {"too_complex", "pdf_unreadable", "pdf_no_pages"}


def test_the_platform_keeps_what_it_made(db: None) -> None:
    data = make_pdf()
    file = store_bytes(actor=SYSTEM, name="受理通知书.pdf", data=data, content_type="application/pdf")
    assert (file.owner_account_id, open_bytes(file), file.kind) == (None, data, FileKind.PDF)
    with pytest.raises(ValueError, match="is not application/pdf"):
        store_bytes(actor=SYSTEM, name="a.pdf", data=b"<html>", content_type="application/pdf")

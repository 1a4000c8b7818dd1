"""Somebody who may reads a stored file."""

import pytest
from django.http import FileResponse

from zhengtong.core.files.models import ScanState
from zhengtong.core.files.public import StoredFile, Withheld, file_response, open_bytes, store_bytes
from zhengtong.core.files.tests.conftest import make_docx, make_pdf
from zhengtong.kernel.policy import SYSTEM

pytestmark = pytest.mark.django_db
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def body(response: FileResponse) -> bytes:
    return b"".join(response)


def keep(name: str = "受理 通知书.pdf") -> StoredFile:
    return store_bytes(actor=SYSTEM, name=name, data=make_pdf(), content_type="application/pdf")


def test_download() -> None:
    file = keep()
    response = file_response(file, actor=SYSTEM, as_attachment=True)
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%8F%97%E7%90%86%20%E9%80%9A%E7%9F%A5%E4%B9%A6.pdf"
    )
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert int(response["Content-Length"]) == file.size
    assert body(response) == make_pdf()


def test_look_at_it_in_the_browser() -> None:
    response = file_response(keep(), actor=SYSTEM, as_attachment=False)
    assert response["Content-Disposition"].startswith("inline;")
    response.close()


def test_what_no_browser_shows_is_always_a_download() -> None:
    file = store_bytes(actor=SYSTEM, name="a.docx", data=make_docx(), content_type=DOCX)
    response = file_response(file, actor=SYSTEM, as_attachment=False)
    assert response["Content-Disposition"].startswith("attachment;")
    response.close()


def test_an_infected_file_stays_where_it_is() -> None:
    file = keep()
    StoredFile.objects.update(scan_state=ScanState.INFECTED)
    file.refresh_from_db()
    with pytest.raises(Withheld):
        open_bytes(file)
    with pytest.raises(Withheld):
        file_response(file, actor=SYSTEM, as_attachment=True)

"""Anybody checks a file on the public page or by a program; what can't be read has its sentence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

PAGE = "/verify/file/"


def upload(content: bytes, name: str = "sealed.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_page_of_codes_leads_here(client: Client, db: None) -> None:
    assert f'href="{PAGE}"' in client.get(reverse("hall:verify")).content.decode()
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "只能查验 PDF 和 OFD 文件"),
        (b"%PDF-1.7 cut", "不完整"),
        (b"PK\x03\x04 cut", "已损坏"),
    ],
)
def test_what_cannot_be_checked_has_its_sentence(content: bytes, sentence: str, client: Client, db: None) -> None:
    assert sentence in client.post(PAGE, {"file": upload(content)}).content.decode()


def test_a_program_gets_the_same_report(client: Client, db: None) -> None:
    answer = client.post("/api/sealed-files/verify", {"file": upload(b"hello")})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["verdict"], found["code"], found["seals"]) == ("unreadable", "not_supported", [])
    assert answer["Cache-Control"].startswith("max-age=0")


def test_nothing_chosen_is_said(client: Client, db: None) -> None:
    answer = client.post(PAGE, {})
    assert answer.status_code == 422
    assert "请选择要查验的文件" in answer.content.decode()

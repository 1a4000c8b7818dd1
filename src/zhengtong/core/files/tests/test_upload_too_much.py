"""Uploads beyond the limits are stopped by their length and while they arrive."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile, UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django.fixtures import Settings

from zhengtong.core.files.public import ALL_KINDS, UploadRefused, receive_upload, refuse_oversized_body
from zhengtong.core.files.tests.conftest import make_pdf
from zhengtong.kernel.policy import Actor

MB = 1 << 20


@pytest.fixture(autouse=True)
def handler(settings: Settings) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["zhengtong.core.files.uploads.LimitedUploadHandler"]


def post(size: int) -> WSGIRequest:
    data = make_pdf() + b"\n" * (size - len(make_pdf()))
    return RequestFactory().post("/", {"note": "备注", "paper": SimpleUploadedFile("a.pdf", data)})


def sent_file(request: WSGIRequest) -> "UploadedFile[bytes]":
    file = request.FILES["paper"]
    assert isinstance(file, UploadedFile)
    return file


def test_within_the_limits(actor: Actor) -> None:
    request = post(2 * MB)
    assert refuse_oversized_body(request) == ""
    file = sent_file(request)
    assert isinstance(file, TemporaryUploadedFile)  # on disk, never in memory
    assert receive_upload(actor=actor, upload=file, allowed=ALL_KINDS).size == 2 * MB


def test_a_file_over_its_limit_says_so_and_the_form_keeps_the_rest(actor: Actor) -> None:
    request = post(2 * MB + 1)
    assert refuse_oversized_body(request) == ""
    file = sent_file(request)
    assert (request.POST["note"], file.size, file.read()) == ("备注", 2 * MB + 1, b"")
    with pytest.raises(UploadRefused) as refusal:
        receive_upload(actor=actor, upload=file, allowed=ALL_KINDS)
    assert refusal.value.code == "too_large"
    assert "2 MB" in refusal.value.message


class Endless:
    """A client that sends and sends; counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        self.read_bytes += size
        return b"\0" * size

    readline = read


def test_a_hundred_megabytes_are_refused_by_their_length() -> None:
    body = encode_multipart(BOUNDARY, {"a": "b"})
    source = Endless()
    request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT)
    request = WSGIRequest({**request.META, "CONTENT_LENGTH": str(100 * MB), "wsgi.input": source})
    sentence = refuse_oversized_body(request)
    assert sentence == "这次提交有 100 MB，超过 3 MB 的上限，没有保存。请压缩文件，或者分几次上传。"
    # Read to the end and thrown away, so that the browser shows the answer.
    assert source.read_bytes == 100 * MB
    assert not request.POST


def test_a_terabyte_is_not_even_read_to_its_end() -> None:
    source = Endless()
    environ = RequestFactory().post("/", {}).META
    request = WSGIRequest({**environ, "CONTENT_LENGTH": str(1 << 40), "wsgi.input": source})
    assert "MB" in refuse_oversized_body(request)
    assert source.read_bytes <= 257 * MB


@pytest.mark.parametrize("length", ["", "none", "-1"])
def test_a_length_that_is_no_number(length: str) -> None:
    environ = RequestFactory().post("/", {}).META
    request = WSGIRequest({**environ, "CONTENT_LENGTH": length, "wsgi.input": BytesIO()})
    assert refuse_oversized_body(request) == ""


def test_a_body_that_is_no_upload_has_the_smaller_limit(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    request = RequestFactory().post("/", b"{" + b" " * 1000, content_type="application/json")
    assert refuse_oversized_body(request)


def test_what_comes_in_pieces_is_counted_too(actor: Actor, settings: Settings) -> None:
    """An upload that doesn't know its size is stopped while it is read."""

    class Unsized(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            for _ in range(100):
                yield b"\0" * MB

    file = Unsized("a.pdf", b"x")
    file.size = None
    with pytest.raises(UploadRefused) as refusal:
        receive_upload(actor=actor, upload=file, allowed=ALL_KINDS)
    assert refusal.value.code == "too_large"

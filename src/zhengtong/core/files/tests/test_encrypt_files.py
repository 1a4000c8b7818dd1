"""Files at rest: nothing of them in the clear, any part readable, nothing altered believed, a new key while in use."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from zhengtong.core.crypto import services as crypto
from zhengtong.core.crypto.domain import make_aead
from zhengtong.core.crypto.public import (
    CipherName,
    DataKey,
    DataKeyUse,
    HeldKey,
    Resealing,
    Unreadable,
    continue_resealing,
    keyring,
    replace_data_key,
)
from zhengtong.core.files import sealing, storage
from zhengtong.core.files.public import file_response, open_bytes, open_file, store_bytes
from zhengtong.core.files.sealing import HEAD, PIECE, TAG
from zhengtong.kernel.policy import SYSTEM

TEXT = "当事人的陈述".encode() * 40_000  # some 700 KB, in pieces


def held(cipher: CipherName = CipherName.AES256, number: int = 1) -> HeldKey:
    secret = bytes(range(32))[: 32 if cipher is CipherName.AES256 else 16]
    return HeldKey(number, cipher, make_aead(cipher, secret), secret, 0, 0)


def write(path: Path, plain: bytes, key: HeldKey) -> str:
    sha256 = hashlib.sha256(plain).hexdigest()
    with path.open("wb") as file:
        sealing.write_sealed(io.BytesIO(plain), file, sha256, key)
    return sha256


def read(path: Path, sha256: str, key: HeldKey) -> bytes:
    with sealing.open_sealed(path, sha256, lambda number: key) as file:
        return file.read()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealed")


@given(
    cipher=st.sampled_from(CipherName),
    size=st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE]) | st.integers(0, 4 * PIECE),
    data=st.data(),
)
def test_any_part_of_any_file_is_read(folder: Path, cipher: CipherName, size: int, data: st.DataObject) -> None:
    plain, path, key = os.urandom(size), folder / "any", held(cipher)
    sha256 = write(path, plain, key)
    assert sealing.plain_size(path) == size
    assert sealing.number_of(path) == 1
    with sealing.open_sealed(path, sha256, lambda number: key) as file:
        assert file.read() == plain
        start = data.draw(st.integers(0, size + 10))
        length = data.draw(st.integers(0, size + 10))
        file.seek(start)
        assert file.read(length) == plain[start : start + length]
        assert file.seek(0, os.SEEK_END) == size
        assert file.read() == b""


def test_pieces_cannot_be_changed_moved_left_out_or_cut_off(folder: Path) -> None:
    path, key = folder / "twin", held()
    sha256 = write(path, os.urandom(3 * PIECE + 5), key)
    whole, one = path.read_bytes(), PIECE + TAG
    pieces = [whole[HEAD.size + number * one : HEAD.size + (number + 1) * one] for number in range(4)]
    head = whole[: HEAD.size]
    flipped = bytearray(whole)
    flipped[HEAD.size + one + 7] ^= 1
    for twin in (
        bytes(flipped),
        head + pieces[1] + pieces[0] + pieces[2] + pieces[3],
        head + pieces[0] + pieces[2] + pieces[3],
        head + pieces[0] + pieces[1] + pieces[2],
        whole[:-1],
        whole + b"\0",
        head,
        head[:-1] + bytes([head[-1] ^ 1]) + whole[HEAD.size :],
    ):
        path.write_bytes(twin)
        with pytest.raises(Unreadable):
            read(path, sha256, key)
    path.write_bytes(whole)
    with pytest.raises(Unreadable):
        read(path, hashlib.sha256(b"another").hexdigest(), key)  # under another file's name


@pytest.mark.django_db
def test_a_kept_file_is_encrypted_and_downloaded_as_it_was(store: Path) -> None:
    file = store_bytes(actor=SYSTEM, name="陈述.txt", data=TEXT, content_type="text/plain")
    on_disk = storage.path_of(file.sha256).read_bytes()
    assert on_disk.startswith(sealing.MARK)
    assert TEXT[:60] not in on_disk
    assert not list((store / "incoming").iterdir())
    assert open_bytes(file) == TEXT
    response = file_response(file, actor=SYSTEM, as_attachment=True)
    assert b"".join(response.streaming_content) == TEXT  # type: ignore[arg-type]  # a sync response's
    assert int(response["Content-Length"]) == len(TEXT) == file.size
    again = store_bytes(actor=SYSTEM, name="again.txt", data=TEXT, content_type="text/plain")
    assert storage.path_of(again.sha256).read_bytes() == on_disk  # the same bytes are one file


@pytest.mark.django_db
def test_a_plain_file_from_before_is_read_and_brought_under_the_key(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(crypto, "MARGIN_SECONDS", 0)
    settings.DATA_KEY_FRESH_SECONDS = 0
    file = store_bytes(actor=SYSTEM, name="陈述.txt", data=TEXT, content_type="text/plain")
    path = storage.path_of(file.sha256)
    path.write_bytes(TEXT)
    other = store_bytes(actor=SYSTEM, name="other.txt", data=b"other", content_type="text/plain")
    assert open_bytes(file) == TEXT

    key = replace_data_key(DataKeyUse.FILES, "sm4")
    try:
        with open_file(other) as reading:
            Resealing.objects.exclude(key=key).delete()
            assert continue_resealing()
            assert reading.read() == b"other"  # who has it open reads on
        assert sealing.number_of(path) == sealing.number_of(storage.path_of(other.sha256)) == key.number
        assert open_bytes(file) == TEXT
        assert open_bytes(other) == b"other"
        assert DataKey.objects.filter(use="files", state="retired").count() == 1
    finally:
        keyring.forget()


@pytest.mark.django_db
def test_kept_files_are_listed_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sorted(
        store_bytes(actor=SYSTEM, name=f"{n}.txt", data=b"%d" % n, content_type="text/plain").sha256 for n in range(25)
    )
    found: list[str] = []
    while more := storage.list_stored(found[-1] if found else "", 7):
        found += more
    assert found == made


@pytest.mark.django_db
def test_a_damaged_copy_is_replaced_by_the_next_one() -> None:
    file = store_bytes(actor=SYSTEM, name="陈述.txt", data=TEXT, content_type="text/plain")
    path = storage.path_of(file.sha256)
    damaged = bytearray(path.read_bytes())
    damaged[HEAD.size + 5] ^= 1
    path.write_bytes(damaged)
    again = store_bytes(actor=SYSTEM, name="again.txt", data=TEXT, content_type="text/plain")
    assert open_bytes(again) == open_bytes(file) == TEXT

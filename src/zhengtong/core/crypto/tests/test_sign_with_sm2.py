"""Signing and encrypting with SM2: the standard's own examples, two foreign tools as judges, and what must fail."""

import base64
import gc
import resource
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st
from tongsuopy.crypto import hashes as foreign_hashes
from tongsuopy.crypto import serialization as foreign_keys
from tongsuopy.crypto.asymciphers import ec as foreign
from tongsuopy.crypto.exceptions import InvalidSignature

from zhengtong.core.crypto import sm2
from zhengtong_verify import sm2 as verifier

# GB/T 32918.5-2017, appendix A: a key pair, a signature and a ciphertext.
SCALAR = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNED = b"message digest"
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
PLAIN = b"encryption standard"
C1X = 0x04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73
C1Y = 0xE858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0
C3 = bytes.fromhex("59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766")
C2 = bytes.fromhex("21886CA989CA9C7D58087307CA93092D651EFA")

# PKCS #8 of a key that is only its scalar, as other programs write it (RFC 5915 without the public key).
PKCS8_HEAD = bytes.fromhex("3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420")

KEY = sm2.generate()
SPKI = sm2.public_of(KEY)
PRIVATE = sm2.PrivateKey(KEY)


class _Integers(core.SequenceOf):
    _child_spec = core.Integer


class _Sealed(core.Sequence):
    _fields = [("x", core.Integer), ("y", core.Integer), ("digest", core.OctetString), ("cipher", core.OctetString)]


# asn1crypto has no types.
Integers: Any = _Integers
Sealed: Any = _Sealed


def test_sm3_gives_the_standards_digest() -> None:
    assert verifier.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_the_standards_key_has_the_standards_point() -> None:
    assert sm2.point_of_spki(sm2.public_of(PKCS8_HEAD + SCALAR)) == POINT


def test_the_standards_signature_is_accepted_and_its_neighbours_are_not() -> None:
    spki, signature = sm2.spki_of_point(POINT), Integers([R, S]).dump()
    assert sm2.verify(spki, SIGNED, signature)
    assert not sm2.verify(spki, SIGNED + b"!", signature)
    assert not sm2.verify(spki, SIGNED, Integers([R, S + 1]).dump())
    assert not sm2.verify(spki, SIGNED, Integers([S, R]).dump())
    assert not sm2.verify(spki, SIGNED, signature, identifier=b"ALICE123@YAHOO.COM")


def test_the_standards_ciphertext_opens() -> None:
    sealed = Sealed({"x": C1X, "y": C1Y, "digest": C3, "cipher": C2}).dump()
    assert sm2.decrypt(PKCS8_HEAD + SCALAR, sealed) == PLAIN


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.binary(min_size=1, max_size=60))
def test_what_is_signed_verifies_only_as_it_was_signed(message: bytes, identifier: bytes) -> None:
    signature = PRIVATE.sign(message, identifier)
    assert sm2.verify(SPKI, message, signature, identifier)
    assert not sm2.verify(SPKI, message + b"\0", signature, identifier)
    assert not sm2.verify(SPKI, message, signature, identifier + b"\0")
    assert not sm2.verify(SPKI, message, signature + b"\0", identifier)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.binary(max_size=120))
def test_noise_is_neither_a_key_nor_a_signature_nor_a_ciphertext(first: bytes, second: bytes) -> None:
    assert not sm2.verify(SPKI, b"", first)
    assert not sm2.verify(first, b"", second)
    with pytest.raises(ValueError, match="SM2"):
        sm2.decrypt(KEY, first)
    with pytest.raises(ValueError, match="SM2"):
        sm2.PrivateKey(second)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 68 * 8 - 1))
def test_a_flipped_bit_breaks_signature_and_ciphertext(place: int) -> None:
    def flip(whole: bytes) -> bytes:
        changed = bytearray(whole)
        changed[place // 8 % len(whole)] ^= 1 << place % 8
        return bytes(changed)

    assert not sm2.verify(SPKI, SIGNED, flip(PRIVATE.sign(SIGNED)))
    with pytest.raises(ValueError, match="SM2"):
        PRIVATE.decrypt(flip(sm2.encrypt(SPKI, PLAIN)))


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=2000))
def test_what_is_encrypted_opens_for_its_key_alone(plain: bytes) -> None:
    sealed = sm2.encrypt(SPKI, plain)
    assert PRIVATE.decrypt(sealed) == plain
    with pytest.raises(ValueError, match="not encrypted for this SM2 key"):
        sm2.decrypt(PKCS8_HEAD + SCALAR, sealed)


def test_one_byte_never_stands_in_the_open() -> None:
    # The key stream of one byte is zero once in 256 times, and the library lets that pass.
    assert not any(sm2.encrypt(SPKI, b"a").endswith(b"a") for _ in range(1500))


def test_a_point_off_the_curve_is_no_key() -> None:
    off = bytearray(POINT)
    off[-1] ^= 1
    spki = sm2.spki_of_point(bytes(off))
    assert not verifier.is_public_key(spki)
    assert not sm2.verify(spki, SIGNED, Integers([R, S]).dump())
    with pytest.raises(ValueError, match="SM2 key"):
        sm2.encrypt(spki, PLAIN)


def test_a_key_of_another_curve_is_refused() -> None:
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    with pytest.raises(ValueError, match="SM2 private key"):
        sm2.PrivateKey(made)


def test_two_signatures_over_the_same_message_differ() -> None:
    # The nonce is drawn afresh, and by nothing that can be seeded from here.
    assert len({PRIVATE.sign(SIGNED) for _ in range(50)}) == 50


def test_nothing_to_hide_and_too_much_are_refused() -> None:
    for plain in (b"", b"x" * (sm2.MAX_PLAIN_BYTES + 1)):
        with pytest.raises(ValueError, match="one byte to 64 KiB"):
            sm2.encrypt(SPKI, plain)
    with pytest.raises(ValueError, match="identifier"):
        PRIVATE.sign(b"", b"x" * 8192)


# --- foreign judges ---------------------------------------------------------------------------------------------------


def _pem(kind: str, der: bytes) -> bytes:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n".encode()


def test_tongsuo_and_we_accept_each_other() -> None:
    algorithm = foreign.ECDSA(foreign_hashes.SM3())
    theirs = foreign_keys.load_pem_private_key(_pem("PRIVATE KEY", KEY), None)
    their_public = foreign_keys.load_pem_public_key(_pem("PUBLIC KEY", SPKI))
    assert sm2.verify(SPKI, SIGNED, theirs.sign(SIGNED, algorithm))
    their_public.verify(PRIVATE.sign(SIGNED), SIGNED, algorithm)
    with pytest.raises(InvalidSignature):
        their_public.verify(PRIVATE.sign(SIGNED), SIGNED + b"!", algorithm)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "key.pem").write_bytes(_pem("PRIVATE KEY", KEY))
    (tmp_path / "public.pem").write_bytes(_pem("PUBLIC KEY", SPKI))
    (tmp_path / "message").write_bytes(SIGNED)
    return tmp_path


def _openssl(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)


@pytest.mark.parametrize("identifier", ["1234567812345678", "ALICE123@YAHOO.COM"])
def test_the_openssl_command_and_we_accept_each_other(files: Path, identifier: str) -> None:
    named = ("-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{identifier}")
    (files / "ours").write_bytes(PRIVATE.sign(SIGNED, identifier.encode()))
    check = ("pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-sigfile", "ours", *named)
    assert _openssl(files, *check, "-in", "message").returncode == 0
    (files / "tampered").write_bytes(SIGNED + b"!")
    assert _openssl(files, *check, "-in", "tampered").returncode != 0

    made = _openssl(files, "pkeyutl", "-sign", "-inkey", "key.pem", "-in", "message", "-out", "theirs", *named)
    assert made.returncode == 0, made.stderr
    assert sm2.verify(SPKI, SIGNED, (files / "theirs").read_bytes(), identifier.encode())


def test_the_openssl_command_opens_what_we_encrypt_and_the_other_way(files: Path) -> None:
    (files / "sealed").write_bytes(sm2.encrypt(SPKI, PLAIN))
    opened = _openssl(files, "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "sealed")
    assert opened.stdout == PLAIN, opened.stderr
    sealed = _openssl(files, "pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem", "-in", "message")
    assert PRIVATE.decrypt(sealed.stdout) == SIGNED


# --- many at once, and for long ---------------------------------------------------------------------------------------


def test_many_threads_share_one_key() -> None:
    def work(number: int) -> bool:
        message = str(number).encode()
        return sm2.verify(SPKI, message, PRIVATE.sign(message)) and not sm2.verify(SPKI, b"", PRIVATE.sign(message))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))


def test_memory_does_not_grow_with_use() -> None:
    sealed, signature = sm2.encrypt(SPKI, PLAIN), PRIVATE.sign(SIGNED)

    def use(rounds: int) -> None:
        for number in range(rounds):
            sm2.PrivateKey(KEY)
            sm2.verify(SPKI, number.to_bytes(4), signature)
            sm2.verify(number.to_bytes(4) + SPKI, SIGNED, signature)
            PRIVATE.decrypt(sealed)

    use(300)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    use(1500)
    gc.collect()
    # A leak of one key an iteration would be several MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2048

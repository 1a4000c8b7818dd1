"""Make keys in the signer, sign with them, and let tools that nobody here wrote check."""

import subprocess
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.signer import SignerProcess
from zhengtong.core.crypto import signer as client
from zhengtong.core.crypto.signer import Algorithm, Purpose, SignerRefused

DOCUMENT = "ab" * 32


def new_name(purpose: str = "content") -> str:
    return f"{purpose}-{uuid.uuid4().hex}"


def test_sign_with_p256(signer: SignerProcess) -> None:
    made = client.create_key(new_name(), Algorithm.P256, Purpose.CONTENT)
    assert client.create_key(made.name, Algorithm.P256, Purpose.CONTENT) == made == client.get_public_key(made.name)
    signature = client.sign(made.name, b"a licence", purpose=Purpose.CONTENT)
    public = load_der_public_key(made.spki)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, b"a licence", ec.ECDSA(hashes.SHA256()))


def test_openssl_accepts_what_was_signed_with_sm2_and_refuses_it_altered(signer: SignerProcess, tmp_path: Path) -> None:
    made = client.create_key(new_name(), Algorithm.SM2, Purpose.CONTENT)
    (tmp_path / "key").write_bytes(made.spki)
    (tmp_path / "signature").write_bytes(client.sign(made.name, b"a licence", purpose=Purpose.CONTENT))
    command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature -digest sm3"
    for text, accepted in ((b"a licence", True), (b"A licence", False)):
        (tmp_path / "text").write_bytes(text)
        done = subprocess.run(
            [*command.split(), "-pkeyopt", "distid:1234567812345678"], cwd=tmp_path, capture_output=True, check=False
        )
        assert (done.returncode == 0) is accepted, done.stderr


def test_a_key_serves_its_purpose_alone(signer: SignerProcess) -> None:
    made = client.create_key(new_name(), Algorithm.P256, Purpose.CONTENT)
    with pytest.raises(SignerRefused) as refused:
        client.sign(made.name, b"x", purpose=Purpose.CA)
    assert refused.value.code == "wrong_purpose"


def test_a_token_is_for_one_document_once(signer: SignerProcess) -> None:
    seal = client.create_key(new_name("seal"), Algorithm.SM2, Purpose.SEAL).name
    token = client.call("permit", key=seal, document=DOCUMENT, uses=1, seconds=60)["token"]

    def refusal(**values: str) -> str:
        with pytest.raises(SignerRefused) as refused:
            client.sign(seal, b"x", purpose=Purpose.SEAL, **values)
        return refused.value.code

    assert refusal() == "token_missing"
    assert refusal(token="guessed", document=DOCUMENT) == "token_unknown"
    assert refusal(token=token, document="cd" * 32) == "token_mismatch"
    assert client.sign(seal, b"x", purpose=Purpose.SEAL, token=token, document=DOCUMENT)
    assert refusal(token=token, document=DOCUMENT) == "token_spent"


def test_of_two_uses_of_a_token_at_once_one_wins(signer: SignerProcess) -> None:
    seal = client.create_key(new_name("seal"), Algorithm.P256, Purpose.SEAL).name
    token = client.call("permit", key=seal, document=DOCUMENT, uses=1, seconds=60)["token"]
    together, outcomes = threading.Barrier(6), []

    def use() -> None:
        together.wait()
        try:
            client.sign(seal, b"x", purpose=Purpose.SEAL, token=token, document=DOCUMENT)
            outcomes.append("signed")
        except SignerRefused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["signed", *["token_spent"] * 5]


def test_many_at_once_sign_make_keys_and_open_data_keys(signer: SignerProcess) -> None:
    """The module of the keys is told that threads never meet in it, and one of them crashes when they do."""
    name = client.create_key(new_name("seal"), Algorithm.P256, Purpose.CONTENT).name
    wrapped = client.call("data_key", algorithm="aes256")["wrapped"]
    together = threading.Barrier(8, timeout=30)

    def work(_caller: int) -> bool:
        together.wait()
        for _time in range(25):
            client.sign(name, b"x", purpose=Purpose.CONTENT)
            other = client.create_key(new_name("seal"), Algorithm.P256, Purpose.CONTENT).name
            client.sign(other, b"y", purpose=Purpose.CONTENT)
            client.call("unwrap", wrapped=wrapped)
        return True

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(work, range(8)))


def test_data_keys_open_again_and_move_to_a_newer_key(signer: SignerProcess) -> None:
    for algorithm, size in (("aes256", 44), ("sm4", 24)):
        made = client.call("data_key", algorithm=algorithm)
        assert len(made["key"]) == size
        again = client.call("rewrap", wrapped=made["wrapped"])["wrapped"]
        assert client.call("unwrap", wrapped=again)["key"] == made["key"]
    with pytest.raises(SignerRefused) as refused:
        client.call("unwrap", wrapped=made["wrapped"][:-4] + "AAAA")
    assert refused.value.code == "not_wrapped"

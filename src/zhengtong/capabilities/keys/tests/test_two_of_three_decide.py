"""What needs two of three custodians doesn't happen with one, with the requester, with a guess, or too late."""

import base64
import subprocess
import uuid
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12

from tests.signer import SignerProcess
from zhengtong.capabilities.keys.domain import chain
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.custody import Custody
from zhengtong.capabilities.keys.signer.store import Store
from zhengtong.capabilities.keys.tests.two_of_three import (
    ACCOUNTS,
    approve,
    ask,
    enroll_three,
    open_envelope,
    refusal,
    secret_of,
)
from zhengtong.core.crypto import signer as client
from zhengtong.core.crypto import sm2
from zhengtong.core.crypto.signer import Algorithm, Purpose, SignerRefused


@pytest.fixture
def custodians(own_signer: SignerProcess) -> SignerProcess:
    enroll_three(own_signer)
    return own_signer


def new_key(purpose: Purpose, algorithm: Algorithm = Algorithm.SM2) -> str:
    return client.create_key(f"{purpose}-{uuid.uuid4().hex}", algorithm, purpose).name


def test_after_three_the_ceremony_is_over(custodians: SignerProcess) -> None:
    assert not (custodians.folder / "ceremony-code").exists()
    person = {"account": "mallory", "name": "M", "secret": "a long enough secret"}
    assert refusal("enroll", **person, code="0" * 16) == "ceremony_closed"


def test_a_new_key_encryption_key_moves_every_wrapped_key(custodians: SignerProcess) -> None:
    name, old = new_key(Purpose.CONTENT), client.call("data_key", algorithm="sm4")
    before = client.call("status")["key_encryption_keys"][0]["number"]
    number = ask("rotate_kek")["number"]
    assert approve(number, ACCOUNTS[0]) == "open"
    assert client.call("status")["key_encryption_keys"][0]["number"] == before
    assert refusal("approve", number=number, account=ACCOUNTS[0], secret=secret_of(ACCOUNTS[0])) == "already_approved"
    assert approve(number, ACCOUNTS[2]) == "done"
    assert client.call("status")["key_encryption_keys"][0]["number"] == before + 1
    assert client.call("unwrap", wrapped=old["wrapped"])["key"] == old["key"]
    moved = client.call("rewrap", wrapped=old["wrapped"])["wrapped"]
    assert base64.b64decode(moved)[3:7] == (before + 1).to_bytes(4, "big")
    assert client.sign(name, b"x", purpose=Purpose.CONTENT)


def test_who_asks_does_not_decide(custodians: SignerProcess) -> None:
    key = new_key(Purpose.CONTENT)
    number = ask("destroy", key, requester=ACCOUNTS[0])["number"]
    said = {"number": number, "account": ACCOUNTS[0], "secret": secret_of(ACCOUNTS[0])}
    assert refusal("approve", **said) == "own_request"
    assert refusal("approve", **said | {"account": "mallory"}) == "not_custodian"
    assert refusal("approve", **said | {"account": ACCOUNTS[1]}) == "wrong_secret"
    assert approve(number, *ACCOUNTS[1:]) == "done"


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_destroyed_key_signs_no_more_and_its_signatures_stay_true(
    custodians: SignerProcess, algorithm: Algorithm
) -> None:
    key = new_key(Purpose.CONTENT, algorithm)
    spki = client.get_public_key(key).spki
    assert approve(ask("destroy", key)["number"]) == "done"
    assert refusal("sign", name=key, message=b"x", purpose="content") == "key_destroyed"
    assert client.get_public_key(key).spki == spki
    assert refusal("ask", work="destroy", subject=key, reason="x", requester="a", requester_name="a") == "key_destroyed"


def test_signing_keys_are_never_given_out(custodians: SignerProcess) -> None:
    for purpose in (Purpose.SEAL, Purpose.CA, Purpose.CONTENT):
        key = new_key(purpose)
        asked = {"work": "release", "subject": key, "reason": "x", "requester": "a", "requester_name": "a"}
        assert refusal("ask", **asked) == "not_escrowed"
        assert refusal("envelope", name=key, recipient=client.get_public_key(key).spki) == "not_escrowed"


def test_an_encryption_key_comes_out_of_escrow_in_an_envelope(custodians: SignerProcess) -> None:
    key, receiver = new_key(Purpose.ENCIPHERMENT), sm2.generate()
    recipient = sm2.public_of(receiver)
    first = client.call("envelope", name=key, recipient=recipient)["enveloped"]
    assert refusal("envelope", name=key, recipient=recipient) == "already_delivered"
    asked = ask("release", key, recipient=base64.b64encode(recipient).decode())
    assert refusal("collect", number=asked["number"], code=asked["code"]) == "not_approved"
    assert approve(asked["number"]) == "approved"
    assert refusal("collect", number=asked["number"], code="guessed") == "wrong_code"
    released = client.call("collect", number=asked["number"], code=asked["code"])
    assert refusal("collect", number=asked["number"], code=asked["code"]) == "not_approved"
    scalar = open_envelope(base64.b64decode(released["content"]), receiver)
    assert scalar == open_envelope(base64.b64decode(first), receiver)
    assert len(scalar) == 32


def test_openssl_opens_the_file_that_came_out_of_escrow(custodians: SignerProcess, tmp_path: Path) -> None:
    key = new_key(Purpose.ENCIPHERMENT)
    asked = ask("release", key)
    approve(asked["number"])
    said = {"number": asked["number"], "code": asked["code"]}
    assert refusal("collect", **said, passphrase="short") == "weak_secret"
    released = client.call("collect", **said, passphrase="a passphrase of some length")
    (tmp_path / "key.p8").write_bytes(base64.b64decode(released["content"]))
    command = ["openssl", "pkcs8", "-inform", "DER", "-in", "key.p8", "-outform", "DER", "-passin"]
    done = subprocess.run([*command, "pass:a passphrase of some length"], cwd=tmp_path, capture_output=True, check=True)
    spki = subprocess.run(
        ["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"],
        input=done.stdout,
        capture_output=True,
        check=True,
    ).stdout
    assert spki == client.get_public_key(key).spki
    assert subprocess.run([*command, "pass:another"], cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_p256_key_comes_out_as_pkcs12(custodians: SignerProcess) -> None:
    key = new_key(Purpose.ENCIPHERMENT, Algorithm.P256)
    asked = ask("release", key)
    approve(asked["number"])
    released = client.call(
        "collect", number=asked["number"], code=asked["code"], passphrase="a passphrase of some length"
    )
    private = pkcs12.load_pkcs12(base64.b64decode(released["content"]), b"a passphrase of some length").key
    assert private is not None
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki == client.get_public_key(key).spki


def test_a_successor_takes_a_custodians_seat(custodians: SignerProcess) -> None:
    asked = ask("replace_custodian", "custodian-3", account="keeper-d", name="KEEPER-D")
    person = {"account": "keeper-d", "name": "KEEPER-D", "secret": secret_of("keeper-d")}
    assert refusal("enroll", **person, code=asked["code"]) == "ceremony_closed"
    assert approve(asked["number"]) == "approved"
    assert refusal("enroll", **person | {"account": "mallory"}, code=asked["code"]) == "ceremony_closed"
    assert client.call("enroll", **person, code=asked["code"])["slot"] == 3
    back = ask("replace_custodian", "custodian-3", account=ACCOUNTS[2], name=ACCOUNTS[2].upper())
    assert (
        refusal("approve", number=back["number"], account=ACCOUNTS[2], secret=secret_of(ACCOUNTS[2])) == "not_custodian"
    )
    approve(back["number"])
    client.call("enroll", account=ACCOUNTS[2], name="C", secret=secret_of(ACCOUNTS[2]), code=back["code"])


def test_a_rotated_key_is_followed_by_another_and_then_retired(custodians: SignerProcess) -> None:
    old = new_key(Purpose.JOURNAL)
    new = f"journal-{uuid.uuid4().hex}"
    assert client.call("succeed", name=old, successor=new)["predecessor"] == old
    assert client.sign(old, b"x", purpose=Purpose.JOURNAL)
    assert client.sign(new, b"x", purpose=Purpose.JOURNAL)
    assert client.call("retire", name=old, reason="followed", seconds=600)["state"] == "active"
    assert client.sign(old, b"x", purpose=Purpose.JOURNAL)
    older = new_key(Purpose.JOURNAL)
    assert client.call("retire", name=older, reason="followed")["state"] == "retired"
    assert refusal("sign", name=older, message=b"eA==", purpose="journal") == "key_retired"


def test_the_book_can_not_be_rewritten(custodians: SignerProcess) -> None:
    new_key(Purpose.CONTENT)
    rows = client.call("ledger", after=0, limit=2000)["rows"]
    assert chain.find_break(rows) is None
    assert chain.find_break([*rows[:3], rows[3] | {"subject": "another"}, *rows[4:]]) == 4
    assert chain.find_break([*rows[:3], *rows[4:]]) == 5


def test_yes_comes_too_late_even_when_the_clock_is_set_back(tmp_path: Path) -> None:
    wall = 1_800_000_000.0

    def clock(kept: float = 0) -> Clock:
        return Clock(kept, wall=lambda: wall, steady=lambda: 0.0)

    store, moment = Store(tmp_path / "store"), clock()
    custody = Custody(store, moment, tmp_path, seconds=3600)
    code = (tmp_path / "ceremony-code").read_text()
    for account in ACCOUNTS:
        custody.enroll(account, account, secret_of(account), code)
    number, _code = custody.ask("rotate_kek", "", {}, reason="x", requester="a", requester_name="a")
    wall += 3601
    latest = moment.now()
    wall -= 7200
    later = Custody(store, clock(latest), tmp_path, seconds=3600)
    with pytest.raises(Exception, match="过期"):
        later.approve(number, ACCOUNTS[0], secret_of(ACCOUNTS[0]))


def test_guessing_a_secret_is_stopped(tmp_path: Path) -> None:
    custody = Custody(Store(tmp_path / "store"), Clock(0), tmp_path, seconds=3600)
    custody.enroll(ACCOUNTS[0], "a", secret_of(ACCOUNTS[0]), (tmp_path / "ceremony-code").read_text())
    codes = []
    for secret in (*["a wrong secret"] * 5, secret_of(ACCOUNTS[0])):
        with pytest.raises(Exception, match="口令") as refused:
            custody.decline(1, ACCOUNTS[0], secret)
        codes.append(getattr(refused.value, "code", ""))
    assert codes == [*["wrong_secret"] * 5, "custodian_locked"]


def test_a_refusal_is_known_by_its_code(signer: SignerProcess) -> None:
    with pytest.raises(SignerRefused, match="没有这个申请"):
        client.call("perform", number=9_999_999)

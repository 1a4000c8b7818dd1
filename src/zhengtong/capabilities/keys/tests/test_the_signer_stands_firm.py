"""Messages that no client sends, a signer that is killed, a device that goes away, a clock set back, many callers."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signer import OWN_CONNECTIONS, SignerProcess
from zhengtong.capabilities.keys.signer.answers import Refused
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.configuration import Configuration
from zhengtong.capabilities.keys.signer.permits import Permits
from zhengtong.capabilities.keys.signer.server import Server
from zhengtong.capabilities.keys.signer.store import Store
from zhengtong.core.crypto import signer as client
from zhengtong.core.crypto.signer import Algorithm, Purpose, SignerRefused, SignerUnavailable

DOCUMENT = "ab" * 32


def exchange(connection: socket.socket, body: bytes, size: int | None = None) -> Any:
    connection.sendall(struct.pack(">I", len(body) if size is None else size) + body)
    return hear(connection)


def hear(connection: socket.socket) -> Any:
    def read(count: int) -> bytes:
        parts = b""
        while len(parts) < count and (part := connection.recv(count - len(parts))):
            parts += part
        return parts

    head = read(4)
    return json.loads(read(struct.unpack(">I", head)[0])) if head else None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_request"),
        (b"not json", "bad_request"),
        (b"\xff\xfe", "bad_request"),
        (b"[" * 100_000, "bad_request"),
        (b"[]", "bad_request"),
        (b'{"act": 5}', "bad_request"),
        (b'{"act": "open_sesame"}', "unknown_act"),
        (b'{"act": "sign"}', "bad_value"),
        (b'{"act": "sign", "name": "x", "message": "*", "purpose": "ca"}', "bad_value"),
        (b'{"act": "public", "name": "nobody"}', "unknown_key"),
        (b'{"act": "create", "name": "x", "algorithm": "rsa512", "purpose": "ca"}', "unknown_algorithm"),
        (b'{"act": "create", "name": "x", "algorithm": "p256", "purpose": "fun"}', "unknown_purpose"),
        (b'{"act": "permit", "key": "x", "document": "zz", "uses": true}', "unknown_key"),
        (b'{"act": "unwrap", "wrapped": "WksxAAAAAQ=="}', "not_wrapped"),
        (b'{"act": "inventory", "limit": 1000000}', "bad_value"),
    ],
)
def test_a_hostile_message_gets_a_sentence_and_the_next_an_answer(
    own_signer: SignerProcess, body: bytes, code: str
) -> None:
    with own_signer.speak() as connection:
        answer = exchange(connection, body)
        assert (answer["ok"], answer["code"]) == (False, code)
        assert answer["say"]
        assert exchange(connection, b'{"act": "status"}')["ok"]


def test_a_huge_message_is_not_even_read(own_signer: SignerProcess) -> None:
    with own_signer.speak() as connection:
        answer = exchange(connection, b"", size=2**31)
        assert answer["code"] == "too_large"
        assert connection.recv(1) == b""


def test_who_sends_too_much_hears_why(own_signer: SignerProcess) -> None:
    with pytest.raises(SignerRefused, match="请求超过 1 MB") as refused:
        client.call("sign", name="x", message=bytes(4 << 20), purpose="content")
    assert refused.value.code == "too_large"


def test_a_cut_message_does_nothing(own_signer: SignerProcess) -> None:
    with own_signer.speak() as connection:
        connection.sendall(struct.pack(">I", 500) + b'{"act": "create"')
    assert client.call("status")["ok"]


@given(body=st.binary(max_size=300))
def test_no_message_brings_it_down(own_signer_process: SignerProcess, body: bytes) -> None:
    with own_signer_process.speak() as connection:
        assert exchange(connection, body)["ok"] is False


def test_more_callers_than_places_are_told_so(own_signer: SignerProcess) -> None:
    callers = [own_signer.speak() for _ in range(OWN_CONNECTIONS + 4)]
    try:
        # Each that has a place is answered; who has none hears it without asking.
        answers = []
        for each in callers:
            try:
                answers.append(exchange(each, b'{"act": "status"}'))
            except BrokenPipeError:
                answers.append(hear(each))
        assert any(answer["ok"] for answer in answers)
        assert {answer["code"] for answer in answers if not answer["ok"]} == {"busy"}
    finally:
        for each in callers:
            each.close()


def test_a_spent_token_stays_spent_when_the_signer_is_killed(own_signer: SignerProcess) -> None:
    seal = client.create_key(f"seal-{uuid.uuid4().hex}", Algorithm.SM2, Purpose.SEAL).name
    token = client.call("permit", key=seal, document=DOCUMENT, uses=2, seconds=600)["token"]
    client.sign(seal, b"first", purpose=Purpose.SEAL, token=token, document=DOCUMENT)
    own_signer.kill()
    with pytest.raises(SignerUnavailable):
        client.sign(seal, b"second", purpose=Purpose.SEAL, token=token, document=DOCUMENT)
    own_signer.start()
    # The batch goes on where it stood: one use is left, and no more.
    client.sign(seal, b"second", purpose=Purpose.SEAL, token=token, document=DOCUMENT)
    with pytest.raises(SignerRefused) as refused:
        client.sign(seal, b"second", purpose=Purpose.SEAL, token=token, document=DOCUMENT)
    assert refused.value.code == "token_spent"
    assert client.call("public", name=seal)["uses"] == 2


def test_the_device_goes_away_and_comes_back(own_signer: SignerProcess) -> None:
    name = client.create_key(f"content-{uuid.uuid4().hex}", Algorithm.P256, Purpose.CONTENT).name
    tokens, elsewhere = own_signer.folder / "softhsm" / "tokens", own_signer.folder / "softhsm" / "elsewhere"
    tokens.rename(elsewhere)
    try:
        for _ in range(2):
            with pytest.raises(SignerRefused, match="密码设备没有应答") as refused:
                client.sign(name, b"x", purpose=Purpose.CONTENT)
            assert refused.value.code == "device_away"
    finally:
        elsewhere.rename(tokens)
    assert until_answered(lambda: client.sign(name, b"x", purpose=Purpose.CONTENT))
    assert client.call("data_key", algorithm="aes256")["key"]


def until_answered(ask: Any, tries: int = 200) -> Any:
    """Ask until the device is tried again; it isn't with every request."""
    for _ in range(tries):
        try:
            return ask()
        except SignerRefused:
            threading.Event().wait(0.05)
    return None


def test_a_second_signer_does_not_open_the_same_folder(own_signer: SignerProcess) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zhengtong.capabilities.keys.signer"],
        env={**os.environ, "SIGNER_FOLDER": str(own_signer.folder), "SIGNER_SOCKET": str(own_signer.folder / "other")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "正由另一个签名服务使用" in done.stderr


def test_another_system_user_is_turned_away(own_signer: SignerProcess) -> None:
    configuration = Configuration.read({"DATA_DIR": str(own_signer.folder)})
    server = Server(replace(configuration, allowed_uids=frozenset({os.getuid() + 1})), answer=lambda _request: {})
    ours, theirs = socket.socketpair()
    with ours:
        server.welcome(theirs)
        assert hear(ours)["code"] == "not_allowed"


def test_what_it_keeps_is_for_its_own_user_alone(own_signer: SignerProcess) -> None:
    client.create_key(f"ca-{uuid.uuid4().hex}", Algorithm.SM2, Purpose.CA)
    assert own_signer.folder.stat().st_mode & 0o777 == 0o700
    for path in ("signer.sqlite3", "softhsm/pin", "softhsm/tokens", "ceremony-code", "socket"):
        assert (own_signer.folder / path).stat().st_mode & 0o077 == 0, path


def test_a_token_that_ran_out_stays_so_when_the_clock_is_set_back(tmp_path: Path) -> None:
    wall = 1_800_000_000.0
    store = Store(tmp_path / "store")
    clock = Clock(0, wall=lambda: wall, steady=lambda: 0.0)
    permits = Permits(store, clock)
    token = permits.give("seal", DOCUMENT, uses=1, seconds=60)
    permits.check(token, key="seal", document=DOCUMENT)
    wall += 61
    latest = clock.now()
    wall -= 3600
    restarted = Permits(store, Clock(latest, wall=lambda: wall, steady=lambda: 0.0))
    for each in (permits, restarted):
        with pytest.raises(Refused) as refused:
            each.check(token, key="seal", document=DOCUMENT)
        assert refused.value.code == "token_expired"
    assert clock.behind() == 3600


@given(steps=st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e3)), max_size=30))
def test_the_clock_never_goes_back(steps: list[tuple[float, float]]) -> None:
    wall, steady = 1e9, 0.0
    clock = Clock(0, wall=lambda: wall, steady=lambda: steady)
    last = clock.now()
    for moved, passed in steps:
        wall, steady = wall + moved, steady + passed
        assert clock.now() >= last
        last = clock.now()


def test_it_ends_when_told_and_takes_its_socket_away(own_signer_process: SignerProcess) -> None:
    os.kill(own_signer_process.pid, signal.SIGTERM)
    own_signer_process.stop()
    assert not own_signer_process.socket.exists()
    own_signer_process.start()

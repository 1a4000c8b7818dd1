"""The client and the printed example of curl against a platform that really listens."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from zhengtong.capabilities.interfaces.models import MemberKey
from zhengtong.capabilities.interfaces.tests.office import Office, open_office
from zhengtong.capabilities.interfaces.tests.provider import Provider
from zhengtong.capabilities.pki.public import get_trust_anchors, prepare_trust
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.interfaces import guide
from zhengtong_client import AnswerNotTrusted, Client, PrivateKey, Refused, Unreachable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.stop()


@pytest.fixture
def office(provider: Provider, cast: Cast) -> Office:
    prepare_trust()
    from zhengtong.capabilities.interfaces.gateway.answering import answer_keys
    from zhengtong.capabilities.interfaces.gateway.quota import quotas

    answer_keys.forget()
    quotas.forget()
    here, there = (Organisation.objects.get(name=f"{name}人民政府") for name in ("澄波区", "禾溪县"))
    return open_office(here, there, provider.address)


@pytest.fixture
def roots() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate

    pems = []
    for anchor in get_trust_anchors():
        der = anchor if isinstance(anchor, bytes) else anchor.dump()
        try:
            certificate = load_der_x509_certificate(der)
            certificate.public_key()
        except Exception:  # an SM2 root, which this library can't read
            continue
        pems.append(certificate.public_bytes(Encoding.PEM))
    return b"".join(pems)


def test_the_client_calls_and_believes_only_the_platform(office: Office, live_server: Any, roots: bytes) -> None:
    asked: dict[str, Any] = {"contract": office.contract.number, "purpose": "核验参保状态"}
    with Client(live_server.url, member=office.member.code, key=office.key, trust=roots) as client:
        answer = client.call(office.service.code, parameters={"idno": "1"}, **asked)
        assert answer.rows[0]["name"] == "王**"
        with pytest.raises(Refused) as told:
            client.call(office.service.code, parameters={"admin": "1"}, **asked)
        assert (told.value.code, told.value.status) == ("parameter-unknown", 403)
        assert "参数" in str(told.value)
    other = PrivateKey.generate()
    stranger = _self_signed(other)
    with (
        Client(live_server.url, member=office.member.code, key=office.key, trust=stranger) as client,
        pytest.raises(AnswerNotTrusted),
    ):
        client.call(office.service.code, **asked)


def _self_signed(key: PrivateKey) -> bytes:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody else")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(own.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(own, SHA256()).public_bytes(Encoding.PEM)


def test_nobody_there_is_said_so() -> None:
    with (
        Client("http://127.0.0.1:1", member="x", key=PrivateKey.generate(), trust=None, attempts=1) as client,
        pytest.raises(Unreachable) as told,
    ):
        client.call("x", contract="x", purpose="x")
    assert not told.value.was_sent


def test_the_command_makes_a_key_and_calls(office: Office, live_server: Any, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    command = [sys.executable, "-m", "zhengtong_client"]
    made = subprocess.run([*command, "new-key", str(file)], capture_output=True, text=True, check=True)
    assert file.stat().st_mode & 0o777 == 0o600
    from zhengtong_client.keys import PublicKey

    key = PublicKey.read(made.stdout)
    MemberKey.objects.create(member=office.member, key_id=key.key_id, algorithm="ed25519", spki=key.spki)
    options = ["--url", live_server.url, "--member", office.member.code, "--key", str(file)]
    called = subprocess.run(
        [*command, "call", office.service.code, *options, "--contract", office.contract.number, "--purpose", "核验"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(called.stdout.splitlines()[0])["name"] == "王**"
    refused = subprocess.run(
        [*command, "call", office.service.code, *options, "--contract", "HT-0", "--purpose", "核验"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("contract-unknown")


@pytest.mark.parametrize("kind", ["EC", "SM2"])
def test_the_printed_example_of_curl_and_openssl_runs(
    office: Office, live_server: Any, tmp_path: Path, settings: Any, kind: str
) -> None:
    settings.PUBLIC_URL = live_server.url
    file = tmp_path / "key.pem"
    curve = {"EC": "P-256", "SM2": "SM2"}[kind]
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", str(file)],
        check=True,
        capture_output=True,
    )
    public = subprocess.run(
        ["openssl", "pkey", "-in", str(file), "-pubout"], check=True, capture_output=True, text=True
    ).stdout
    from zhengtong_client.keys import PublicKey

    key = PublicKey.read(public)
    assert key.algorithm == {"EC": "p256", "SM2": "sm2"}[kind]
    MemberKey.objects.create(member=office.member, key_id=key.key_id, algorithm=key.algorithm, spki=key.spki)
    script = guide.write_curl(office.service, office.contract)
    if kind == "SM2":
        plain = 'openssl dgst -sha256 -sign "$KEY"'
        assert plain in script
        script = script.replace(plain, 'openssl dgst -sm3 -sigopt distid:1234567812345678 -sign "$KEY"')
    environment = {**os.environ, "MEMBER": office.member.code, "KEY": str(file), "PURPOSE": "核验参保状态"}
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["rows"][0]["name"] == "王**"

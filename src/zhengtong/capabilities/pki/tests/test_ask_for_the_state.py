"""A program asks whether a certificate still counts: by OCSP over HTTP, by list, and openssl believes the answers."""

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asn1crypto import ocsp
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.pki.domain.containers import to_pem
from zhengtong.capabilities.pki.domain.status import Malformed, read_request
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.models import Authority, Certificate, RevocationList
from zhengtong.capabilities.pki.public import (
    Subject,
    ensure_service_certificate,
    get_list,
    hold_certificate,
    issue_for_key,
    release_certificate,
    revoke_certificate,
)
from zhengtong.capabilities.pki.services.collecting import make_key
from zhengtong.capabilities.pki.services.lists import publish_due_lists
from zhengtong.capabilities.pki.tests.judges import openssl
from zhengtong.core.crypto.public import Algorithm
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM

OCSP = "/trust/ocsp"


def _certify(algorithm: Algorithm = Algorithm.P256, name: str = "澜江水位站") -> Certificate:
    _private, spki = make_key(algorithm)
    return issue_for_key(actor=SYSTEM, profile="device", subject=Subject({"common_name": name}), spki=spki)


def _files(folder: Path, certificate: Certificate) -> dict[str, str]:
    chain = certificate.chain_der()
    for name, content in {
        "leaf": to_pem(bytes(certificate.der)),
        "issuer": to_pem(chain[0]),
        "root": to_pem(chain[-1]),
    }.items():
        (folder / f"{name}.pem").write_bytes(content)
    return {name: str(folder / f"{name}.pem") for name in ("leaf", "issuer", "root")}


def _ask(client: Client, folder: Path, *certificates: Certificate, hash_name: str = "sha1") -> bytes:
    """Return the answer to a request that openssl makes, sent as it would be."""
    files = _files(folder, certificates[0])
    named: list[str] = []
    for number, each in enumerate(certificates):
        path = folder / f"asked{number}.pem"
        path.write_bytes(to_pem(bytes(each.der)))
        named += ["-cert", str(path)]
    request = folder / "request.der"
    openssl("ocsp", f"-{hash_name}", "-issuer", files["issuer"], *named, "-reqout", str(request))
    response = client.post(OCSP, request.read_bytes(), content_type="application/ocsp-request")
    assert response.headers["Content-Type"] == "application/ocsp-response"
    assert "no-store" in response.headers["Cache-Control"]
    return bytes(response.content)


def _judge(folder: Path, answer: bytes, files: dict[str, str], *, ok: bool = True, hash_name: str = "sha1") -> str:
    (folder / "answer.der").write_bytes(answer)
    return openssl(
        *("ocsp", "-respin", str(folder / "answer.der"), "-no_nonce"),
        *("-CAfile", files["root"], "-verify_other", files["issuer"], "-issuer", files["issuer"]),
        *(f"-{hash_name}", "-cert", files["leaf"]),
        ok=ok,
    )


def test_good_held_released_revoked_each_at_once(db: None, client: Client, tmp_path: Path) -> None:
    certificate = _certify()
    files = _files(tmp_path, certificate)
    said = _judge(tmp_path, _ask(client, tmp_path, certificate), files)
    assert "Response verify OK" in said
    assert "leaf.pem: good" in said
    hold_certificate(actor=SYSTEM, certificate=certificate, note="U盾丢失")
    assert "certificateHold" in _judge(tmp_path, _ask(client, tmp_path, certificate), files)
    release_certificate(actor=SYSTEM, certificate=certificate)
    assert "leaf.pem: good" in _judge(tmp_path, _ask(client, tmp_path, certificate), files)
    revoke_certificate(actor=SYSTEM, certificate=certificate, reason="key_compromise")
    answer = _ask(client, tmp_path, certificate, hash_name="sha256")
    said = _judge(tmp_path, answer, files, hash_name="sha256")
    assert "keyCompromise" in said
    with pytest.raises(CertificateRefused, match="已经在"):
        revoke_certificate(actor=SYSTEM, certificate=certificate, reason="key_compromise")
    with pytest.raises(CertificateRefused, match="只有暂停的"):
        release_certificate(actor=SYSTEM, certificate=certificate)


def test_the_tampered_answer_is_refused(db: None, client: Client, tmp_path: Path) -> None:
    certificate = _certify()
    files = _files(tmp_path, certificate)
    answer = bytearray(_ask(client, tmp_path, certificate))
    answer[bytes(answer).index(ocsp.CertStatus("good", ocsp.StatusGood()).dump() + b"\x18\x0f") + 15] ^= 1
    _judge(tmp_path, bytes(answer), files, ok=False)


def test_several_certificates_and_one_nobody_issued(db: None, client: Client, tmp_path: Path) -> None:
    first, second = _certify(), _certify(name="二号站")
    revoke_certificate(actor=SYSTEM, certificate=second, reason="superseded")
    unknown = _certify(name="没有的")
    Certificate.objects.filter(pk=unknown.pk).delete()
    answer = ocsp.OCSPResponse.load(_ask(client, tmp_path, first, second, unknown))
    states = [each["cert_status"].name for each in answer.response_data["responses"]]
    assert states == ["good", "revoked", "unknown"]
    request = ocsp.OCSPRequest.load((tmp_path / "request.der").read_bytes())
    assert answer.nonce_value.native == request.nonce_value.native


def test_by_get_as_well(db: None, client: Client, tmp_path: Path) -> None:
    certificate = _certify()
    _ask(client, tmp_path, certificate)
    encoded = quote(base64.b64encode((tmp_path / "request.der").read_bytes()).decode(), safe="")
    answer = client.get(f"{OCSP}/{encoded}").content
    assert "good" in _judge(tmp_path, answer, _files(tmp_path, certificate))
    assert ocsp.OCSPResponse.load(client.get(f"{OCSP}/bm9wZQ").content)["response_status"].native == "malformed_request"


def test_the_authority_itself_is_answered_for_by_the_root(db: None, client: Client, tmp_path: Path) -> None:
    issuing = Authority.objects.get(code="issuing")
    assert issuing.parent is not None
    for name, der in (("leaf", issuing.der), ("issuer", issuing.parent.der), ("root", issuing.parent.der)):
        (tmp_path / f"{name}.pem").write_bytes(to_pem(bytes(der)))
    files = {name: str(tmp_path / f"{name}.pem") for name in ("leaf", "issuer", "root")}
    openssl("ocsp", "-issuer", files["issuer"], "-cert", files["leaf"], "-reqout", str(tmp_path / "request.der"))
    answer = client.post(OCSP, (tmp_path / "request.der").read_bytes(), content_type="application/ocsp-request")
    assert "leaf.pem: good" in _judge(tmp_path, answer.content, files)


def test_nobody_else_is_answered_for(db: None, client: Client) -> None:
    asked = ocsp.OCSPRequest(
        {
            "tbs_request": {
                "request_list": [
                    {
                        "req_cert": {
                            "hash_algorithm": {"algorithm": "sha1"},
                            "issuer_name_hash": hashlib.sha1(b"x").digest(),
                            "issuer_key_hash": hashlib.sha1(b"y").digest(),
                            "serial_number": 7,
                        }
                    }
                ]
            }
        }
    )
    answer = client.post(OCSP, asked.dump(), content_type="application/ocsp-request")
    assert ocsp.OCSPResponse.load(answer.content)["response_status"].native == "unauthorized"


def test_sm2_is_answered_by_an_sm2_responder(db: None, client: Client, tmp_path: Path) -> None:
    from zhengtong_verify.chain import verify_signature

    certificate = _certify(Algorithm.SM2)
    answer = ocsp.OCSPResponse.load(_ask(client, tmp_path, certificate))
    basic = answer.basic_ocsp_response
    responder = basic["certs"][0]
    assert verify_signature(
        responder.public_key.dump(),
        basic["signature_algorithm"],
        basic["tbs_response_data"].dump(),
        bytes(basic["signature"]),
    )
    assert responder.extended_key_usage_value.native == ["ocsp_signing"]
    assert "ocsp_no_check" in {each["extn_id"].native for each in responder["tbs_certificate"]["extensions"]}

    assert b"\x01" in client.post(OCSP, {"a": "form"}).content


@given(st.binary(max_size=300))
def test_what_is_no_request_is_malformed(noise: bytes) -> None:
    with pytest.raises(Malformed):
        read_request(noise)


@pytest.mark.django_db(transaction=True)
def test_openssl_asks_a_live_server(live_server: Any, tmp_path: Path) -> None:
    certificate = _certify()
    files = _files(tmp_path, certificate)
    command = ["ocsp", "-issuer", files["issuer"], "-cert", files["leaf"], "-CAfile", files["root"]]
    command += ["-verify_other", files["issuer"], "-url", f"{live_server.url}{OCSP}"]
    assert "leaf.pem: good" in openssl(*command)
    revoke_certificate(actor=SYSTEM, certificate=certificate, reason="cessation_of_operation")
    assert "cessationOfOperation" in openssl(*command)


def test_lists_are_found_where_certificates_say(db: None, client: Client, tmp_path: Path) -> None:
    certificate = _certify()
    from zhengtong_verify.chain import parse_certificate, parse_list

    url = parse_certificate(bytes(certificate.der)).crl_distribution_points[0].url
    assert url == f"{settings.PUBLIC_URL}/trust/crl/issuing.crl"
    before = parse_list(client.get("/trust/crl/issuing.crl").content)
    revoke_certificate(actor=SYSTEM, certificate=certificate, reason="unspecified")
    after = parse_list(client.get("/trust/crl/issuing.crl").content)
    assert after.crl_number_value.native > before.crl_number_value.native
    serials = {each["user_certificate"].native for each in after["tbs_cert_list"]["revoked_certificates"]}
    assert int(certificate.serial, 16) in serials
    for path in ("root.pem", "root-sm2.pem", "issuing.pem", "chain.pem", "chain-sm2.pem", "root.cer", "chain.p7b"):
        response = client.get(f"/trust/ca/{path}")
        assert response.status_code == 200, path
    assert client.get("/trust/ca/nobody.pem").status_code == 404
    assert client.get("/trust/ca/chain.pem").content.count(b"BEGIN CERTIFICATE") == 2
    (tmp_path / "l.pem").write_bytes(client.get("/trust/crl/issuing.pem").content)
    (tmp_path / "ca.pem").write_bytes(client.get("/trust/ca/issuing.pem").content)
    assert "verify OK" in openssl("crl", "-in", str(tmp_path / "l.pem"), "-CAfile", str(tmp_path / "ca.pem"), "-noout")


def test_a_list_that_ran_out_is_published_anew(db: None) -> None:
    issuing = Authority.objects.get(code="issuing")
    old = get_list(issuing)
    with as_of(old.next_update):
        assert get_list(issuing).number == old.number + 1
    assert RevocationList.objects.filter(authority=issuing).count() == 2
    with as_of(old.this_update):
        assert publish_due_lists() == 0


def test_a_service_has_one_certificate_whoever_asks(db: None, tmp_path: Path) -> None:
    first = ensure_service_certificate("timestamp", Algorithm.P256)
    assert ensure_service_certificate("timestamp", "p256") == first
    files = _files(tmp_path, first)
    shown = openssl("x509", "-in", files["leaf"], "-noout", "-text")
    assert "X509v3 Extended Key Usage: critical\n                Time Stamping" in shown
    assert "Time Stamp signing : Yes" in openssl("x509", "-in", files["leaf"], "-noout", "-purpose")

"""Somebody applies, somebody else approves, and openssl agrees with what comes out."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import csr, pem, x509
from cryptography import x509 as foreign
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.utils import timezone

from tests.cast import Cast, make_cast
from zhengtong.capabilities.pki.domain.containers import list_to_pem, to_pem, to_pkcs7
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.models import (
    ApplicationState,
    Authority,
    Certificate,
    CertificateApplication,
    CertificateState,
)
from zhengtong.capabilities.pki.public import find_account_by_certificate, get_list, revoke_certificate
from zhengtong.capabilities.pki.services.applying import apply_for_certificate, withdraw_application
from zhengtong.capabilities.pki.services.collecting import collect_certificate
from zhengtong.capabilities.pki.services.deciding import approve_application, refuse_application
from zhengtong.capabilities.pki.tests.judges import OPENSSL_ID, make_request, openssl
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation
from zhengtong.core.messages.public import Message
from zhengtong.kernel.policy import Denied

GOOD = "anlan-2026-file"


def _issue(cast: Cast, folder: Path, **changes: Any) -> Certificate:
    """Bring a person's application with a request of her own to its end."""
    request = make_request(folder, **changes)
    kind = {"sm2": "sm2", "rsa": "rsa3072"}.get(changes.get("key", ("ec",))[0], "p256")
    application = apply_for_certificate(
        actor=cast.reviewer, profile="person", algorithm=kind, request=request, with_encryption=kind == "sm2"
    )
    done = approve_application(actor=cast.ca_approver, application=application)
    assert done.certificate is not None
    return done.certificate


def _chain_files(certificate: Certificate, folder: Path) -> dict[str, str]:
    chain = certificate.chain_der()
    files = {
        "leaf": to_pem(bytes(certificate.der)),
        "issuing": to_pem(*chain[:-1]),
        "root": to_pem(chain[-1]),
        "lists": b"".join(
            list_to_pem(bytes(get_list(each).der))
            for each in (certificate.authority, certificate.authority.parent)
            if each is not None
        ),
    }
    for name, content in files.items():
        (folder / f"{name}.pem").write_bytes(content)
    return {name: str(folder / f"{name}.pem") for name in files}


def test_openssl_accepts_the_chain_and_refuses_the_tampered_twin(cast: Cast, tmp_path: Path) -> None:
    certificate = _issue(cast, tmp_path)
    files = _chain_files(certificate, tmp_path)
    verify = ["verify", "-x509_strict", "-crl_check_all", "-CAfile", files["root"], "-untrusted", files["issuing"]]
    assert "OK" in openssl(*verify, "-CRLfile", files["lists"], files["leaf"])
    shown = openssl("x509", "-in", files["leaf"], "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
    assert "CN=林国栋" in shown
    assert "Digital Signature, Non Repudiation" in shown
    assert "/trust/crl/issuing.crl" in shown
    assert "OCSP - URI:" in shown

    twin = bytearray(certificate.der)
    twin[bytes(certificate.der).index("林国栋".encode())] ^= 1
    (tmp_path / "twin.pem").write_bytes(to_pem(bytes(twin)))
    openssl(*verify, "-CRLfile", files["lists"], str(tmp_path / "twin.pem"), ok=False)

    revoke_certificate(actor=cast.ca_officer, certificate=certificate, reason="key_compromise")
    files = _chain_files(certificate, tmp_path)
    assert "certificate revoked" in openssl(*verify, "-CRLfile", files["lists"], files["leaf"], ok=False)
    assert "Key Compromise" in openssl(
        "crl", "-in", files["lists"], "-noout", "-text", "-CAfile", files["issuing"], "-verify"
    )


def test_sm2_has_two_certificates_and_openssl_verifies_with_the_identifier(cast: Cast, tmp_path: Path) -> None:
    certificate = _issue(cast, tmp_path, key=("sm2", ""))
    files = _chain_files(certificate, tmp_path)
    # OpenSSL 3.0 gives the identifier to the named file only, so each link is judged on its own.
    for above, below in [("issuing", "leaf"), ("root", "issuing")]:
        command = ["-vfyopt", f"distid:{OPENSSL_ID}", "-partial_chain", "-CAfile", files[above], files[below]]
        openssl("verify", *command)
    root = x509.Certificate.load(certificate.chain_der()[-1])
    (tmp_path / "tbs").write_bytes(root["tbs_certificate"].dump())
    (tmp_path / "sig").write_bytes(bytes(root["signature_value"]))
    (tmp_path / "pub.pem").write_bytes(pem.armor("PUBLIC KEY", root.public_key.dump()))
    command = ["-verify", "-pubin", "-inkey", str(tmp_path / "pub.pem"), "-rawin", "-digest", "sm3"]
    command += ["-in", str(tmp_path / "tbs"), "-sigfile", str(tmp_path / "sig"), "-pkeyopt"]
    openssl("pkeyutl", *command, f"distid:{OPENSSL_ID}")
    openssl("pkeyutl", *command, "distid:another", ok=False)
    openssl("verify", "-partial_chain", "-CAfile", files["issuing"], files["leaf"], ok=False)
    assert "SM2-with-SM3" in openssl("x509", "-in", files["leaf"], "-noout", "-text")
    encryption = certificate.encryption
    assert x509.Certificate.load(bytes(encryption.der)).key_usage_value.native == {
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
    }
    assert encryption.enveloped_key
    assert encryption.not_after == certificate.not_after
    # The holder opens the envelope with the key that she never gave away.
    from zhengtong.capabilities.pki.services.encrypting import open_envelope

    held, own = str(tmp_path / "key.pem"), str(tmp_path / "k")
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", held, "-outform", "DER", "-out", own)
    private = open_envelope(bytes(encryption.enveloped_key), (tmp_path / "k").read_bytes())
    assert len(private) == 32

    revoke_certificate(actor=cast.ca_officer, certificate=certificate, reason="superseded")
    encryption.refresh_from_db()
    assert encryption.state == CertificateState.REVOKED


@pytest.mark.parametrize("algorithm", ["p256", "sm2", "rsa3072"])
def test_collect_once_with_a_password(cast: Cast, tmp_path: Path, algorithm: str) -> None:
    application = apply_for_certificate(
        actor=cast.owner, profile="organisation", algorithm=algorithm, with_encryption=algorithm == "sm2"
    )
    application = approve_application(actor=cast.ca_approver, application=application)
    assert application.state == ApplicationState.APPROVED
    with pytest.raises(CertificateRefused, match="口令至少"):
        collect_certificate(actor=cast.owner, application=application, password="short1")
    with pytest.raises(Denied):
        collect_certificate(actor=cast.citizen, application=application, password=GOOD)
    collected = collect_certificate(actor=cast.owner, application=application, password=GOOD)
    path = tmp_path / "own.p12"
    path.write_bytes(collected.content)
    said = openssl("pkcs12", "-in", str(path), "-passin", f"pass:{GOOD}", "-nodes", "-info")
    assert "PBES2, PBKDF2, AES-256-CBC" in said
    assert said.count("BEGIN PRIVATE KEY") == (2 if algorithm == "sm2" else 1)
    assert said.count("BEGIN CERTIFICATE") == (4 if algorithm == "sm2" else 3)
    openssl("pkcs12", "-in", str(path), "-passin", "pass:another-2026", "-nodes", ok=False)
    # The key in the file is the certificate's.
    (tmp_path / "k.pem").write_text(said[said.index("-----BEGIN PRIVATE KEY") :])
    public = openssl("pkey", "-in", str(tmp_path / "k.pem"), "-pubout")
    (tmp_path / "c.pem").write_bytes(to_pem(bytes(collected.certificate.der)))
    assert openssl("x509", "-in", str(tmp_path / "c.pem"), "-noout", "-pubkey") == public
    with pytest.raises(CertificateRefused, match="已经领取过"):
        collect_certificate(actor=cast.owner, application=application, password=GOOD)
    assert collected.certificate.legal_entity is not None
    subject = x509.Certificate.load(bytes(collected.certificate.der)).subject.native
    assert subject["organization_identifier"].startswith("NTRCN-9")


def test_pkcs7_chain_opens_in_openssl(cast: Cast, tmp_path: Path) -> None:
    certificate = _issue(cast, tmp_path)
    (tmp_path / "c.p7b").write_bytes(to_pkcs7([bytes(certificate.der), *certificate.chain_der()]))
    said = openssl("pkcs7", "-inform", "DER", "-in", str(tmp_path / "c.p7b"), "-print_certs", "-noout")
    assert said.count("subject=") == 3


def test_names_are_utf8_and_the_country_is_printable(cast: Cast, tmp_path: Path) -> None:
    name = x509.Certificate.load(bytes(_issue(cast, tmp_path).der)).subject
    kinds = {
        pair["type"].native: type(pair["value"].chosen if hasattr(pair["value"], "chosen") else pair["value"])
        for rdn in name.chosen
        for pair in rdn
    }
    assert kinds["common_name"].__name__ == "UTF8String"
    assert kinds["country_name"].__name__ == "PrintableString"


def test_who_applied_does_not_approve(cast: Cast, tmp_path: Path) -> None:
    bureau = Organisation.objects.get(name="澄波区市场监督管理局")
    application = apply_for_certificate(
        actor=cast.ca_officer,
        profile="server",
        algorithm="p256",
        organisation=bureau,
        hosts=["zwfw.anlan.example", "10.1.2.3"],
        request=make_request(tmp_path, subject="/CN=zwfw.anlan.example", hosts="DNS:zwfw.anlan.example,IP:10.1.2.3"),
    )
    with pytest.raises(Denied):
        approve_application(actor=cast.ca_officer, application=application)
    done = approve_application(actor=cast.ca_approver, application=application, opinion="域名已核实")
    assert done.certificate is not None
    shown = x509.Certificate.load(bytes(done.certificate.der))
    assert shown.valid_domains == ["zwfw.anlan.example"]
    assert shown.valid_ips == ["10.1.2.3"]
    # One's own certificate isn't one's own to approve, either.
    own = apply_for_certificate(actor=cast.ca_approver, profile="person", algorithm="p256")
    with pytest.raises(CertificateRefused, match="不能审批自己"):
        approve_application(actor=cast.ca_approver, application=own)
    assert AuditRecord.objects.filter(action="pki.approve_application").count() == 1


def test_refused_with_reasons_and_withdrawn(cast: Cast) -> None:
    application = apply_for_certificate(actor=cast.reviewer, profile="person", algorithm="sm2")
    with pytest.raises(CertificateRefused, match="理由"):
        refuse_application(actor=cast.ca_approver, application=application, opinion=" ")
    refuse_application(actor=cast.ca_approver, application=application, opinion="岗位不需要证书")
    told = Message.objects.get(template="pki.refused")
    assert "岗位不需要证书" in told.body
    with pytest.raises(CertificateRefused, match="不能撤回"):
        withdraw_application(actor=cast.reviewer, application=application)
    other = apply_for_certificate(actor=cast.reviewer, profile="person", algorithm="sm2")
    with pytest.raises(Denied):
        withdraw_application(actor=cast.citizen, application=other)
    withdraw_application(actor=cast.reviewer, application=other)
    with pytest.raises(CertificateRefused, match="已经办过"):
        approve_application(actor=cast.ca_approver, application=other)


def test_whoever_is_not_verified_has_no_certificate(cast: Cast) -> None:
    cast.accounts["citizen"].citizen.verified_at = None
    cast.accounts["citizen"].citizen.save()
    with pytest.raises(CertificateRefused, match="实名核验"):
        apply_for_certificate(actor=cast.citizen, profile="person", algorithm="p256")
    cast.accounts["owner"].citizen.mandates.update(verified_at=None)
    with pytest.raises(CertificateRefused, match="还没有核验"):
        apply_for_certificate(actor=cast.owner, profile="organisation", algorithm="p256")
    with pytest.raises(CertificateRefused, match="证书类别"):
        apply_for_certificate(actor=cast.owner, profile="timestamp", algorithm="p256")


def test_renew_with_a_new_key_while_the_old_one_still_counts(cast: Cast, tmp_path: Path) -> None:
    old = _issue(cast, tmp_path)
    with pytest.raises(CertificateRefused, match="已经有证书"):
        apply_for_certificate(
            actor=cast.reviewer,
            profile="person",
            algorithm="p256",
            request=(tmp_path / "request.pem").read_bytes(),
            renews=old,
        )
    with pytest.raises(CertificateRefused, match="同一个持有人"):
        apply_for_certificate(actor=cast.inspector, profile="person", algorithm="p256", renews=old)
    application = apply_for_certificate(
        actor=cast.reviewer,
        profile="person",
        algorithm="p256",
        request=make_request(tmp_path),
        renews=old,
    )
    new = approve_application(actor=cast.ca_approver, application=application).certificate
    assert new is not None
    assert new.renews == old
    assert old.is_usable
    assert new.is_usable
    for each in (old, new):
        assert find_account_by_certificate(bytes(each.der)) == cast.accounts["reviewer"]
    revoke_certificate(actor=cast.reviewer, certificate=old, reason="superseded")
    assert find_account_by_certificate(bytes(old.der)) is None


HOSTILE: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "nothing": (lambda _folder: b"", ""),
    "noise": (lambda _folder: b"\x30\x82" + bytes(range(256)), "读不出"),
    "huge": (lambda _folder: b"\x00" * 70_000, "太大"),
    "a private key": (lambda _folder: b"-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----", "不是证书请求"),
    "cut": (lambda folder: make_request(folder)[:300], "不是证书请求"),
    "weak rsa": (lambda folder: make_request(folder, key=("rsa", "2048")), "3072"),
    "another curve": (lambda folder: make_request(folder, key=("ec", "P-384")), "P-256"),
    "another's name": (lambda folder: make_request(folder, subject="/CN=沈立新"), "名称不对"),
    "hosts nobody applied for": (lambda folder: make_request(folder, hosts="DNS:bank.example"), "没有申请的"),
    "a wildcard": (lambda folder: make_request(folder, hosts="DNS:*.anlan.example"), "通配符"),
    "a control character": (lambda folder: make_request(folder, subject="/CN=林国栋\\x0a\u202e"), "名称不对"),
}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "nothing"])
def test_hostile_requests_have_their_own_sentence(cast: Cast, tmp_path: Path, name: str) -> None:
    make, sentence = HOSTILE[name]
    given = make(tmp_path)
    with pytest.raises(CertificateRefused, match=sentence):
        apply_for_certificate(actor=cast.reviewer, profile="person", algorithm="p256", request=given)
    assert not CertificateApplication.objects.exists()


def test_a_changed_request_is_refused(cast: Cast, tmp_path: Path) -> None:
    _kind, _headers, der = pem.unarmor(make_request(tmp_path))
    parsed = csr.CertificationRequest.load(der)
    info = parsed["certification_request_info"]
    info["subject"] = x509.Name.build({"common_name": "林国栋", "country_name": "CN"})
    with pytest.raises(CertificateRefused, match="签名不对"):
        apply_for_certificate(actor=cast.reviewer, profile="person", algorithm="p256", request=parsed.dump(force=True))


def test_ten_thousand_hosts_are_refused(cast: Cast, tmp_path: Path) -> None:
    hosts = [f"h{number}.anlan.example" for number in range(10_000)]
    with pytest.raises(CertificateRefused, match="最多写 50 个"):
        apply_for_certificate(
            actor=cast.ca_officer,
            profile="server",
            algorithm="p256",
            organisation=Organisation.objects.get(name="澄波区市场监督管理局"),
            hosts=hosts,
        )


@pytest.mark.parametrize(("count", "sentence"), [(10_000, "太大"), (1_000, "最多写 50 个")])
def test_a_request_for_thousands_of_hosts(cast: Cast, count: int, sentence: str) -> None:
    names = [foreign.DNSName(f"h{number}.anlan.example") for number in range(count)]
    builder = foreign.CertificateSigningRequestBuilder().subject_name(foreign.Name([]))
    builder = builder.add_extension(foreign.SubjectAlternativeName(names), critical=False)
    request = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    with pytest.raises(CertificateRefused, match=sentence):
        apply_for_certificate(
            actor=cast.reviewer, profile="person", algorithm="p256", request=request.public_bytes(Encoding.DER)
        )


def test_one_key_in_two_applications(cast: Cast, tmp_path: Path) -> None:
    request = make_request(tmp_path)
    apply_for_certificate(actor=cast.reviewer, profile="person", algorithm="p256", request=request)
    with pytest.raises(CertificateRefused, match="另一份申请"):
        apply_for_certificate(actor=cast.reviewer, profile="person", algorithm="p256", request=request)


@pytest.mark.django_db(transaction=True)
def test_two_approve_at_once_and_one_certificate_is_issued(tmp_path: Path) -> None:
    cast = make_cast()
    application = apply_for_certificate(
        actor=cast.reviewer, profile="person", algorithm="p256", request=make_request(tmp_path)
    )
    said: list[str] = []
    barrier = threading.Barrier(2)

    def approve() -> None:
        barrier.wait()
        try:
            approve_application(actor=cast.ca_approver, application=application)
            said.append("done")
        except CertificateRefused as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["decided", "done"]
    assert Certificate.objects.filter(profile="person").count() == 1


def test_never_longer_than_the_authority(cast: Cast, tmp_path: Path) -> None:
    end = timezone.now().replace(microsecond=0) + timedelta(days=40)
    Authority.objects.filter(code="issuing").update(not_after=end)
    assert _issue(cast, tmp_path).not_after == end

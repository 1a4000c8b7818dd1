"""People at their pages: a citizen's enterprise gets a certificate, officers keep the desk, nobody sees another's."""

import subprocess
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.capabilities.pki.public import ApplicationState, Certificate, CertificateApplication, OutsideAuthority
from zhengtong.core.identity.public import Mandate, Organisation
from zhengtong.desks.trust.tests.certificate_samples import make_certificate, make_outside_certificate

OWN, DESK = "/account/certificates/", "/desk/trust/"
PASSWORD = "anlan-2026-file"


def _sign_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], SIGNS_IN)
    return client


@pytest.fixture
def officer(cast: Cast) -> Client:
    return _sign_in(cast, "ca_officer")


@pytest.fixture
def approver(cast: Cast) -> Client:
    return _sign_in(cast, "ca_approver")


def _approve(client: Client, application: CertificateApplication) -> None:
    address = f"{DESK}certificate-applications/{application.pk}/act/approve-application/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"opinion": "已核实"}).status_code == 302


def test_an_enterprise_applies_collects_and_gives_up(cast: Cast, approver: Client, tmp_path: Path) -> None:
    owner = _sign_in(cast, "owner")
    mandate = Mandate.objects.get(citizen__account=cast.accounts["owner"])
    owner.post("/account/capacity/", {"capacity": str(mandate.pk), "mandate": str(mandate.pk)})
    page = owner.get(f"{OWN}apply/")
    assert page.status_code == 200
    typed = {"profile": "organisation", "algorithm": "sm2", "with_encryption": "on", "reason": "投标签名"}
    done = owner.post(f"{OWN}apply/", typed)
    assert done.status_code == 302, done.content.decode()
    application = CertificateApplication.objects.get()
    assert "待审批" in owner.get(OWN).content.decode()
    _approve(approver, application)
    address = f"{OWN}applications/{application.number}/collect/"
    assert "证书可以领取" in owner.get("/messages/").content.decode()
    wrong = owner.post(address, {"password": PASSWORD, "again": "another-2026"})
    assert wrong.status_code == 422
    assert "两次输入的口令不一样" in wrong.content.decode()
    weak = owner.post(address, {"password": "short", "again": "short"})
    assert "口令至少 10 个字符" in weak.content.decode()
    file = owner.post(address, {"password": PASSWORD, "again": PASSWORD})
    assert file.headers["Content-Type"] == "application/x-pkcs12"
    path = tmp_path / "own.p12"
    path.write_bytes(file.content)
    command = ["openssl", "pkcs12", "-in", str(path), "-passin", f"pass:{PASSWORD}", "-nokeys"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.count(b"BEGIN CERT") == 4
    assert "只能下载一次" in owner.get(address).content.decode()

    signing = Certificate.objects.get(profile="organisation")
    shown = owner.get(OWN).content.decode()
    assert "澜水面馆" in shown
    for form in ("pem", "cer", "p7b"):
        assert owner.get(f"{OWN}{signing.pk}/file.{form}").status_code == 200
    assert owner.get(f"{OWN}{signing.pk}/file.key").status_code == 404
    encryption = Certificate.objects.get(pair=signing)
    assert owner.get(f"{OWN}{encryption.pk}/file.key").status_code == 200
    given_up = owner.post(f"{OWN}{signing.pk}/give-up/", {"reason": "key_compromise", "note": "手机丢了"})
    assert given_up.status_code == 302
    encryption.refresh_from_db()
    assert encryption.is_revoked
    assert "密钥泄露或者丢失：手机丢了" in owner.get(OWN).content.decode()


def test_nobody_sees_anothers_certificates(cast: Cast, approver: Client) -> None:
    reviewer, inspector = _sign_in(cast, "reviewer"), _sign_in(cast, "inspector")
    reviewer.post(f"{OWN}apply/", {"profile": "person", "algorithm": "p256"})
    application = CertificateApplication.objects.get()
    _approve(approver, application)
    assert inspector.get(f"{OWN}applications/{application.number}/collect/").status_code == 404
    assert (
        reviewer.post(
            f"{OWN}applications/{application.number}/collect/", {"password": PASSWORD, "again": PASSWORD}
        ).status_code
        == 200
    )
    certificate = Certificate.objects.get(profile="person")
    for address in (
        f"{OWN}{certificate.pk}/file.pem",
        f"{OWN}{certificate.pk}/give-up/",
        f"{OWN}{certificate.pk}/renew/",
    ):
        assert inspector.get(address).status_code == 404
    assert inspector.get(f"{DESK}certificates/").status_code == 403
    assert reviewer.get(f"{OWN}{certificate.pk}/renew/").status_code == 200


def test_the_officer_enters_and_the_approver_decides(cast: Cast, officer: Client, approver: Client) -> None:
    bureau = Organisation.objects.get(name="澄波区市场监督管理局")
    address = f"{DESK}certificate-applications/new/"
    typed = {"profile": "server", "algorithm": "p256", "organisation": bureau.pk, "name": "", "reason": "网站"}
    refused = officer.post(address, typed | {"hosts": "*.anlan.example"})
    assert "不颁发通配符证书" in refused.content.decode()
    assert officer.post(address, typed | {"hosts": "zwfw.anlan.example\n10.1.2.3"}).status_code == 302
    application = CertificateApplication.objects.get()
    assert application.hosts == ["zwfw.anlan.example", "10.1.2.3"]
    assert approver.get(address).status_code == 403
    own = f"{DESK}certificate-applications/{application.pk}/act/approve-application/"
    assert officer.post(own, {"opinion": ""}).status_code in (403, 404)
    _approve(approver, application)
    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED
    assert "zwfw.anlan.example" in officer.get(f"{DESK}certificate-applications/{application.pk}/").content.decode()
    file = officer.post(f"{OWN}applications/{application.number}/collect/", {"password": PASSWORD, "again": PASSWORD})
    assert file.headers["Content-Type"] == "application/x-pkcs12"


def test_found_by_name_and_serial_and_exported(cast: Cast, officer: Client) -> None:
    bureau = Organisation.objects.get(name="澄波区市场监督管理局")
    first, second = (make_certificate(bureau, number) for number in (1, 2))
    for query in (first.common_name, first.serial[:12]):
        page = officer.get(f"{DESK}certificates/", {"q": query}).content.decode()
        assert first.serial in page
        assert second.serial not in page
    exported = b"".join(officer.get(f"{DESK}certificates/export.csv")).decode("utf-8-sig")
    assert second.serial in exported
    for form in ("pem", "cer", "p7b"):
        assert officer.get(f"{DESK}certificate-files/{first.pk}.{form}").status_code == 200
    assert "策略标识" in officer.get(f"{DESK}certificate-profiles/").content.decode()


def test_an_outside_authority_is_proposed_by_one_and_trusted_by_another(
    cast: Cast, officer: Client, approver: Client, tmp_path: Path
) -> None:
    from zhengtong.capabilities.pki.public import get_trust_anchors

    path = tmp_path / "root.pem"
    path.write_bytes(make_outside_certificate("示例认证根"))
    before = len(get_trust_anchors())
    with path.open("rb") as file:
        typed = {"name": "示例认证", "kind": "licensed", "basis": "许可证 示例", "certificate": file}
        assert officer.post(f"{DESK}trusted-authorities/new/", typed).status_code == 302
    row = OutsideAuthority.objects.get()
    assert len(get_trust_anchors()) == before
    acts = f"{DESK}trusted-authorities/{row.pk}/act/"
    assert officer.post(f"{acts}trust-authority/", {"opinion": "可以"}).status_code in (403, 404)
    assert approver.post(f"{acts}trust-authority/", {"opinion": "已核对指纹", "until_date": ""}).status_code == 302
    assert len(get_trust_anchors()) == before + 1
    assert approver.post(f"{acts}end-trust/", {"opinion": "许可证被吊销"}).status_code == 302
    assert len(get_trust_anchors()) == before

"""Certificates of the demo city: issued, waiting, on hold, revoked, ending soon, and an outside authority."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.models import CertificateApplication, OutsideKind
from zhengtong.capabilities.pki.services.applying import apply_for_certificate
from zhengtong.capabilities.pki.services.collecting import collect_certificate, make_key
from zhengtong.capabilities.pki.services.deciding import approve_application, refuse_application
from zhengtong.capabilities.pki.services.founding import prepare_trust
from zhengtong.capabilities.pki.services.issuing import issue_for_key
from zhengtong.capabilities.pki.services.revoking import hold_certificate, revoke_certificate
from zhengtong.capabilities.pki.services.trusting import propose_authority, trust_authority
from zhengtong.core.crypto.public import Algorithm
from zhengtong.core.identity.public import Account, Mandate, Organisation, get_account_actor, get_citizen_actor
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM, Actor

title = "数字证书"
# Nobody keeps the files that are collected here, so nobody needs their password either.
_PASSWORD = "anlan-demo-2026"
_SERVER = "zwfw.anlan.example"


def load(context: DemoContext) -> None:
    """Bring a handful of certificates to every state that the desk shows."""
    prepare_trust()
    officer, approver = _staff("ca_officer"), _staff("ca_approver")
    for username in ("head", "supervisor"):
        _collect(_approve(approver, _apply(_staff(username), "person", with_encryption=True)), _staff(username))
    _approve(approver, _apply(_staff("reviewer"), "person", with_encryption=True))
    _apply(_staff("approver"), "person")
    refused = _apply(_staff("inspector1"), "person")
    refuse_application(actor=approver, application=refused, opinion="岗位暂不使用证书签名，改用账号登录。")
    mandate = Mandate.objects.filter(citizen__account__username="owner", verified_at__isnull=False).first()
    if mandate is not None:
        owner = get_citizen_actor(mandate.citizen.account, mandate=mandate)
        _collect(_approve(approver, _apply(owner, "organisation", with_encryption=True)), owner)
    bureau = Organisation.objects.get(pk=officer.organisation or 0)
    server = apply_for_certificate(
        actor=officer,
        profile="server",
        algorithm="p256",
        organisation=bureau,
        hosts=[_SERVER],
        request=_make_request(),
        reason="政务服务网站",
    )
    approve_application(actor=approver, application=server, opinion="域名和备案已核实")
    _load_devices(officer, bureau)
    _load_outside(officer, approver)


def _staff(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _apply(actor: Actor, profile: str, *, with_encryption: bool = False) -> CertificateApplication:
    return apply_for_certificate(
        actor=actor, profile=profile, algorithm="sm2", with_encryption=with_encryption, reason="公文和审批意见签名"
    )


def _approve(actor: Actor, application: CertificateApplication) -> CertificateApplication:
    return approve_application(actor=actor, application=application, opinion="身份已核实")


def _collect(application: CertificateApplication, actor: Actor) -> None:
    collect_certificate(actor=actor, application=application, password=_PASSWORD)


def _make_request() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _SERVER)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(_SERVER)]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _load_devices(officer: Actor, bureau: Organisation) -> None:
    now = timezone.now()
    ends = {"大厅自助终端01": 400, "大厅自助终端02": 18, "澜江水位站01": 25, "大厅自助终端03": 300, "大厅叫号机01": 300}
    made = {}
    for name, days in ends.items():
        _private, spki = make_key(Algorithm.P256)
        subject = Subject({"country_name": "CN", "organization_name": bureau.name[:64], "common_name": name})
        made[name] = issue_for_key(
            actor=SYSTEM,
            profile="device",
            subject=subject,
            spki=spki,
            holder=bureau,
            not_after=now + timedelta(days=days),
        )
    revoke_certificate(
        actor=officer, certificate=made["大厅自助终端03"], reason="cessation_of_operation", note="设备报废"
    )
    hold_certificate(actor=officer, certificate=made["大厅叫号机01"], note="设备送修，修好以后恢复")


def _load_outside(officer: Actor, approver: Actor) -> None:
    """An invented authority, with a certificate that is none of anybody's."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "安澜示例电子认证有限公司"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "示例电子认证根证书"),
        ]
    )
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    proposed = propose_authority(
        actor=officer,
        name="安澜示例电子认证有限公司（演示）",
        kind=OutsideKind.LICENSED,
        basis="演示数据：正式使用时写电子认证服务许可证号和协议文号",
        certificate=certificate.public_bytes(Encoding.DER),
    )
    trust_authority(actor=approver, authority=proposed, opinion="演示数据：已核对许可证和证书指纹")

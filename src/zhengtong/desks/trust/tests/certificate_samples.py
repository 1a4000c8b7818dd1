"""Certificates, applications and authorities for the conformance tests, made by the authority itself."""

import hashlib
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from asn1crypto.keys import PublicKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.pki.domain import certificates as building
from zhengtong.capabilities.pki.issuers import sign_with
from zhengtong.capabilities.pki.models import Authority, Certificate, CertificateApplication, OutsideAuthority
from zhengtong.capabilities.pki.public import Subject, hold_certificate, issue_for_key
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM


def _new_key() -> bytes:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def make_certificate(organisation: Organisation, number: int, days: int = 300) -> Certificate:
    subject = Subject({"country_name": "CN", "common_name": f"自助终端{number:04d}"})
    end = timezone.now() + timedelta(days=days, minutes=number)
    return issue_for_key(
        actor=SYSTEM, profile="device", subject=subject, spki=_new_key(), holder=organisation, not_after=end
    )


def make_expiring(organisation: Organisation, number: int) -> Certificate:
    return make_certificate(organisation, number, days=20)


def make_application(organisation: Organisation, number: int) -> CertificateApplication:
    name = f"自助终端{number:04d}"
    return CertificateApplication.objects.create(
        number=f"ZS{organisation.pk:06d}{number:08d}",
        profile="device",
        algorithm="p256",
        key_source="collect",
        common_name=name,
        parts={"country_name": "CN", "organization_name": organisation.name, "common_name": name},
        checks=[{"name": "密钥", "passed": True, "said": "领取时产生"}],
        holder_kind="equipment",
        organisation=organisation,
        applied_by_name="钟书敏",
        applied_at=timezone.now() - timedelta(minutes=number),
        reason="大厅自助终端联网",
    )


def make_authority(organisation: Organisation, number: int) -> Authority:
    key = signer.create_key(f"ca-{uuid4().hex}", Algorithm.P256, Purpose.CA)
    public, now = PublicKeyInfo.load(key.spki), timezone.now().replace(microsecond=0)
    subject = Subject({"country_name": "CN", "common_name": f"颁发机构{organisation.pk} {number:04d}"})
    identifier = building.key_identifier(public)
    serial, end = building.new_serial(), now + timedelta(days=3650)
    der = building.make_certificate(
        issuing=building.Issuing(subject.to_name(), identifier, Algorithm.P256, sign_with(key.name)),
        subject=subject,
        spki=key.spki,
        serial=serial,
        not_before=now,
        not_after=end,
        profile=None,
    )
    return Authority.objects.create(
        code=f"sample-{organisation.pk}-{number}",
        title=subject.common_name,
        algorithm=Algorithm.P256,
        key_name=key.name,
        der=der,
        serial=f"{serial:x}",
        fingerprint=hashlib.sha256(der).hexdigest(),
        name_sha1=hashlib.sha1(subject.to_name().dump(), usedforsecurity=False).hexdigest(),
        key_sha1=identifier.hex(),
        name_sha256=hashlib.sha256(subject.to_name().dump()).hexdigest(),
        key_sha256=hashlib.sha256(bytes(public["public_key"])).hexdigest(),
        not_before=now,
        not_after=end,
    )


@cache
def make_outside_certificate(name: str) -> bytes:
    """Return the root of somebody else, in PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    title = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(title).issuer_name(title).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=900))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def make_outside(organisation: Organisation, number: int) -> OutsideAuthority:
    now, name = timezone.now(), f"示例认证{organisation.pk} {number:04d}"
    der = name.encode()
    return OutsideAuthority.objects.create(
        name=name,
        kind="licensed",
        basis="许可证号 示例-001",
        subject=f"CN={name}",
        algorithm="secp256r1",
        der=der,
        fingerprint=hashlib.sha256(der).hexdigest(),
        is_root=True,
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=900),
        proposed_by_name="钟书敏",
        proposed_at=now - timedelta(minutes=number),
    )


def _hold(row: Certificate) -> None:
    hold_certificate(actor=SYSTEM, certificate=row)


def _trust(row: OutsideAuthority) -> None:
    OutsideAuthority.objects.filter(pk=row.pk).update(state="trusted", trusted_from=timezone.now())


def _propose(_organisation: Organisation) -> dict[str, Any]:
    content = make_outside_certificate(f"示例认证 {uuid4().hex[:8]}")
    return {
        "name": "安澜示例电子认证有限公司",
        "kind": "licensed",
        "basis": "电子认证服务许可证 示例",
        "certificate": SimpleUploadedFile("root.pem", content, "application/x-pem-file"),
    }


SAMPLES = {
    "trust.certificates": Sample(
        make_certificate,
        acts={
            "enter-renewal": lambda _row: {"request": "", "reason": "快要到期"},
            "revoke-certificate": lambda _row: {"reason": "key_compromise", "note": "介质丢失"},
            "hold-certificate": lambda _row: {"note": "介质找不到"},
            "release-certificate": lambda _row: {"note": "介质找到了"},
        },
        before={"release-certificate": _hold},
    ),
    "trust.expiring-certificates": Sample(make_expiring),
    "trust.certificate-applications": Sample(
        make_application,
        create=lambda organisation: {
            "profile": "device",
            "algorithm": "p256",
            "organisation": organisation,
            "name": "水位监测站",
            "hosts": "",
            "request": "",
            "reason": "数据上报",
        },
        acts={
            "approve-application": lambda _row: {"opinion": "已核实"},
            "refuse-application": lambda _row: {"opinion": "设备没有入网许可"},
        },
    ),
    "trust.certificate-authorities": Sample(make_authority, acts={"publish-list": lambda _row: {}}),
    "trust.trusted-authorities": Sample(
        make_outside,
        create=_propose,
        acts={
            "trust-authority": lambda _row: {"opinion": "已核对许可证", "until_date": ""},
            "refuse-authority": lambda _row: {"opinion": "许可证已经过期"},
            "end-trust": lambda _row: {"opinion": "许可证被吊销"},
        },
        before={"end-trust": _trust},
    ),
}

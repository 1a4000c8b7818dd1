"""Collecting (领取): the key is made now, goes out in a file under the holder's password, and is forgotten."""

from dataclasses import dataclass
from typing import Any

from asn1crypto import core
from asn1crypto.keys import ECPrivateKey, PublicKeyAlgorithm, PublicKeyInfo
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.checks import refuse_weak_password
from zhengtong.capabilities.pki.domain.containers import Entry, to_pkcs12
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.models import ApplicationState, Certificate, CertificateApplication
from zhengtong.capabilities.pki.services.applying import lock
from zhengtong.capabilities.pki.services.deciding import issue_applied
from zhengtong.capabilities.pki.services.encrypting import open_envelope
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm, sm2
from zhengtong.kernel.policy import Actor, Denied


@dataclass(frozen=True)
class Collected:
    """The file for the holder, and the certificate in it. Nobody else has the file's key."""

    content: bytes
    certificate: Certificate


@transaction.atomic
def collect_certificate(*, actor: Actor, application: CertificateApplication, password: str) -> Collected:
    """Make the key, issue the certificate and return both as PKCS #12 under ``password``: once.

    A file that got lost on the way is replaced by another certificate. Raises Denied for anybody but the applicant,
    CertificateRefused.
    """
    locked = lock(application)
    is_hers = actor.account_id is not None and actor.account_id == locked.applied_by_id
    if not is_hers or actor.representation is not None:
        raise Denied("pki.collect_certificate", visible=False)
    if locked.state == ApplicationState.ISSUED:
        raise CertificateRefused("collected", _("这张证书已经领取过。证书文件只能下载一次，丢失了请吊销以后重新申请。"))
    if locked.state != ApplicationState.APPROVED:
        raise CertificateRefused("not-ready", _("这份申请现在是“%s”，不能领取。") % locked.get_state_display())
    if why := refuse_weak_password(password):
        raise CertificateRefused("password", why, "password")
    private_key, spki = make_key(Algorithm(locked.algorithm))
    certificate = issue_applied(actor, locked, spki)
    entries = [Entry(private_key, bytes(certificate.der), certificate.common_name)]
    if pair := Certificate.objects.filter(pair=certificate).first():
        opened = _to_pkcs8(open_envelope(bytes(pair.enveloped_key or b""), private_key), bytes(pair.der))
        entries.append(Entry(opened, bytes(pair.der), _("%s（加密）") % pair.common_name))
    locked.state, locked.certificate = ApplicationState.ISSUED, certificate
    locked.save(update_fields=["state", "certificate"])
    record(
        actor,
        "pki.collect_certificate",
        locked,
        after={"number": locked.number, "serial": certificate.serial, "fingerprint": certificate.fingerprint},
    )
    return Collected(to_pkcs12(entries, chain=certificate.chain_der(), password=password), certificate)


def make_key(algorithm: Algorithm) -> tuple[bytes, bytes]:
    """Return a new private key (DER PrivateKeyInfo) and its public side (DER SubjectPublicKeyInfo)."""
    if algorithm is Algorithm.SM2:
        private = sm2.generate()
        return private, sm2.public_of(private)
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm is Algorithm.P256
        else rsa.generate_private_key(public_exponent=65537, key_size=3072)
    )
    return (
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def _to_pkcs8(private: bytes, certificate: bytes) -> bytes:
    """Return a bare SM2 private key as PrivateKeyInfo, its public key beside it."""
    from asn1crypto.x509 import Certificate as Parsed

    public: PublicKeyInfo = Parsed.load(certificate).public_key
    key = ECPrivateKey(
        {
            "version": "ecPrivkeyVer1",
            "private_key": int.from_bytes(private, "big"),
            "public_key": bytes(public["public_key"]),
        }
    )
    key["private_key"].set_encoded_width(32)
    bare: Any = _BareKeyInfo
    return bytes(bare({"version": 0, "algorithm": public["algorithm"], "private_key": key.dump()}).dump())


class _BareKeyInfo(core.Sequence):
    """PrivateKeyInfo (RFC 5958) as asn1crypto has it, which asks for the length of curves that it knows."""

    _fields = [
        ("version", core.Integer),
        ("algorithm", PublicKeyAlgorithm),
        ("private_key", core.OctetString),
    ]

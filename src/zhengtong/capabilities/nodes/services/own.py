"""This platform as a node: its card, the keys and certificates of its links, and their change with overlap."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.bundle import Bundle, Shown, now_text, write_bundle
from zhengtong.capabilities.nodes.domain import CLASSIFIED
from zhengtong.capabilities.nodes.models import CertificateUse, OwnCertificate, OwnNode
from zhengtong.capabilities.nodes.permissions import OPERATE, VIEW
from zhengtong.capabilities.nodes.selectors import get_own_certificate, get_own_node, list_own_certificates
from zhengtong.capabilities.nodes.signing import own_roots
from zhengtong.capabilities.pki.public import CertificateRefused, issue_for_key
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.steps import step

_PROFILES = {CertificateUse.CLIENT: "device", CertificateUse.SERVER: "server"}
# A new certificate is shown from this many days on, so that the others have taken it in before.
OVERLAP_DAYS = 7


def keys_folder() -> Path:
    """Return the folder of the links' keys; only the platform's system user can read it."""
    folder = Path(settings.DATA_DIR) / "nodes"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@step()
def set_up_own_node(
    *,
    actor: Actor,
    organisation: Organisation,
    code: str,
    name: str,
    level: str,
    zone: str,
    address: str,
    largest_mb: int = 64,
    alarm_minutes: int = 30,
) -> OwnNode:
    """Say who this platform is, and give it certificates for its links where it has none. Raises Refused and Denied."""
    require(actor, OPERATE)
    if organisation.pk not in actor.reach(OPERATE):
        raise Refused("not-here", _("运行单位应当是您有权管理的单位。"), "organisation")
    if zone in CLASSIFIED:
        raise Refused("classified", _("涉密内网是单独的装置，不与其他节点连接。"), "zone")
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise Refused("address", _("交换地址应当以 https:// 开头，写明别的节点能连到的域名或者 IP 地址。"), "address")
    before = OwnNode.objects.select_for_update(of=("self",)).first()
    given = {
        "organisation": organisation,
        "code": code.strip(),
        "name": " ".join(name.split()),
        "level": level,
        "zone": zone,
        "address": address.rstrip("/"),
        "largest_mb": largest_mb,
        "alarm_minutes": alarm_minutes,
    }
    old_host = urlsplit(before.address).hostname if before else None
    own, _made = OwnNode.objects.update_or_create(sole=True, defaults=given)
    for use in (CertificateUse.CLIENT, CertificateUse.SERVER):
        if get_own_certificate(use) is None or (use == CertificateUse.SERVER and old_host != parts.hostname):
            _issue(own, use, days=0)
    point_files()
    record(
        actor,
        "nodes.set_up",
        own,
        before={"code": before.code, "address": before.address, "zone": before.zone} if before else None,
        after={"code": own.code, "address": own.address, "zone": own.zone},
    )
    return own


@step()
def renew_own_certificate(*, actor: Actor, use: str, days: int = OVERLAP_DAYS) -> OwnCertificate:
    """Make the next key and certificate of a use; it is shown from ``days`` on, the old one until then.

    Raises Refused and Denied.
    """
    own = _require_own(actor)
    if not 0 <= days <= 90:
        raise Refused("days", _("启用日期应当在今天到 90 天以后之间。"), "days")
    made = _issue(own, CertificateUse(use), days=days)
    point_files()
    record(
        actor,
        "nodes.renew_own",
        own,
        after={"use": use, "fingerprint": made.fingerprint, "used_from": made.used_from},
    )
    return made


@step()
def enter_own_certificate(*, actor: Actor, content: bytes) -> OwnCertificate:
    """Take in the certificate that nginx shows where it was bought elsewhere; its key stays with nginx.

    Raises Refused and Denied.
    """
    own = _require_own(actor)
    if b"PRIVATE KEY" in content:
        raise Refused("private-key", _("文件里有私钥。请只上传证书，私钥不要离开 nginx 所在的服务器。"), "file")
    try:
        certificate = (
            x509.load_pem_x509_certificate(content)
            if b"-----BEGIN" in content
            else x509.load_der_x509_certificate(content)
        )
    except ValueError:
        raise Refused("unreadable", _("读不出证书，请上传 PEM 或者 DER 格式的服务器证书。"), "file") from None
    now = timezone.now()
    if certificate.not_valid_after_utc <= now:
        raise Refused("expired", _("这张证书已经过期。"), "file")
    der = certificate.public_bytes(Encoding.DER)
    made, is_new = OwnCertificate.objects.get_or_create(
        fingerprint=hashlib.sha256(der).hexdigest(),
        defaults={
            "use": CertificateUse.SERVER,
            "der": der,
            "not_before": certificate.not_valid_before_utc,
            "not_after": certificate.not_valid_after_utc,
            "used_from": now,
        },
    )
    if not is_new:
        raise Refused("known", _("这张证书已经登记过。"), "file")
    record(actor, "nodes.enter_own_certificate", own, after={"fingerprint": made.fingerprint})
    return made


@step()
def end_own_certificate(*, actor: Actor, certificate: OwnCertificate) -> OwnCertificate:
    """Show a certificate no more; the last usable one of its use stays. Raises Refused and Denied."""
    own = _require_own(actor)
    locked = OwnCertificate.objects.select_for_update().get(pk=certificate.pk)
    others = [each for each in list_own_certificates() if each.use == locked.use and each.pk != locked.pk]
    now = timezone.now()
    if not any(each.is_usable and each.used_from <= now for each in others):
        raise Refused("last", _("这是目前唯一能用的一张，请先更换，等新证书启用后再停用它。"))
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    record(actor, "nodes.end_own_certificate", own, after={"fingerprint": locked.fingerprint})
    return locked


@step()
def export_own_bundle(*, actor: Actor) -> bytes:
    """Return the file that is handed to another node. Raises Refused, Denied and what signing raises."""
    require(actor, VIEW)
    bundle = make_own_bundle()
    record(actor, "nodes.export_bundle", ("nodes.ownnode", bundle.code), after={"compare": bundle.code_to_compare})
    return write_bundle(bundle)


def make_own_bundle() -> Bundle:
    """Return this platform's card. Raises Refused before it was set up."""
    own = get_own_node()
    if own is None:
        raise Refused("not-set-up", _("还没有设定本节点。请先在“本节点”页面填写。"))
    shown = [Shown(CertificateUse.ROOT, der) for der in own_roots()]
    shown += [
        Shown(CertificateUse(each.use), bytes(each.der))
        for each in list_own_certificates()
        if each.not_after > timezone.now()
    ]
    return Bundle(
        code=own.code,
        name=own.name,
        operator=own.organisation.name,
        region=own.organisation.region.name if own.organisation.region else "",
        level=own.level,
        zone=own.zone,
        address=own.address,
        largest_mb=own.largest_mb,
        issued_at=now_text(),
        certificates=tuple(shown),
    )


def point_files() -> None:
    """Let ``server.pem`` in the folder of keys, which nginx reads, be the certificate that is shown now."""
    current = get_own_certificate(CertificateUse.SERVER)
    if current is None or not current.key_file:
        return
    link, new = keys_folder() / "server.pem", keys_folder() / "server.pem.new"
    if link.is_symlink() and os.readlink(link) == current.key_file:
        return
    new.unlink(missing_ok=True)
    new.symlink_to(current.key_file)
    new.replace(link)


def _require_own(actor: Actor) -> OwnNode:
    own = OwnNode.objects.select_for_update(of=("self",)).first()
    if own is None:
        require(actor, OPERATE)
        raise Refused("not-set-up", _("还没有设定本节点。请先在“本节点”页面填写。"))
    require(actor, OPERATE, own)
    return own


def _issue(own: OwnNode, use: CertificateUse, *, days: int) -> OwnCertificate:
    host = str(urlsplit(own.address).hostname)
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    from zhengtong.capabilities.pki.public import Subject

    parts = {
        "country_name": "CN",
        "organization_name": settings.SITE_NAME[:64],
        "common_name": f"{own.code}-{use}"[:64],
    }
    try:
        certificate = issue_for_key(
            actor=SYSTEM,
            profile=_PROFILES[use],
            subject=Subject(parts, (host,)),
            spki=spki,
            holder=own.organisation,
        )
    except CertificateRefused as error:
        raise Refused(error.code, str(getattr(error, "message", "") or error), "address") from error
    der = bytes(certificate.der)
    name = f"{use}-{certificate.fingerprint[:16]}.pem"
    chain = b"".join(
        x509.load_der_x509_certificate(each).public_bytes(Encoding.PEM) for each in (der, *certificate.chain_der()[:-1])
    )
    _write(keys_folder() / name, chain + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return OwnCertificate.objects.create(
        use=use,
        der=der,
        fingerprint=certificate.fingerprint,
        key_file=name,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        used_from=timezone.now() + timedelta(days=days),
    )


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)

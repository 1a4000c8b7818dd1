"""Acts of the desk whose forms hand over files and texts where the authority wants bytes and lists."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki import public as pki
from zhengtong.capabilities.pki.public import (
    Certificate,
    CertificateApplication,
    CertificateRefused,
    OutsideAuthority,
    RevocationList,
)
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, require

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile


def read_upload(upload: Upload | None, text: str, field: str) -> bytes:
    """Return what was pasted or uploaded. Raises CertificateRefused for a file that is too long to be a request."""
    if text.strip():
        return text.strip().encode()
    if upload is None:
        return b""
    if (upload.size or 0) > pki.LONGEST_REQUEST:
        raise CertificateRefused("too-long", _("文件太大（最多 64 KB），请检查是不是选错了文件。"), field)
    return bytes(upload.read())


def split_hosts(text: str) -> list[str]:
    """Return the hosts that were typed, one a line or with commas between."""
    return [each for each in text.replace(",", " ").replace("，", " ").replace("、", " ").split() if each]


def enter_application(
    *,
    actor: Actor,
    profile: str,
    algorithm: str,
    organisation: Organisation,
    name: str = "",
    hosts: str = "",
    request: str = "",
    reason: str = "",
) -> CertificateApplication:
    """Enter an application of an office, for itself, a server or a device. Raises Denied, CertificateRefused."""
    require(actor, pki.ENTER)
    return pki.apply_for_certificate(
        actor=actor,
        profile=profile,
        algorithm=algorithm,
        organisation=organisation,
        name=name,
        hosts=split_hosts(hosts),
        request=request.strip().encode(),
        reason=reason,
    )


def enter_renewal(
    *, actor: Actor, certificate: Certificate, request: str = "", reason: str = ""
) -> CertificateApplication:
    """Enter the renewal of a certificate that an office holds, over a new key. Raises Denied, CertificateRefused."""
    require(actor, pki.ENTER, certificate)
    if certificate.organisation is None:
        raise CertificateRefused("renewal", _("个人和企业的证书由持有人在“我的证书”换发。"))
    return pki.apply_for_certificate(
        actor=actor,
        profile=certificate.profile,
        algorithm=certificate.algorithm,
        organisation=certificate.organisation,
        name=certificate.common_name,
        hosts=pki.list_hosts(certificate),
        request=request.strip().encode(),
        reason=reason,
        renews=certificate,
    )


def propose_authority(*, actor: Actor, name: str, kind: str, basis: str, certificate: Upload) -> OutsideAuthority:
    """Propose to trust an outside authority by its certificate. Raises Denied, CertificateRefused."""
    content = read_upload(certificate, "", "certificate")
    return pki.propose_authority(actor=actor, name=name, kind=kind, basis=basis, certificate=content)


def trust_authority(
    *, actor: Actor, authority: OutsideAuthority, opinion: str, until_date: date | None = None
) -> OutsideAuthority:
    """Approve it, to the end of a day or of its certificate. Raises Denied, CertificateRefused."""
    end = timezone.make_aware(datetime.combine(until_date, time.max)) if until_date else None
    return pki.trust_authority(actor=actor, authority=authority, opinion=opinion, trusted_until=end)


def publish_list(*, actor: Actor, authority: pki.Authority) -> RevocationList:
    """Publish an authority's list anew, out of turn. Raises Denied."""
    require(actor, pki.REVOKE, authority)
    return pki.publish_list(authority=authority, actor=actor)

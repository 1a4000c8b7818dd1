"""Client certificates: what the proxy verified and hands over, whose they are, and why one doesn't hold.

The proxy (nginx) verifies the chain and overwrites three headers: the certificate, its verdict and a secret that only
it and the platform know. What comes without the secret, or not from a trusted proxy, was written by somebody else.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.directories import CertificateDirectory
from zhengtong.capabilities.signon.models import BoundCertificate
from zhengtong.capabilities.signon.selectors import require_spare_factor
from zhengtong.capabilities.signon.services.codes import tell_of_change
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, Refused
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens.formats import cn_datetime

CERTIFICATE, VERDICT, SECRET = "X-Client-Certificate", "X-Client-Verify", "X-Proxy-Secret"
FORGED = "forged"
LONGEST = 16_000


@dataclass(frozen=True)
class Presented:
    """A certificate that the proxy verified against the authorities it trusts."""

    certificate: x509.Certificate
    der: bytes

    @property
    def fingerprint(self) -> str:
        return sha256(self.der).hexdigest()

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()[:300]


def is_offered() -> bool:
    """Whether this installation has a proxy that asks for certificates."""
    return bool(settings.CLIENT_CERTIFICATE_SECRET)


def came_through_the_proxy(request: HttpRequest) -> bool:
    """Return whether the headers about a client certificate were written by the proxy that takes them."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    sent = request.headers.get(SECRET, "")
    secret = settings.CLIENT_CERTIFICATE_SECRET
    return bool(secret) and peer in settings.TRUSTED_PROXIES and hmac.compare_digest(sent.encode(), secret.encode())


def read_presented(request: HttpRequest) -> Presented:
    """Return the certificate that came with this request. Raises Refused: ``forged`` when its headers are."""
    pem = request.headers.get(CERTIFICATE, "")
    if not came_through_the_proxy(request):
        if pem or request.headers.get(VERDICT):
            raise Refused(FORGED, _("证书信息不是由本单位的入口服务器核验的，不能采信；这次尝试已经记录"))
        raise Refused("absent", _("没有收到数字证书：请插好证书介质（U盾），从单位的入口地址打开，再选择证书"))
    verdict = request.headers.get(VERDICT, "NONE")
    if not pem or len(pem) > LONGEST or verdict == "NONE":
        raise Refused("absent", _("没有收到数字证书：请插好证书介质（U盾），刷新页面并选择证书"))
    try:
        certificate = x509.load_pem_x509_certificate(unquote(pem).encode())
    except ValueError:
        raise Refused("unreadable", _("收到的数字证书看不懂，可能介质有损坏，请联系发证机构")) from None
    _check_days(certificate)
    _check_verdict(certificate, verdict)
    return Presented(certificate, certificate.public_bytes(Encoding.DER))


def _check_days(certificate: x509.Certificate) -> None:
    now = timezone.now()
    if now > certificate.not_valid_after_utc:
        raise Refused(
            "expired",
            _("数字证书已经在 %(at)s 过期，请到发证机构更新后再用")
            % {"at": cn_datetime(certificate.not_valid_after_utc)},
        )
    if now < certificate.not_valid_before_utc:
        raise Refused(
            "not-yet",
            _("数字证书要到 %(at)s 才生效，请到时再用；如果电脑时间不准，请先校准")
            % {"at": cn_datetime(certificate.not_valid_before_utc)},
        )


def _check_verdict(certificate: x509.Certificate, verdict: str) -> None:
    if verdict == "SUCCESS":
        return
    if "revoked" in verdict:
        raise Refused("revoked", _("数字证书已经被吊销，不能再用来登录，请联系发证机构"))
    if certificate.issuer == certificate.subject:
        raise Refused("self-signed", _("这是自己签发的证书，不是发证机构发的，不能用来登录"))
    raise Refused("untrusted", _("数字证书不是本单位认可的机构颁发的，不能用来登录"))


def _check_revoked(presented: Presented) -> None:
    for directory in registry.of(CertificateDirectory):
        if directory.is_revoked(presented.der):
            raise Refused("revoked", _("数字证书已经被吊销，不能再用来登录，请联系发证机构"))


def find_account(presented: Presented) -> Account:
    """Return whose certificate it is: bound to an account, or issued to its holder. Raises Refused."""
    _check_revoked(presented)
    bound = BoundCertificate.objects.select_related("account").filter(fingerprint=presented.fingerprint).first()
    account = bound.account if bound else None
    if account is None:
        held = (directory.find_account(presented.der) for directory in registry.of(CertificateDirectory))
        account = next((found for found in held if found is not None), None)
    if account is None:
        raise Refused(
            "unbound",
            _("这张数字证书还没有绑定账号：请先用密码登录，在“登录安全”里绑定它"),
        )
    if bound is not None:
        BoundCertificate.objects.filter(pk=bound.pk).update(last_used_at=timezone.now())
    return account


@transaction.atomic
def bind_certificate(*, actor: Actor, account: Account, presented: Presented) -> BoundCertificate:
    """Let a certificate that she holds sign the account in. Raises Refused."""
    _check_revoked(presented)
    certificate = presented.certificate
    try:
        with transaction.atomic():
            made = BoundCertificate.objects.create(
                account=account,
                fingerprint=presented.fingerprint,
                der=presented.der,
                subject=presented.subject,
                issuer=certificate.issuer.rfc4514_string()[:300],
                serial=f"{certificate.serial_number:x}"[:64],
                not_after=certificate.not_valid_after_utc,
            )
    except IntegrityError:
        raise Refused("taken", _("这张数字证书已经绑定了账号，不能重复绑定")) from None
    record(actor, "signon.certificate_bound", made, after={"serial": made.serial})
    tell_of_change(actor=actor, account=account, what=_("绑定了数字证书“%(subject)s”") % {"subject": made.subject})
    return made


@transaction.atomic
def unbind_certificate(*, actor: Actor, bound: BoundCertificate) -> None:
    """Raises Refused where a rule asks for it and it is the only one."""
    require_spare_factor(bound.account, without=bound)
    record(actor, "signon.certificate_unbound", bound, before={"serial": bound.serial})
    account, subject = bound.account, bound.subject
    bound.delete()
    tell_of_change(actor=actor, account=account, what=_("解除了数字证书“%(subject)s”的绑定") % {"subject": subject})

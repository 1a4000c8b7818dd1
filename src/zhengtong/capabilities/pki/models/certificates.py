"""Authorities, the certificates they issued, and the lists of those they took back."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki.domain.profiles import list_profiles
from zhengtong.core.crypto.public import Algorithm


class KeyKind(models.TextChoices):
    """What a key is, in the words of the field. The values are the signer's."""

    P256 = Algorithm.P256.value, "ECDSA P-256"
    RSA3072 = Algorithm.RSA3072.value, "RSA"
    SM2 = Algorithm.SM2.value, "SM2"


class CertificateState(models.TextChoices):
    VALID = "valid", _("有效")
    HELD = "held", _("暂停")
    REVOKED = "revoked", _("已吊销")


class RevocationReason(models.TextChoices):
    """Reasons of RFC 5280 5.3.1; the values are asn1crypto's names."""

    UNSPECIFIED = "unspecified", _("未说明")
    KEY_COMPROMISE = "key_compromise", _("密钥泄露或者丢失")
    CA_COMPROMISE = "ca_compromise", _("颁发机构密钥泄露")
    AFFILIATION_CHANGED = "affiliation_changed", _("单位或者姓名变更")
    SUPERSEDED = "superseded", _("已换发新证书")
    CESSATION = "cessation_of_operation", _("不再使用")
    HOLD = "certificate_hold", _("暂停使用")
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn", _("不再具备资格")


# Why a certificate ends for good; a hold can be lifted, and an authority's own end isn't a clerk's choice.
REASONS = [
    (reason.value, reason.label)
    for reason in RevocationReason
    if reason not in (RevocationReason.HOLD, RevocationReason.CA_COMPROMISE)
]


class HolderKind(models.TextChoices):
    PERSON = "person", _("个人")
    ENTITY = "entity", _("企业或者其他组织")
    ORGANISATION = "organisation", _("机关")
    EQUIPMENT = "equipment", _("服务器或者设备")
    SERVICE = "service", _("平台服务")


class Authority(models.Model):
    """One of the platform's own authorities. Its key is in the signer and nowhere else.

    ``list_number`` is the number of the newest revocation list; whoever locks the row may publish the next one.
    """

    code = models.SlugField(_("代号"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    algorithm = models.CharField(_("算法"), max_length=10, choices=KeyKind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    key_name = models.CharField(_("密钥"), max_length=80, unique=True)
    der = models.BinaryField(_("证书"))
    serial = models.CharField(_("序列号"), max_length=40)
    fingerprint = models.CharField(_("指纹"), max_length=64, unique=True)
    # How OCSP requests name an authority (RFC 6960 4.1.1): digests of its name and of its key's bits.
    name_sha1 = models.CharField(max_length=40)
    key_sha1 = models.CharField(max_length=40, unique=True)
    name_sha256 = models.CharField(max_length=64)
    key_sha256 = models.CharField(max_length=64, unique=True)
    not_before = models.DateTimeField(_("生效时间"))
    not_after = models.DateTimeField(_("到期时间"))
    list_number = models.PositiveBigIntegerField(_("吊销列表编号"), default=0)

    class Meta:
        verbose_name = _("颁发机构")

    def __str__(self) -> str:
        return self.title

    @property
    def is_root(self) -> bool:
        return self.parent_id is None

    def chain_der(self) -> list[bytes]:
        """Return this authority's certificate and those above it, the root last."""
        found: list[bytes] = []
        at: Authority | None = self
        while at is not None:
            found.append(bytes(at.der))
            at = at.parent
        return found


class Certificate(models.Model):
    """A certificate that one of the own authorities issued; also the certificate of an issuing authority itself.

    ``serial`` is hexadecimal. ``key_name`` names the key in the signer, "" where the holder keeps it herself.
    ``pair`` leads from an SM2 encryption certificate to the signing certificate it belongs to.
    """

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("颁发机构")
    )
    serial = models.CharField(_("序列号"), max_length=40)
    fingerprint = models.CharField(_("指纹（SHA-256）"), max_length=64, unique=True)
    der = models.BinaryField(_("证书"))
    profile = models.CharField(
        _("类别"), max_length=20, choices=[(each.code, each.title) for each in list_profiles().values()]
    )
    algorithm = models.CharField(_("算法"), max_length=10, choices=KeyKind.choices)
    subject = models.TextField(_("证书名称"))
    common_name = models.CharField(_("持有人"), max_length=64)
    key_digest = models.CharField(max_length=64, db_index=True)
    key_name = models.CharField(_("签名服务里的密钥"), max_length=80, blank=True)
    holder_kind = models.CharField(_("持有人类别"), max_length=16, choices=HolderKind.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("账号")
    )
    legal_entity = models.ForeignKey(
        "identity.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("企业")
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("机关")
    )
    not_before = models.DateTimeField(_("生效时间"))
    not_after = models.DateTimeField(_("到期时间"))
    state = models.CharField(_("状态"), max_length=10, choices=CertificateState.choices, default=CertificateState.VALID)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)
    reason = models.CharField(_("吊销原因"), max_length=24, choices=RevocationReason.choices, blank=True)
    note = models.CharField(_("吊销说明"), max_length=200, blank=True)
    pair = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="encryption", verbose_name=_("签名证书")
    )
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="renewals", verbose_name=_("换发自")
    )
    # A key made by the authority, encrypted to the holder's own signing key (SM2EnvelopedKey of GM/T 0009).
    enveloped_key = models.BinaryField(_("加密后的密钥"), null=True)
    issued_at = models.DateTimeField(_("颁发时间"))

    class Meta:
        verbose_name = _("数字证书")
        constraints = [
            models.UniqueConstraint(fields=["authority", "serial"], name="one_certificate_a_serial"),
            models.CheckConstraint(
                condition=models.Q(state="valid", revoked_at=None)
                | ~models.Q(state="valid") & ~models.Q(revoked_at=None),
                name="revoked_certificates_say_when",
            ),
        ]
        indexes = [
            models.Index(fields=["serial"], opclasses=["varchar_pattern_ops"], name="certificates_by_serial"),
            models.Index(fields=["common_name"], opclasses=["varchar_pattern_ops"], name="certificates_by_name"),
            models.Index(fields=["state", "-id"], name="certificates_by_state"),
            models.Index(fields=["not_after", "id"], name="certificates_by_end"),
            models.Index(fields=["account", "-id"], name="certificates_by_account"),
            models.Index(
                fields=["authority", "revoked_at"], name="certificates_revoked", condition=~models.Q(state="valid")
            ),
        ]

    def __str__(self) -> str:
        return self.common_name

    @property
    def is_revoked(self) -> bool:
        """Whether it counts for nothing now: revoked, or on hold."""
        return self.state != CertificateState.VALID

    def is_valid_at(self, moment: datetime) -> bool:
        """Return whether it may be relied on at ``moment``, as far as this row knows."""
        is_taken_back = self.revoked_at is not None and self.revoked_at <= moment
        return self.not_before <= moment <= self.not_after and not is_taken_back

    @property
    def is_usable(self) -> bool:
        return self.is_valid_at(timezone.now())

    def chain_der(self) -> list[bytes]:
        """Return the certificates above this one: the issuing authority's first, the root last."""
        return self.authority.chain_der()

    def get_shown_state(self) -> Any:
        """Return the state in words; expiry is a matter of the clock, not of the row."""
        if self.state == CertificateState.VALID and timezone.now() > self.not_after:
            return _("已过期")
        return self.get_state_display()


class RevocationList(models.Model):
    """A published list of an authority's revoked certificates. Old ones stay: they say what was known when."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="lists", verbose_name=_("颁发机构"))
    number = models.PositiveBigIntegerField(_("编号"))
    this_update = models.DateTimeField(_("发布时间"))
    next_update = models.DateTimeField(_("下次更新"))
    entries = models.PositiveIntegerField(_("吊销条数"))
    der = models.BinaryField(_("列表"))

    class Meta:
        verbose_name = _("吊销列表")
        constraints = [models.UniqueConstraint(fields=["authority", "number"], name="one_list_a_number")]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.number}"

"""What people prove themselves with, each spent or counted in its own row, so that two uses at once have one winner."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField, EncryptedTextField
from zhengtong.core.identity.public import Account


class CodeGenerator(models.Model):
    """动态口令: an app that shows a new code every thirty seconds (RFC 6238). ``last_step`` is the last one spent."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="code_generator")
    secret = EncryptedTextField()
    last_step = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("添加时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("动态口令")

    def __str__(self) -> str:
        return f"{self.account}"


class Passkey(models.Model):
    """通行密钥: a public key whose private half never leaves a phone, a computer or a security key (WebAuthn).

    ``data`` is fido2's attested credential data. Where an authenticator counts its signatures, a count that doesn't
    grow means that there are two of it: ``blocked_at``.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(unique=True)
    data = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    # Found by the device itself, so that nobody has to type a name to sign in.
    is_discoverable = models.BooleanField(default=False)
    name = models.CharField(_("名称"), max_length=40)
    created_at = models.DateTimeField(_("添加时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    blocked_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = _("通行密钥")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """恢复码: lets in once who lost her phone. Only its keyed digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("恢复码")
        constraints = [models.UniqueConstraint(fields=["account", "code_digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.account}"


class BoundCertificate(models.Model):
    """绑定的数字证书: a client certificate that signs this account in, found by its SHA-256 fingerprint."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="bound_certificates")
    fingerprint = models.CharField(max_length=64, unique=True)
    der = models.BinaryField()
    subject = models.CharField(_("持有人"), max_length=300)
    issuer = models.CharField(_("颁发者"), max_length=300)
    serial = models.CharField(_("序列号"), max_length=64)
    not_after = models.DateTimeField(_("有效期至"))
    created_at = models.DateTimeField(_("绑定时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("绑定的数字证书")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.subject


class Challenge(models.Model):
    """What a browser has to sign, once: the row is gone when it was answered, however many answers come at once."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    purpose = models.CharField(max_length=20)
    state = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("待签的随机数")

    def __str__(self) -> str:
        return self.purpose


class HeldForm(models.Model):
    """A form that was sent when a proof was needed first: sealed, her own, and gone after ten minutes or once shown."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    path = models.TextField()
    fields = EncryptedJSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("等待确认身份的表单")

    def __str__(self) -> str:
        return self.path

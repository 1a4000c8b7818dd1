"""What was asked for: an application with its own request or for a key that the platform makes at collection."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki.domain.profiles import list_profiles
from zhengtong.capabilities.pki.models.certificates import Certificate, HolderKind, KeyKind


class KeySource(models.TextChoices):
    REQUEST = "request", _("自己产生密钥，提交证书请求")
    COLLECT = "collect", _("领取时产生密钥，下载带口令的证书文件")


class ApplicationState(models.TextChoices):
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("待领取")
    ISSUED = "issued", _("已颁发")
    REFUSED = "refused", _("不予颁发")
    WITHDRAWN = "withdrawn", _("已撤回")


class CertificateApplication(models.Model):
    """An application for one certificate (two with SM2: for signing and for encryption).

    ``parts`` and ``hosts`` are what the certificate will say; ``checks`` what was found when it came in, again shown
    to whoever approves.
    """

    number = models.CharField(_("申请编号"), max_length=20, unique=True, null=True)  # noqa: DJ001  # set with the row's id
    profile = models.CharField(
        _("证书类别"), max_length=20, choices=[(each.code, each.title) for each in list_profiles().values()]
    )
    algorithm = models.CharField(_("算法"), max_length=10, choices=KeyKind.choices)
    key_source = models.CharField(_("密钥"), max_length=10, choices=KeySource.choices)
    request_der = models.BinaryField(_("证书请求"), null=True)
    key_digest = models.CharField(max_length=64, blank=True, db_index=True)
    common_name = models.CharField(_("证书名称"), max_length=64)
    parts = models.JSONField(_("证书内容"), default=dict)
    hosts = models.JSONField(_("域名和地址"), default=list)
    with_encryption = models.BooleanField(_("同时颁发加密证书"), default=False)
    checks = models.JSONField(_("核对结果"), default=list)
    holder_kind = models.CharField(_("持有人类别"), max_length=16, choices=HolderKind.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("持有人账号")
    )
    legal_entity = models.ForeignKey(
        "identity.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("企业")
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("机关")
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("申请人账号")
    )
    applied_by_name = models.CharField(_("申请人"), max_length=40)
    applied_at = models.DateTimeField(_("申请时间"))
    reason = models.CharField(_("用途"), max_length=200, blank=True)
    renews = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("换发")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=ApplicationState.choices, default=ApplicationState.SUBMITTED
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("审批人账号")
    )
    decided_by_name = models.CharField(_("审批人"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    opinion = models.CharField(_("审批意见"), max_length=200, blank=True)
    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, null=True, related_name="application", verbose_name=_("证书")
    )

    class Meta:
        verbose_name = _("证书申请")
        indexes = [
            models.Index(fields=["state", "-id"], name="applications_by_state"),
            models.Index(fields=["common_name"], opclasses=["varchar_pattern_ops"], name="applications_by_name"),
            models.Index(fields=["applied_by", "-id"], name="applications_by_applicant"),
        ]

    def __str__(self) -> str:
        return self.number or ""

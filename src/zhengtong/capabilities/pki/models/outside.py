"""Authorities of others whose certificates count here: who let them in, on what ground, and from when to when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OutsideKind(models.TextChoices):
    LICENSED = "licensed", _("依法设立的电子认证服务机构")
    GOVERNMENT = "government", _("电子政务电子认证服务机构")
    PARTNER = "partner", _("协作单位自建的颁发机构")


class TrustState(models.TextChoices):
    PROPOSED = "proposed", _("待批准")
    TRUSTED = "trusted", _("已信任")
    REFUSED = "refused", _("不予信任")
    ENDED = "ended", _("已停止信任")


class OutsideAuthority(models.Model):
    """A root or issuing authority outside, as its certificate states it.

    Signatures under it are accepted where they were made between ``trusted_from`` and ``trusted_until``.
    """

    name = models.CharField(_("机构名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=12, choices=OutsideKind.choices)
    basis = models.CharField(_("信任依据"), max_length=300)
    subject = models.TextField(_("证书名称"))
    algorithm = models.CharField(_("算法"), max_length=40)
    der = models.BinaryField(_("证书"))
    fingerprint = models.CharField(_("指纹（SHA-256）"), max_length=64, unique=True)
    is_root = models.BooleanField(_("根证书"))
    not_before = models.DateTimeField(_("证书生效"))
    not_after = models.DateTimeField(_("证书到期"))
    trusted_from = models.DateTimeField(_("信任起"), null=True)
    trusted_until = models.DateTimeField(_("信任止"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=TrustState.choices, default=TrustState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("提出人账号")
    )
    proposed_by_name = models.CharField(_("提出人"), max_length=40)
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by_name = models.CharField(_("批准人"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    opinion = models.CharField(_("意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("外部颁发机构")

    def __str__(self) -> str:
        return self.name

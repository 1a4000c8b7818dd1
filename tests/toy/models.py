"""Wells, and the times that someone measured them."""

from django.contrib.gis.db.models import PointField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField
from zhengtong.core.identity.public import Account, Organisation, Region


class WellStatus(models.TextChoices):
    USED = "used", _("在用")
    SUSPENDED = "suspended", _("停用")
    SEALED = "sealed", _("已封填")


class Well(models.Model):
    """A well that takes ground water (地下水管理条例 第二十二条).

    ``keeper_account`` is hers who looks after it: she sees it among her own and reports its water level.
    """

    code = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60, db_index=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    status = models.CharField(_("状态"), max_length=12, choices=WellStatus.choices, default=WellStatus.USED)
    depth = models.DecimalField(_("井深"), max_digits=7, decimal_places=2, null=True, blank=True)
    fee = models.DecimalField(_("年水资源税"), max_digits=12, decimal_places=2, default=0)
    drilled_date = models.DateField(_("成井日期"), null=True, blank=True, db_index=True)
    is_metered = models.BooleanField(_("已装表"), default=False)
    keeper = models.CharField(_("看护人"), max_length=40, blank=True)
    keeper_phone = EncryptedTextField(_("看护人手机"), blank=True, default="")
    keeper_digest = models.CharField(max_length=64, blank=True, default="", db_index=True)
    keeper_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    location = PointField(_("位置"), srid=4490, null=True)
    note = models.TextField(_("备注"), max_length=500, blank=True)
    registered_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("水井")
        indexes = [
            models.Index(fields=["status", "id"], name="wells_by_status"),
            models.Index(fields=["name", "id"], name="wells_by_name"),
            models.Index(fields=["drilled_date", "id"], name="wells_by_drilling"),
            models.Index(fields=["fee", "id"], name="wells_by_fee"),
            models.Index(fields=["registered_at", "id"], name="wells_by_registration"),
        ]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """The level of a well's water on a day, in metres below the ground."""

    well = models.ForeignKey(Well, on_delete=models.CASCADE, related_name="readings", verbose_name=_("水井"))
    read_date = models.DateField(_("测量日期"))
    level = models.DecimalField(_("水位埋深"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("测量")
        indexes = [models.Index(fields=["well", "-read_date"], name="readings_by_well")]

    def __str__(self) -> str:
        return f"{self.read_date} {self.level}"

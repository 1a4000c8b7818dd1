"""催办, and screens that show the wall without anybody there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Urging(models.Model):
    """催办: a supervisor asks whoever has the task how it stands, and what she answered."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="urgings")
    task = models.ForeignKey("cases.Task", on_delete=models.CASCADE, related_name="+")
    # Who had the task; null: it waited in the office's pool and its leaders were asked.
    holder = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    urged_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    urged_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("催办内容"), max_length=500)
    urged_at = models.DateTimeField(_("催办时间"), db_default=Now())
    answer = models.CharField(_("情况说明"), max_length=1000, blank=True)
    answered_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    answered_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("说明时间"), null=True)

    class Meta:
        verbose_name = _("催办")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="urgings_by_organ"),
            models.Index(fields=["urged_by", "-id"], name="urgings_by_supervisor"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.urged_at}"


class WallDisplay(models.Model):
    """A screen nobody is signed in at. Its link shows sums only, of the organisations its maker could watch then."""

    name = models.CharField(_("名称"), max_length=60)
    token_digest = models.CharField(max_length=64, unique=True)
    title = models.CharField(_("大屏标题"), max_length=60)
    organisations: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField())
    created_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    seen_at = models.DateTimeField(_("最近显示"), null=True)

    class Meta:
        verbose_name = _("大屏链接")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

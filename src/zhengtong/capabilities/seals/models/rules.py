"""Limits and sizes that notices set: dated rows with their clause, changed on a screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleKey(models.TextChoices):
    REVIEW_DAYS = "days.review", _("审核期限（工作日）")
    APPROVAL_DAYS = "days.approval", _("批准期限（工作日）")
    MAKING_DAYS = "days.making", _("制作期限（工作日）")
    FILING_DAYS = "days.filing", _("备案期限（工作日）")
    ENABLING_DAYS = "days.enabling", _("启用期限（工作日）")
    RETURNED_DAYS = "days.returned", _("修改后再次申请的期限（工作日）")
    USE_DAYS = "days.use", _("用印审批期限（工作日）")
    APPROVED_HOURS = "hours.approved", _("批准用印后有效（小时）")
    COUNTY_SIZE = "size.county", _("县级机关部门法定名称章直径（毫米）")
    CITY_SIZE = "size.city", _("市级机关部门法定名称章直径（毫米）")
    TOWN_SIZE = "size.town", _("乡镇机关法定名称章直径（毫米）")
    OTHER_SIZE = "size.other", _("其他单位法定名称章直径（毫米）")
    SPECIAL_SIZE = "size.special", _("圆形专用章直径（毫米）")
    BATCH_MOST = "most.batch", _("一批最多份数")


class SealRule(models.Model):
    """One value from a day on. The newest whose day has come holds."""

    key = models.CharField(_("规则"), max_length=20, choices=RuleKey.choices)
    value = models.PositiveIntegerField(_("数值"))
    valid_from = models.DateField(_("施行日期"))
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("印章规则")
        ordering = ["key", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="one_seal_rule_a_day")]

    def __str__(self) -> str:
        return f"{self.get_key_display()} {self.value}"

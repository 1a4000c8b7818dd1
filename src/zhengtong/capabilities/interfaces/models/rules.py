"""Limits of the interface path, each a row from a day on."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleKey(models.TextChoices):
    SKEW_SECONDS = "skew_seconds", _("允许的时钟偏差（秒）")
    KEEP_DAYS = "keep_days", _("调用日志保存天数")
    UNSTAMPED_MINUTES = "unstamped_minutes", _("时间戳中断多久后停止服务（分钟）")
    OVERLAP_DAYS = "overlap_days", _("更换密钥后旧密钥继续有效的天数")
    ATTEMPTS = "attempts", _("变更推送的次数上限")


class InterfaceRule(models.Model):
    """A limit from a day on. ``is_verified``: somebody compared ``basis`` with the official text."""

    key = models.CharField(_("规则"), max_length=20, choices=RuleKey.choices)
    value = models.PositiveIntegerField(_("数值"), validators=[MinValueValidator(1)])
    valid_from = models.DateField(_("从哪天起"))
    basis = models.CharField(_("依据"), max_length=200)
    is_verified = models.BooleanField(_("已核对"), default=True)

    class Meta:
        verbose_name = _("接口规则")
        ordering = ["key", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="one_interface_rule_a_day")]

    def __str__(self) -> str:
        return f"{self.get_key_display()} {self.value}"

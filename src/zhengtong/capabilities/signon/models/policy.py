"""What is asked of whom, as dated rows: a later row takes the place of an earlier one from its day on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.domain import Strength, Thresholds

STRENGTHS = (
    (Strength.ONE.value, _("一种方式（密码、短信验证码）")),
    (Strength.TWO.value, _("两种方式（密码加动态口令）")),
    (Strength.HARDWARE.value, _("通行密钥或者数字证书")),
)


class FactorRule(models.Model):
    """How strongly whoever holds ``role`` signs in from a day on; who can't yet has ``grace_days`` to prepare for it.

    Strength 1 takes an earlier demand back.
    """

    role = models.CharField(_("角色"), max_length=60)
    strength = models.PositiveSmallIntegerField(_("登录强度"), choices=STRENGTHS)
    effective_from = models.DateField(_("施行日期"))
    grace_days = models.PositiveSmallIntegerField(_("宽限天数"), default=30)
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("登录要求")
        constraints = [models.UniqueConstraint(fields=["role", "effective_from"], name="one_factor_rule_a_day")]

    def __str__(self) -> str:
        return f"{self.role} {self.effective_from}"


class StepUpRule(models.Model):
    """How strongly, and how many minutes ago at most, a person must have proved herself before ``act``."""

    act = models.CharField(_("行为"), max_length=40)
    strength = models.PositiveSmallIntegerField(_("确认强度"), choices=STRENGTHS)
    minutes = models.PositiveSmallIntegerField(_("多少分钟内"))
    effective_from = models.DateField(_("施行日期"))
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("办理前确认身份的要求")
        constraints = [models.UniqueConstraint(fields=["act", "effective_from"], name="one_step_up_rule_a_day")]

    def __str__(self) -> str:
        return f"{self.act} {self.effective_from}"


class WatchRule(models.Model):
    """From when on a sign-in is unusual, and how long its record and a reset of lost factors wait."""

    night_from = models.TimeField(_("夜间开始"))
    night_until = models.TimeField(_("夜间结束"))
    two_places_minutes = models.PositiveSmallIntegerField(_("两地登录间隔（分钟）"))
    many_accounts = models.PositiveSmallIntegerField(_("同一地址试过的账号数"))
    many_failures = models.PositiveSmallIntegerField(_("连续失败次数"))
    window_minutes = models.PositiveSmallIntegerField(_("统计多少分钟内"))
    reset_hours = models.PositiveSmallIntegerField(_("重置登录方式的等待小时数"))
    kept_days = models.PositiveSmallIntegerField(_("登录记录保存天数"))
    effective_from = models.DateField(_("施行日期"), unique=True)
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("异常登录的判断标准")
        constraints = [
            # 网络安全法 第二十一条: logs of a network are kept for six months at least.
            models.CheckConstraint(condition=models.Q(kept_days__gte=183), name="attempts_kept_half_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(
            night_from=self.night_from,
            night_until=self.night_until,
            two_places_minutes=self.two_places_minutes,
            many_accounts=self.many_accounts,
            many_failures=self.many_failures,
            window_minutes=self.window_minutes,
        )

"""Every try to sign in, with what came of it and what was unusual."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Account
from zhengtong.screens.formats import cn_datetime


class Outcome(models.TextChoices):
    SUCCEEDED = "succeeded", _("登录成功")
    CONFIRMED = "confirmed", _("再次确认身份成功")
    WRONG_PASSWORD = "wrong_password", _("密码不对")
    WRONG_FACTOR = "wrong_factor", _("第二种方式没有通过")
    REPLAYED = "replayed", _("用过的口令或者恢复码")
    CLOCK = "clock", _("动态口令的时间不准")
    CLONED = "cloned", _("通行密钥疑似被复制")
    CERTIFICATE = "certificate", _("数字证书没有通过")
    FORGED = "forged", _("伪造的证书信息")
    LOCKED = "locked", _("失败过多，暂停登录")


FAILURES = [each.value for each in Outcome if each not in (Outcome.SUCCEEDED, Outcome.CONFIRMED)]


class Attempt(models.Model):
    """A try to sign in, or to prove oneself again. ``account`` is null where nobody has that name.

    ``oddities`` are codes of what was unusual; such a row waits for the security administrator until ``examined_at``.
    """

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("账号"))
    outcome = models.CharField(_("结果"), max_length=20, choices=Outcome.choices)
    proofs = ArrayField(models.CharField(max_length=10), verbose_name=_("方式"), default=list, blank=True)
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    network = models.CharField(_("网段"), max_length=50, blank=True)
    device = models.CharField(_("设备"), max_length=60, blank=True)
    detail = models.CharField(_("说明"), max_length=200, blank=True)
    oddities = ArrayField(models.CharField(max_length=20), verbose_name=_("异常"), default=list, blank=True)
    is_unusual = models.BooleanField(_("异常登录"), default=False)
    examined_at = models.DateTimeField(_("核查时间"), null=True)
    examined_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("核查人")
    )
    finding = models.CharField(_("核查结论"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("登录记录")
        indexes = [
            models.Index(fields=["account", "-at"], name="attempts_of_account"),
            models.Index(fields=["address", "-at"], name="attempts_from_address"),
            models.Index(fields=["at", "id"], name="attempts_by_time"),
            models.Index(fields=["outcome", "at"], name="attempts_by_outcome"),
            models.Index(
                fields=["at"], condition=models.Q(is_unusual=True, examined_at=None), name="attempts_to_examine"
            ),
        ]

    def __str__(self) -> str:
        return f"{cn_datetime(self.at)} {self.get_outcome_display()}"

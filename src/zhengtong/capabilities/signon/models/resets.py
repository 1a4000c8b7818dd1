"""A lost factor: two people vouch, the holder is told and may object, and only then her ways to sign in are reset."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Account
from zhengtong.screens.formats import cn_datetime


class ResetState(models.TextChoices):
    REQUESTED = "requested", _("等待第二人核实")
    WAITING = "waiting", _("等待期内")
    DONE = "done", _("已重置")
    STOPPED = "stopped", _("已终止")


class FactorReset(models.Model):
    """``requested_by`` knows the person lost her device, ``confirmed_by``, another one, confirms it.

    ``is_seen``: she stood at the counter with her papers, so that nobody has to wait; else it is done after
    ``due_at``, and she can stop it until then.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", verbose_name=_("账号"))
    reason = models.CharField(_("原因"), max_length=200)
    is_seen = models.BooleanField(_("本人持证件到场"), default=False)
    state = models.CharField(_("状态"), max_length=12, choices=ResetState.choices, default=ResetState.REQUESTED)
    requested_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人"))
    requested_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("核实人")
    )
    confirmed_at = models.DateTimeField(_("核实时间"), null=True)
    due_at = models.DateTimeField(_("最早重置时间"), null=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("重置登录方式")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=("requested", "waiting")),
                name="one_open_reset_an_account",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("requested_by")),
                name="two_people_reset_factors",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="resets_to_do"),
        ]

    def __str__(self) -> str:
        return f"{cn_datetime(self.requested_at)} {self.get_state_display()}"

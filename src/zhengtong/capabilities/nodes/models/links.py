"""Whether a link is up: each check for some days, and a line a day for ever."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.models.nodes import Node


class LinkCheck(models.Model):
    """One question "are you there" and how long the answer took."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField(_("时间"))
    is_up = models.BooleanField(_("通"))
    milliseconds = models.PositiveIntegerField(_("往返毫秒"), null=True)
    trouble = models.CharField(_("故障"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("链路检查")
        indexes = [models.Index(fields=["node", "-at"], name="checks_of_a_link")]

    def __str__(self) -> str:
        return f"{self.node_id} {self.at:%Y-%m-%d %H:%M}"


class LinkDay(models.Model):
    """What a link did on a day: checks, how many were answered, milliseconds, messages and bytes both ways."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("日期"))
    checks = models.PositiveIntegerField(_("检查"), default=0)
    answered = models.PositiveIntegerField(_("应答"), default=0)
    milliseconds = models.PositiveBigIntegerField(_("往返毫秒合计"), default=0)
    sent = models.PositiveIntegerField(_("发出"), default=0)
    sent_bytes = models.PositiveBigIntegerField(_("发出字节"), default=0)
    received = models.PositiveIntegerField(_("收到"), default=0)
    received_bytes = models.PositiveBigIntegerField(_("收到字节"), default=0)

    class Meta:
        verbose_name = _("链路日统计")
        constraints = [models.UniqueConstraint(fields=["node", "day"], name="one_line_a_link_a_day")]

    def __str__(self) -> str:
        return f"{self.node_id} {self.day}"

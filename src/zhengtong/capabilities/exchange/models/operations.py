"""What keeps contracts running: their turns, the limit of a link, the position in a log, and what went wrong."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Schedule(models.Model):
    """The turns of a contract. They are said in the contract; here is when the next one is, and what hinders it.

    ``next_turn_at`` in the past: the turn is due and waits (``hindrance`` says for what). Several turns that were
    missed are one: it is a moment, not a list. None: the contract has no turns, or has ended.
    """

    contract = models.OneToOneField(
        "contracts.Contract", on_delete=models.PROTECT, related_name="turns", verbose_name=_("共享合约")
    )
    next_turn_at = models.DateTimeField(_("下一次"), null=True)
    last_turn_at = models.DateTimeField(_("上一次"), null=True)
    last_run = models.ForeignKey(
        "Run", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("上一次任务")
    )
    is_paused = models.BooleanField(_("暂停排程"), default=False)
    hindrance = models.CharField(_("没有开始的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("交换排程")
        indexes = [
            models.Index(fields=["next_turn_at"], condition=Q(is_paused=False), name="schedules_by_next_turn"),
        ]

    def __str__(self) -> str:
        return str(self.contract)


class LinkLimit(models.Model):
    """How many runs a source bears at once. A source without a row bears ``domain.RUNS_AT_ONCE``."""

    source = models.OneToOneField(
        "sources.Source", on_delete=models.PROTECT, related_name="link_limit", verbose_name=_("数据源")
    )
    runs_at_once = models.PositiveSmallIntegerField(_("同时任务数上限"))

    class Meta:
        verbose_name = _("链路限额")
        constraints = [
            models.CheckConstraint(condition=Q(runs_at_once__gte=1), name="a_link_bears_one_run"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.runs_at_once}"


class CaptureState(models.TextChoices):
    NEW = "new", _("尚未全量")
    STREAMING = "streaming", _("正在捕获")
    BROKEN = "broken", _("需要重新全量")
    ENDED = "ended", _("已结束")


class Capture(models.Model):
    """The place of a contract in its source's log: a replication slot there, and how far the target has it.

    ``floor`` is the log's position after the whole table was read: the first window of changes reaches it at least, so
    that the target never shows less than the whole did. ``confirmed`` is the position up to which the target has
    everything; the slot is advanced to it afterwards, never before. Positions are PostgreSQL's own text (``0/1A2B3C``).
    ``lag_bytes``: what lies before us in the log; ``kept_bytes``: what the source can't throw away because of the slot.
    """

    contract = models.OneToOneField(
        "contracts.Contract", on_delete=models.PROTECT, related_name="capture", verbose_name=_("共享合约")
    )
    slot = models.CharField(_("复制槽"), max_length=63, unique=True)
    publication = models.CharField(_("发布"), max_length=63)
    state = models.CharField(_("状态"), max_length=9, choices=CaptureState.choices, default=CaptureState.NEW)
    # The agreed columns as they were when the capture began: name, type, modifier, is it of the key.
    columns: "models.JSONField[Any, Any]" = models.JSONField(_("列"), default=list)
    floor = models.CharField(_("全量读完的位置"), max_length=20, blank=True)
    confirmed = models.CharField(_("已确认的位置"), max_length=20, blank=True)
    lag_bytes = models.BigIntegerField(_("落后（字节）"), null=True)
    kept_bytes = models.BigIntegerField(_("数据源保留的日志（字节）"), null=True)
    left_bytes = models.BigIntegerField(_("还能保留（字节）"), null=True)
    checked_at = models.DateTimeField(_("检查时间"), null=True)
    trouble = models.CharField(_("问题"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("变更捕获")

    def __str__(self) -> str:
        return self.slot


class RunAlert(models.Model):
    """A contract whose last run failed, from then until its next one is done. People were told once."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="alerts", verbose_name=_("共享合约")
    )
    run = models.ForeignKey("Run", on_delete=models.PROTECT, related_name="+", verbose_name=_("失败的任务"))
    opened_at = models.DateTimeField(_("告警时间"), auto_now_add=True)
    closed_at = models.DateTimeField(_("解除时间"), null=True)

    class Meta:
        verbose_name = _("交换告警")
        constraints = [
            models.UniqueConstraint(fields=["contract"], condition=Q(closed_at=None), name="one_open_alert_a_contract")
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.opened_at}"

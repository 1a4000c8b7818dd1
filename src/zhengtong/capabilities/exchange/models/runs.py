"""Runs of contracts: one window of data from its source to its target, its proof, and the rows that were held back."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.between.models import NodeDelivery, NodeLanding
from zhengtong.core.crypto.public import EncryptedJSONField


class RunState(models.TextChoices):
    WAITING = "waiting", _("等待")
    RUNNING = "running", _("正在交换")
    PAUSED = "paused", _("已暂停")
    DONE = "done", _("已完成")
    STOPPED = "stopped", _("超过阈值，已停止")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


OPEN = (RunState.WAITING, RunState.RUNNING, RunState.PAUSED)


class Stage(models.TextChoices):
    """The seven steps of the batch path; the first four go on together, chunk by chunk, into the fifth."""

    READ = "read", _("读取")
    CHECK = "check", _("校验")
    MASK = "mask", _("脱敏")
    SEAL = "seal", _("封存")
    STAGE = "stage", _("暂存")
    MERGE = "merge", _("合并")
    RECONCILE = "reconcile", _("对账")


class Run(models.Model):
    """One window of a contract. (contract, window) is its name for ever: the target keeps the mark of it.

    ``window`` is "after..until" of a watermark, the position of a log, or the moment of a snapshot. ``lease_until``: a
    worker that holds the run longer than this without a sign is dead, and another takes over. ``detail`` holds what a
    second attempt needs (``after``, ``until``, ``position``) and, at the end, the digests.
    """

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="runs", verbose_name=_("共享合约")
    )
    window = models.CharField(_("窗口"), max_length=200)
    trigger = models.CharField(_("起因"), max_length=20)
    state = models.CharField(_("状态"), max_length=10, choices=RunState.choices, default=RunState.WAITING)
    stage = models.CharField(_("步骤"), max_length=10, choices=Stage.choices, default=Stage.READ)
    attempt = models.PositiveSmallIntegerField(_("第几次"), default=0)
    wish = models.CharField(_("等待执行的指令"), max_length=10, blank=True)
    leased_by = models.CharField(_("执行者"), max_length=100, blank=True)
    lease_until = models.DateTimeField(_("执行有效至"), null=True)
    rows_expected = models.BigIntegerField(_("来源行数"), null=True)
    rows_read = models.BigIntegerField(_("已读行数"), default=0)
    rows_held = models.BigIntegerField(_("隔离行数"), default=0)
    rows_staged = models.BigIntegerField(_("暂存行数"), default=0)
    bytes_moved = models.BigIntegerField(_("传输字节"), default=0)
    inserted = models.BigIntegerField(_("新增"), default=0)
    updated = models.BigIntegerField(_("更新"), default=0)
    deleted = models.BigIntegerField(_("删除"), default=0)
    unchanged = models.BigIntegerField(_("未变"), default=0)
    code = models.CharField(_("结果代码"), max_length=40, blank=True)
    message = models.CharField(_("结果"), max_length=500, blank=True)
    detail: "models.JSONField[Any, Any]" = models.JSONField(_("过程"), default=dict)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("交换任务")
        constraints = [
            models.UniqueConstraint(fields=["contract", "window"], name="one_run_a_window"),
            # Two runs of one contract at once: the second waits until the first has ended.
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state="running"), name="one_running_run_a_contract"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="runs_by_state"),
            models.Index(fields=["contract", "-id"], name="runs_by_contract"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.window}"


class Receipt(models.Model):
    """The proof of a run that both sides keep: a manifest with the chained digests of its chunks, signed and stamped.

    ``archive`` is the sealed batch of ``zhengtong_verify`` (manifest, signature, token, certificates); the rows
    themselves aren't in it. ``is_stamped`` False: the time-stamp service was down, the token follows (待补戳).
    """

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="receipt", verbose_name=_("交换任务"))
    digest = models.CharField(_("清单摘要"), max_length=64)
    archive = models.BinaryField(_("封存的清单"))
    rows = models.BigIntegerField(_("行数"))
    chunks = models.PositiveIntegerField(_("分块数"))
    is_stamped = models.BooleanField(_("已加盖时间戳"), default=True)
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("交换回执")
        indexes = [models.Index(fields=["made_at"], condition=Q(is_stamped=False), name="receipts_to_be_stamped")]

    def __str__(self) -> str:
        return self.digest


class HeldRow(models.Model):
    """A row that a rule held back (quarantine). ``original`` is encrypted; ``key_text`` names it for people, masked."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待处理")
        TICKETED = "ticketed", _("已转源头更正")
        REPLAYED = "replayed", _("已重新交换")
        DROPPED = "dropped", _("已放弃")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="held", verbose_name=_("交换任务"))
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="held", verbose_name=_("共享合约")
    )
    key_text = models.CharField(_("主键"), max_length=200)
    key_digest = models.CharField(_("主键摘要"), max_length=64)
    column = models.CharField(_("列"), max_length=128)
    rule = models.CharField(_("规则"), max_length=40)
    original = EncryptedJSONField(_("原始内容"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    ticket = models.ForeignKey(
        "CorrectionTicket", on_delete=models.PROTECT, null=True, related_name="held", verbose_name=_("更正单")
    )
    note = models.CharField(_("处理说明"), max_length=300, blank=True)
    held_at = models.DateTimeField(_("隔离时间"), auto_now_add=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True)

    class Meta:
        verbose_name = _("隔离数据")
        constraints = [
            # A second attempt of the same window holds the same rows once.
            models.UniqueConstraint(fields=["run", "key_digest", "column", "rule"], name="one_held_row_a_run_and_rule")
        ]
        indexes = [models.Index(fields=["contract", "state", "id"], name="held_rows_by_contract")]

    def __str__(self) -> str:
        return self.key_text


__all__ = ["OPEN", "HeldRow", "NodeDelivery", "NodeLanding", "Receipt", "Run", "RunState", "Stage"]

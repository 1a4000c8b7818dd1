"""Rows around the journal: what waits for a block, blocks, roots, and what was found when they were checked.

Numbers of records instead of foreign keys, as in the journal itself: a leaf has to outlive a record that somebody
removed, or it couldn't say that it was removed.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class PendingRecord(models.Model):
    """A record that no block holds yet. A trigger adds it in the transaction of the record; the sealer removes it."""

    record = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    is_worded = models.BooleanField(default=False)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("待封存的日志")

    def __str__(self) -> str:
        return str(self.record)


class RecordWords(models.Model):
    """The terms by which a record is found: made by the sealer, so that nobody's act pays for the index."""

    record = models.BigIntegerField(primary_key=True)
    terms = ArrayField(models.TextField())

    class Meta:
        verbose_name = _("日志检索词")
        indexes = [GinIndex(fields=["terms"], name="audit_words")]

    def __str__(self) -> str:
        return str(self.record)


class JournalLeaf(models.Model):
    """Where a record stands: in which block, at which place of its tree. ``digest`` is what the record's was."""

    record = models.BigIntegerField(_("日志编号"), primary_key=True)
    block = models.BigIntegerField(_("区块"))
    place = models.IntegerField(_("位置"))
    digest = models.BinaryField(_("摘要"), max_length=32)

    class Meta:
        verbose_name = _("区块里的日志")
        indexes = [models.Index(fields=["block", "place"], name="audit_leaf_by_block")]

    def __str__(self) -> str:
        return f"{self.record} → {self.block}/{self.place}"


class JournalCertificate(models.Model):
    """A certificate that signed blocks, by its SHA-256; ``chain`` are those of its issuers up to the root."""

    fingerprint = models.CharField(_("指纹"), max_length=64, primary_key=True)
    der = models.BinaryField()
    chain = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        verbose_name = _("签名证书")

    def __str__(self) -> str:
        return self.fingerprint


class SealedHeader(models.Model):
    """A header that was signed and stamped: ``header`` is the very text that the signature is over."""

    number = models.BigIntegerField(_("编号"), primary_key=True)
    root = models.CharField(_("树根"), max_length=64)
    header = models.TextField(_("块头"))
    hash = models.CharField(_("摘要"), max_length=64, unique=True)
    closed_at = models.DateTimeField(_("封存时间"))
    algorithm = models.CharField(_("签名算法"), max_length=10)
    signature = models.BinaryField(_("签名"))
    certificate = models.CharField(_("签名证书"), max_length=64)
    token = models.BinaryField(_("时间戳"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.number)


class JournalBlock(SealedHeader):
    """A sealed stretch of the journal: ``count`` records under a Merkle root, after the block before."""

    count = models.IntegerField(_("记录数"))

    class Meta:
        verbose_name = _("区块")
        indexes = [models.Index(fields=["closed_at", "number"], name="audit_block_by_time")]


class JournalRoot(SealedHeader):
    """What is published: the blocks ``first`` to ``last`` under one Merkle root, after the root before."""

    first = models.BigIntegerField(_("起始区块"))
    last = models.BigIntegerField(_("结束区块"))

    class Meta:
        verbose_name = _("日志根")
        indexes = [models.Index(fields=["last"], name="audit_root_by_last")]


class RootReceipt(models.Model):
    """One attempt to bring a root off the machine, and what the other side answered."""

    root = models.BigIntegerField(_("日志根"))
    channel = models.CharField(_("方式"), max_length=20)
    target = models.CharField(_("去处"), max_length=300)
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    is_done = models.BooleanField(_("已送达"))
    answer = models.TextField(_("回执"))

    class Meta:
        verbose_name = _("公布回执")
        indexes = [models.Index(fields=["root", "channel"], name="audit_receipt_by_root")]

    def __str__(self) -> str:
        return f"{self.root} {self.channel} {self.is_done}"


class SealingTrouble(models.Model):
    """A time in which blocks could not be closed, and why. It is over once the next block is closed."""

    began_at = models.DateTimeField(_("开始"))
    last_at = models.DateTimeField(_("最近一次"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    reason = models.CharField(_("原因"), max_length=300)

    class Meta:
        verbose_name = _("封存故障")
        constraints = [
            models.UniqueConstraint(
                models.F("ended_at"),
                name="audit_one_open_trouble",
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.reason}"


class CheckState(models.TextChoices):
    WAITING = "waiting", _("等待")
    RUNNING = "running", _("正在核对")
    PASSED = "passed", _("全部相符")
    FAILED = "failed", _("发现不符")
    CANCELLED = "cancelled", _("已停止")


class CheckRun(models.Model):
    """One check of the journal against itself. ``next_block`` is where it goes on after an interruption."""

    started_at = models.DateTimeField(_("开始"), auto_now_add=True)
    finished_at = models.DateTimeField(_("结束"), null=True)
    account = models.UUIDField(_("账号"), null=True)
    actor_name = models.CharField(_("核对人"), max_length=80, blank=True)
    state = models.CharField(_("结果"), max_length=10, choices=CheckState.choices, default=CheckState.WAITING)
    next_block = models.BigIntegerField(default=1)
    last_block = models.BigIntegerField(_("核对到"), default=0)
    total = models.BigIntegerField(_("记录总数"), default=0)
    checked = models.BigIntegerField(_("已核对"), default=0)
    findings = models.JSONField(_("不符之处"), default=list)

    class Meta:
        verbose_name = _("日志核对")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.get_state_display()}"

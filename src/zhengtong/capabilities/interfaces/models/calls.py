"""The log of calls: one row each, its digest under the Merkle root of a block that is stamped; sums by the hour."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField


class Call(models.Model):
    """A call as it was answered or refused, once its sender was known.

    The table is partitioned by ``on_day`` (the day of ``issued_at``, UTC): old days go as whole partitions.
    ``envelope`` and ``signature`` are what the member signed; ``leaf`` is over what ``gateway.logging.describe`` makes
    of the row. ``body`` holds what was asked and answered; None when it was refused, or too long to keep (the digests
    stay).
    Foreign keys are without constraints: a check of each would cost every call more than the row itself.
    """

    on_day = models.DateField(_("日期"))
    number = models.CharField(_("调用编号"), max_length=64)
    nonce = models.CharField(max_length=64)
    member = models.ForeignKey(
        "Member", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("接入系统")
    )
    service = models.ForeignKey(
        "Service",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        verbose_name=_("接口服务"),
    )
    contract = models.ForeignKey(
        "contracts.Contract",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        verbose_name=_("共享合约"),
    )
    organisation = models.ForeignKey(
        "identity.Organisation",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("使用单位"),
    )
    provider = models.ForeignKey(
        "identity.Organisation",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        verbose_name=_("提供单位"),
    )
    purpose = models.CharField(_("用途"), max_length=500)
    received_at = models.DateTimeField(_("时间"))
    status = models.PositiveSmallIntegerField(_("状态码"))
    code = models.CharField(_("结果"), max_length=40, blank=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    held = models.PositiveIntegerField(_("未通过校验的行"), default=0)
    bytes_in = models.PositiveIntegerField(_("请求字节"), default=0)
    bytes_out = models.PositiveIntegerField(_("应答字节"), default=0)
    microseconds = models.PositiveIntegerField(_("用时"), default=0)
    provider_microseconds = models.PositiveIntegerField(_("提供方用时"), default=0)
    address = models.CharField(_("来源地址"), max_length=45, blank=True)
    envelope = models.TextField(_("信封"))
    signature = models.CharField(_("签名"), max_length=200)
    answer_digest = models.CharField(_("应答摘要"), max_length=80, blank=True)
    body = EncryptedJSONField(_("请求和应答"), null=True)
    leaf = models.BinaryField(_("记录摘要"))
    block = models.ForeignKey(
        "CallBlock",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        verbose_name=_("区块"),
    )
    place = models.PositiveIntegerField(_("在区块中的位置"), null=True)

    class Meta:
        verbose_name = _("调用记录")

    def __str__(self) -> str:
        return self.number


class CallBlock(models.Model):
    """The calls of some seconds under one root; ``previous`` chains it. Without ``token``: 待补戳."""

    number = models.BigIntegerField(_("区块"), unique=True)
    previous = models.CharField(_("前一区块摘要"), max_length=64)
    root = models.CharField(_("根"), max_length=64)
    size = models.PositiveIntegerField(_("调用数"))
    closed_at = models.DateTimeField(_("生成时间"))
    digest = models.CharField(_("摘要"), max_length=64)
    token = models.BinaryField(_("时间戳"), null=True)
    stamped_at = models.DateTimeField(_("时间戳时间"), null=True)

    class Meta:
        verbose_name = _("调用日志区块")
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["closed_at"], condition=models.Q(stamped_at=None), name="call_blocks_to_be_stamped")
        ]

    def __str__(self) -> str:
        return str(self.number)


class HourTally(models.Model):
    """Sums of an hour of one service under one contract, added when a block closes. ``buckets`` is a histogram.

    ``buckets[i]`` counts calls of at most ``domain.BUCKETS_MS[i]`` milliseconds (and more than the one before).
    """

    hour = models.DateTimeField(_("小时"))
    service = models.ForeignKey(
        "Service", on_delete=models.CASCADE, related_name="tallies", null=True, verbose_name=_("接口服务")
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.CASCADE, related_name="+", null=True, verbose_name=_("共享合约")
    )
    calls = models.PositiveIntegerField(_("调用"), default=0)
    refused = models.PositiveIntegerField(_("拒绝"), default=0)
    failed = models.PositiveIntegerField(_("失败"), default=0)
    rows = models.PositiveBigIntegerField(_("行数"), default=0)
    bytes_out = models.PositiveBigIntegerField(_("应答字节"), default=0)
    microseconds = models.PositiveBigIntegerField(_("合计用时"), default=0)
    buckets = ArrayField(models.PositiveIntegerField(), verbose_name=_("用时分布"))

    class Meta:
        verbose_name = _("接口调用统计")
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "service", "contract"], nulls_distinct=False, name="one_interface_tally_an_hour"
            )
        ]
        indexes = [models.Index(fields=["service", "hour"], name="interface_tallies_by_service")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.hour}"


class RefusalTally(models.Model):
    """Calls of an hour that nobody known sent: they are counted and not logged, so that nobody fills the log."""

    hour = models.DateTimeField(_("小时"))
    code = models.CharField(_("原因"), max_length=40)
    count = models.PositiveIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = _("未能识别的调用")
        constraints = [models.UniqueConstraint(fields=["hour", "code"], name="one_refusal_tally_an_hour")]

    def __str__(self) -> str:
        return f"{self.code} {self.count}"


class AnswerKey(models.Model):
    """The public side of a key that one process signs answers with for a day.

    The private side is in that process' memory only. ``statement`` says that it signs answers, from when until when;
    ``signature`` is the platform's content certificate's over it, made in the signer.
    """

    key_id = models.CharField(_("密钥标识"), max_length=16, unique=True)
    statement = models.BinaryField(_("证明"))
    signature = models.BinaryField(_("签名"))
    certificates = models.TextField(_("证书"))
    not_before = models.DateTimeField(_("生效"))
    not_after = models.DateTimeField(_("失效"))

    class Meta:
        verbose_name = _("应答密钥")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.key_id

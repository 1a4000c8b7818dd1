"""Published services, and the two small tables that every call passes: spent nonces and leased allowances."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceKind(models.TextChoices):
    PASSED_ON = "passed_on", _("转发提供方接口")
    TABLE = "table", _("平台按库表应答")


class ServiceState(models.TextChoices):
    PUBLISHED = "published", _("已发布")
    STOPPED = "stopped", _("已停止")


class Service(models.Model):
    """A resource that is called rather than carried over. Who may call it, and what comes, the contract says.

    Of ``passed_on`` ones ``source`` is an HTTP source and ``place`` the path behind its address; ``method`` and the
    names in ``parameters`` (those that callers may give) say how it is asked, ``rows_at`` where in its JSON the rows
    are ("data.items"; "" for the answer itself). Of ``table`` ones ``place`` is a table of ``source``.
    """

    code = models.SlugField(_("服务代码"), max_length=60, unique=True)
    name = models.CharField(_("服务名称"), max_length=100)
    resource = models.ForeignKey(
        "catalogue.Resource", on_delete=models.PROTECT, related_name="+", verbose_name=_("信息资源")
    )
    provider = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("提供单位")
    )
    kind = models.CharField(_("应答方式"), max_length=10, choices=ServiceKind.choices)
    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="+", verbose_name=_("数据源"))
    place = models.CharField(_("路径或者库表"), max_length=300)
    method = models.CharField(_("请求方法"), max_length=4, choices=[("GET", "GET"), ("POST", "POST")], default="GET")
    parameters: "models.JSONField[Any, Any]" = models.JSONField(_("允许的参数"), default=list, blank=True)
    rows_at = models.CharField(_("数据在应答中的位置"), max_length=100, blank=True)
    timeout_ms = models.PositiveIntegerField(
        _("等待提供方（毫秒）"), default=10_000, validators=[MinValueValidator(100), MaxValueValidator(60_000)]
    )
    calls_a_minute = models.PositiveIntegerField(
        _("每个合约每分钟次数"), default=6000, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    note = models.TextField(_("说明"), blank=True, max_length=4000)
    state = models.CharField(_("状态"), max_length=10, choices=ServiceState.choices, default=ServiceState.PUBLISHED)
    reason = models.CharField(_("停止原因"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("发布时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("接口服务")
        ordering = ["-id"]
        indexes = [models.Index(fields=["provider", "code"], name="services_by_provider")]

    def __str__(self) -> str:
        return self.name


class SpentNonce(models.Model):
    """A nonce that a member used. Unlogged: the log's own uniqueness stands behind it after a crash.

    Rows older than twice the permitted skew are removed: what is older is refused by its age.
    """

    member_id = models.BigIntegerField()
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("已用的随机数")
        constraints = [models.UniqueConstraint(fields=["member_id", "nonce"], name="one_use_of_a_nonce")]
        indexes = [models.Index(fields=["at"], name="spent_nonces_by_age")]

    def __str__(self) -> str:
        return self.nonce


class Allowance(models.Model):
    """How much of a limit is given out in its window. Processes take it in small leases: see ``gateway.quota``."""

    key = models.CharField(_("限额"), max_length=60)
    window = models.CharField(_("时段"), max_length=16)
    used = models.PositiveIntegerField(_("已用"), default=0)
    lease = models.PositiveIntegerField(_("最近一次取走"), default=0)
    begun_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("限额用量")
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="one_allowance_a_window")]
        indexes = [models.Index(fields=["begun_at"], name="allowances_by_age")]

    def __str__(self) -> str:
        return f"{self.key} {self.window}"

"""Requests for data, and the contracts that agreed requests are frozen into."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """How the data comes."""

    SNAPSHOT = "snapshot", _("全量")
    INCREMENT = "increment", _("增量")
    CAPTURE = "capture", _("变更捕获")
    ONCE = "once", _("一次性")
    INTERFACE = "interface", _("接口调用")


class RequestState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    COMPLIANCE = "compliance", _("合规审查")
    PROVIDER = "provider", _("提供方审批")
    CORRECTION = "correction", _("待补正")
    DISPUTE = "dispute", _("争议协调")
    REFUSED = "refused", _("不予共享")
    GRANTED = "granted", _("已授权")
    WITHDRAWN = "withdrawn", _("已撤回")


class ContractState(models.TextChoices):
    EFFECTIVE = "effective", _("生效")
    SUSPENDED = "suspended", _("暂停")
    EXPIRED = "expired", _("到期")
    REVOKED = "revoked", _("撤销")


class DataRequest(models.Model):
    """One organisation asks another for a resource. ``terms`` is a ``contracts.domain.Terms`` as JSON.

    The request names the version that it was written against; what is granted is compiled from that one.
    """

    number = models.CharField(_("编号"), max_length=30, unique=True)
    resource = models.ForeignKey(
        "catalogue.Resource", on_delete=models.PROTECT, related_name="requests", verbose_name=_("信息资源")
    )
    version = models.ForeignKey(
        "catalogue.ResourceVersion", on_delete=models.PROTECT, related_name="+", verbose_name=_("资源版本")
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("申请单位")
    )
    provider = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("提供单位")
    )
    applicant = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("申请人")
    )
    mode = models.CharField(_("方式"), max_length=9, choices=Mode.choices)
    purpose = models.CharField(_("用途"), max_length=500)
    matter = models.CharField(_("应用场景（事项）"), max_length=200, blank=True)
    legal_basis = models.CharField(_("依据"), max_length=500)
    terms: "models.JSONField[Any, Any]" = models.JSONField(_("申请内容"), default=dict)
    target = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接收位置")
    )
    target_table = models.CharField(_("接收的表或者文件"), max_length=200, blank=True)
    valid_until = models.DateField(_("使用期限"))
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.DRAFT)
    due_at = models.DateTimeField(_("办理期限"), null=True)
    refusal = models.CharField(_("不予共享的理由"), max_length=20, blank=True)
    opinion = models.CharField(_("意见"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("起草时间"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    decided_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("共享申请")
        indexes = [
            models.Index(fields=["organisation", "state", "id"], name="data_requests_by_office"),
            models.Index(fields=["provider", "state", "id"], name="data_requests_by_provider"),
        ]

    def __str__(self) -> str:
        return self.number


class Contract(models.Model):
    """What was agreed, frozen. Whoever moves data reads ``content`` and nothing else of request or catalogue.

    ``content`` is canonical JSON of ``contracts.domain.ContractContent``; ``digest`` its SM3. Rows of this table are
    only ever changed in ``state`` and what goes with it.
    """

    number = models.CharField(_("编号"), max_length=30, unique=True)
    request = models.OneToOneField(
        DataRequest, on_delete=models.PROTECT, related_name="contract", verbose_name=_("共享申请")
    )
    resource = models.ForeignKey(
        "catalogue.Resource", on_delete=models.PROTECT, related_name="contracts", verbose_name=_("信息资源")
    )
    version = models.ForeignKey(
        "catalogue.ResourceVersion", on_delete=models.PROTECT, related_name="+", verbose_name=_("资源版本")
    )
    provider = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("提供单位")
    )
    consumer = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("使用单位")
    )
    mode = models.CharField(_("方式"), max_length=9, choices=Mode.choices)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("内容"))
    digest = models.CharField(_("内容摘要"), max_length=64)
    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="+", verbose_name=_("数据来源"))
    target = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("接收位置")
    )
    state = models.CharField(_("状态"), max_length=10, choices=ContractState.choices, default=ContractState.EFFECTIVE)
    reason = models.CharField(_("暂停或者撤销的原因"), max_length=500, blank=True)
    valid_from = models.DateField(_("生效日期"))
    valid_until = models.DateField(_("到期日期"))
    priority = models.PositiveSmallIntegerField(_("优先级"), default=5)
    granted_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("授权人")
    )
    granted_at = models.DateTimeField(_("授权时间"), auto_now_add=True)
    ended_at = models.DateTimeField(_("终止时间"), null=True)

    class Meta:
        verbose_name = _("共享合约")
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=models.F("valid_from")), name="contract_ends_later")
        ]
        indexes = [
            models.Index(fields=["consumer", "state", "id"], name="contracts_by_consumer"),
            models.Index(fields=["provider", "state", "id"], name="contracts_by_provider"),
            models.Index(fields=["resource", "state"], name="contracts_by_resource"),
        ]

    def __str__(self) -> str:
        return self.number

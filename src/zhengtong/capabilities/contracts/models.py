"""Requests for data, and the contracts that agreed requests are frozen into."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.contracts.states import ContractState, Mode, RequestState
from zhengtong.capabilities.contracts.transitions import Act, ContractAct

__all__ = [
    "ActWords",
    "Contract",
    "ContractActWords",
    "ContractState",
    "ContractStep",
    "DataRequest",
    "Dispute",
    "Mode",
    "RefusalReason",
    "RequestPaper",
    "RequestState",
    "RequestStep",
    "RuleKey",
    "ShareRule",
]


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
    # Whoever reads the request beside its own organisation: nobody before it is submitted, its provider after.
    shown_to = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # The days of each state that were left when its clock stopped, and the day from which those of now count.
    days_left: "models.JSONField[Any, Any]" = models.JSONField(default=dict, editable=False)
    counts_from = models.DateField(_("计时起始"), null=True, editable=False)
    returned_from = models.CharField(_("由谁退回"), max_length=10, blank=True, editable=False)
    # What the reviewer passed, so that a correction that asks for more comes before her again.
    passed_terms: "models.JSONField[Any, Any]" = models.JSONField(default=dict, editable=False)
    masks: "models.JSONField[Any, Any]" = models.JSONField(_("提供方确定的脱敏"), default=dict, editable=False)
    renews = models.ForeignKey(
        "Contract", on_delete=models.PROTECT, null=True, related_name="renewals", verbose_name=_("续期的合约")
    )
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
    basis = models.CharField(_("暂停或者撤销的依据"), max_length=200, blank=True)
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


class ActWords(models.TextChoices):
    """What the steps of a request's timeline are called."""

    DRAFT = Act.DRAFT.value, _("起草申请")
    SUBMIT = Act.SUBMIT.value, _("提交申请")
    RESUBMIT = Act.RESUBMIT.value, _("补正后再次提交")
    PASS = Act.PASS.value, _("合规审查通过")
    APPROVE = Act.APPROVE.value, _("提供方同意")
    RETURN = Act.RETURN.value, _("要求补正")
    REFUSE = Act.REFUSE.value, _("不予共享")
    DISPUTE = Act.DISPUTE.value, _("提请争议协调")
    ASSIGN = Act.ASSIGN.value, _("指定协调人")
    STATE = Act.STATE.value, _("陈述意见")
    DECIDE = Act.DECIDE.value, _("协调决定")
    WITHDRAW = Act.WITHDRAW.value, _("撤回申请")
    LAPSE = Act.LAPSE.value, _("逾期未补正，视为撤回")


class ContractActWords(models.TextChoices):
    GRANT = ContractAct.GRANT.value, _("授权，合约生效")
    SUSPEND = ContractAct.SUSPEND.value, _("暂停")
    RESUME = ContractAct.RESUME.value, _("恢复")
    REVOKE = ContractAct.REVOKE.value, _("撤销")
    EXPIRE = ContractAct.EXPIRE.value, _("到期")
    CHANGED = ContractAct.CHANGED.value, _("资源变更")
    KEEP = ContractAct.KEEP.value, _("确认继续执行")


class RequestStep(models.Model):
    """One line of a request's timeline; only added to. ``by`` is empty for what the platform did by itself."""

    request = models.ForeignKey(DataRequest, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(_("事项"), max_length=20, choices=ActWords.choices)
    state = models.CharField(_("到"), max_length=10, choices=RequestState.choices)
    by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    opinion = models.CharField(_("意见"), max_length=1000, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("共享申请办理过程")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.act}"


class ContractStep(models.Model):
    """One line of a contract's timeline; only added to."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(_("事项"), max_length=20, choices=ContractActWords.choices)
    by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    opinion = models.CharField(_("说明"), max_length=1000, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("共享合约变动过程")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.act}"


class RequestPaper(models.Model):
    """An attachment of a request: the document that gives the task, an agreement."""

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="papers")
    title = models.CharField(_("名称"), max_length=60)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("共享申请附件")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class Dispute(models.Model):
    """A refusal, or a silence, that the applicant took to the authority; its decision binds both sides."""

    request = models.OneToOneField(DataRequest, on_delete=models.PROTECT, related_name="dispute")
    grounds = models.CharField(_("提请理由"), max_length=1000)
    coordinator = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("协调人")
    )
    consumer_opinion = models.CharField(_("申请单位意见"), max_length=1000, blank=True)
    provider_opinion = models.CharField(_("提供单位意见"), max_length=1000, blank=True)
    is_granted = models.BooleanField(_("应当共享"), null=True)
    decision = models.CharField(_("协调决定"), max_length=1000, blank=True)
    opened_at = models.DateTimeField(_("提请时间"))
    decided_at = models.DateTimeField(_("决定时间"), null=True)

    class Meta:
        verbose_name = _("争议协调")

    def __str__(self) -> str:
        return f"{self.request_id}"


class RuleKey(models.TextChoices):
    COMPLIANCE_DAYS = "days.compliance", _("合规审查期限（工作日）")
    PROVIDER_DAYS = "days.provider", _("提供方审批期限（工作日）")
    CORRECTION_DAYS = "days.correction", _("补正期限（工作日）")
    DISPUTE_DAYS = "days.dispute", _("争议协调期限（工作日）")
    APPEAL_DAYS = "days.appeal", _("收到不予共享决定后可以提请协调（工作日）")
    REMIND_DAYS = "days.remind", _("到期前提醒经办人（工作日）")
    CHANGE_DAYS = "days.change", _("资源变更后处理合约（工作日）")
    FIRST_NOTICE = "notice.first", _("合约到期第一次提醒（日）")
    LAST_NOTICE = "notice.last", _("合约到期最后提醒（日）")
    LONGEST = "most.days", _("一次授权最长（日）")
    GRADE = "most.grade", _("可以共享的最高数据级别")
    MOST_REJECTED = "share.rejected", _("一批中不合格数据超过多少即停止（百分比）")
    MOST_DELETED = "share.deleted", _("全量更新将删除超过多少即停止（百分比）")


class ShareRule(models.Model):
    """One value from a day on, with its clause. The newest whose day has come holds; changed on a screen."""

    key = models.CharField(_("规则"), max_length=20, choices=RuleKey.choices)
    value = models.PositiveIntegerField(_("数值"))
    source = models.CharField(_("依据"), max_length=150)
    article = models.CharField(_("条款"), max_length=40, blank=True)
    effective_from = models.DateField(_("施行日期"))
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("共享办理规则")
        ordering = ["key", "-effective_from"]
        constraints = [models.UniqueConstraint(fields=["key", "effective_from"], name="one_share_rule_a_day")]

    def __str__(self) -> str:
        return f"{self.get_key_display()} {self.value}"


class RefusalReason(models.Model):
    """A reason for which sharing may be refused, from the day on which its clause is in force until it isn't."""

    code = models.SlugField(_("代码"), max_length=20)
    title = models.CharField(_("理由"), max_length=100)
    source = models.CharField(_("依据"), max_length=150)
    article = models.CharField(_("条款"), max_length=40, blank=True)
    effective_from = models.DateField(_("施行日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("不予共享的理由")
        ordering = ["code", "-effective_from"]
        constraints = [models.UniqueConstraint(fields=["code", "effective_from"], name="one_refusal_reason_a_day")]

    def __str__(self) -> str:
        return self.title

"""Applications for seals, the papers that came with them, and every step of a seal's life."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.domain import OPEN_STAGES, Act, Purpose, Stage
from zhengtong.capabilities.seals.models.seals import Seal


class PurposeWords(models.TextChoices):
    ISSUE = Purpose.ISSUE.value, _("制发")
    CHANGE = Purpose.CHANGE.value, _("变更")
    REMAKE = Purpose.REMAKE.value, _("重新制作")
    DESTROY = Purpose.DESTROY.value, _("注销")


class StageWords(models.TextChoices):
    REVIEW = Stage.REVIEW.value, _("待审核")
    APPROVAL = Stage.APPROVAL.value, _("待批准")
    MAKING = Stage.MAKING.value, _("待制作")
    FILING = Stage.FILING.value, _("待备案")
    ENABLING = Stage.ENABLING.value, _("待启用")
    DONE = Stage.DONE.value, _("已办结")
    RETURNED = Stage.RETURNED.value, _("退回修改")
    REFUSED = Stage.REFUSED.value, _("不予批准")
    WITHDRAWN = Stage.WITHDRAWN.value, _("已撤回")


class ActWords(models.TextChoices):
    APPLY = Act.APPLY.value, _("申请")
    RESUBMIT = Act.RESUBMIT.value, _("修改后再次申请")
    WITHDRAW = Act.WITHDRAW.value, _("撤回申请")
    REVIEW = Act.REVIEW.value, _("审核通过")
    RETURN = Act.RETURN.value, _("退回修改")
    APPROVE = Act.APPROVE.value, _("批准")
    REFUSE = Act.REFUSE.value, _("不予批准")
    MAKE = Act.MAKE.value, _("制作")
    FILE = Act.FILE.value, _("备案")
    ENABLE = Act.ENABLE.value, _("启用")
    SUSPEND = Act.SUSPEND.value, _("停用")
    RESUME = Act.RESUME.value, _("恢复使用")
    DESTROY = Act.DESTROY.value, _("注销")
    HAND_OVER = Act.HAND_OVER.value, _("移交保管")


class SealApplication(models.Model):
    """One application: for a seal, for its change, its making anew, or its destruction.

    ``wanted`` is what a change asks for: new text, line, drawn signature. ``due_at`` is until when the step at hand is
    to be taken, in working days by the dated rule of that step.
    """

    number = models.CharField(_("申请编号"), max_length=20, unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="applications", verbose_name=_("印章"))
    purpose = models.CharField(_("事由"), max_length=10, choices=PurposeWords.choices)
    stage = models.CharField(_("环节"), max_length=10, choices=StageWords.choices, default=StageWords.REVIEW)
    reason = models.CharField(_("理由"), max_length=500)
    wanted = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("申请单位")
    )
    applicant = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    applied_at = models.DateTimeField(_("申请时间"))
    due_at = models.DateTimeField(_("本环节期限"), null=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("印章申请")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seal"],
                condition=models.Q(stage__in=[stage.value for stage in OPEN_STAGES]),
                name="one_open_application_a_seal",
            )
        ]
        indexes = [models.Index(fields=["organisation", "stage", "id"], name="seal_applications_by_office")]

    def __str__(self) -> str:
        return self.number


class ApplicationPaper(models.Model):
    """A paper that proves an application: the decision to found the office, the mandate of the keeper, …"""

    application = models.ForeignKey(SealApplication, on_delete=models.CASCADE, related_name="papers")
    title = models.CharField(_("材料"), max_length=60)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("申请材料")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class SealStep(models.Model):
    """One step of a seal's life, only ever added to: who did what, when, and why."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="steps")
    application = models.ForeignKey(SealApplication, on_delete=models.PROTECT, null=True, related_name="steps")
    act = models.CharField(_("办理"), max_length=10, choices=ActWords.choices)
    by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))
    opinion = models.CharField(_("意见"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("印章经历")
        ordering = ["id"]
        indexes = [models.Index(fields=["seal", "id"], name="steps_of_seal")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.act}"

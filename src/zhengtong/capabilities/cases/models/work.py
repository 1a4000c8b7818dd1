"""The work on a case: tasks in offices, visits to a site, requests for more time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField


class TaskNode(models.TextChoices):
    ACCEPTANCE = "acceptance", _("受理")
    REVIEW = "review", _("审查")
    PROCESS = "process", _("流程办理")
    DECISION = "decision", _("决定")
    EXTENSION = "extension", _("延期审批")
    DELIVERY = "delivery", _("送达")
    COUNTERSIGN = "countersign", _("加签")
    CONSULTATION = "consultation", _("征求意见")


# Nodes whose tasks may be another office's than the case's own: whoever works there may look at the case.
ELSEWHERE = (TaskNode.PROCESS, TaskNode.CONSULTATION)


class TaskStatus(models.TextChoices):
    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    CANCELLED = "cancelled", _("已取消")


class Task(models.Model):
    """One piece of work in one office: unclaimed, or of one appointee, or done."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="tasks")
    node = models.CharField(_("环节"), max_length=20, choices=TaskNode.choices)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    permission = models.CharField(max_length=80)
    assignee = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    delegated_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    # Whoever did it for ``done_by`` under a delegation; null: she did it herself.
    done_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=40, blank=True)
    opinion = models.TextField(_("意见"), max_length=2000, blank=True)
    # Of a node of a process: which opening of which node this is (a joint review's departments share it), what the node
    # is called, and what was filled in there.
    node_key = models.CharField(max_length=220, blank=True, default="", db_default="")
    title = models.CharField(max_length=120, blank=True, default="", db_default="")
    answers = EncryptedJSONField(null=True)

    class Meta:
        verbose_name = _("任务")
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "status"], name="tasks_by_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.node}"

    @property
    def step_name(self) -> str:
        """What people call the step: the process's node by its own name."""
        return self.title or str(TaskNode(self.node).label)


class CaseProcess(models.Model):
    """The process that a case walks through between its acceptance and the decision, in the version it began with.

    ``instance`` is null where the process couldn't begin: the case is then reviewed without one.
    """

    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, related_name="walk")
    code = models.CharField(max_length=60)
    instance = models.OneToOneField("workflow.ProcessInstance", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("办件的流程")

    def __str__(self) -> str:
        return f"{self.case_id} {self.code}"


class SiteVisit(models.Model):
    """现场核查: at least two officers (行政许可法 第三十四条); its time is excluded from the limit."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="site_visits")
    officers = models.ManyToManyField("identity.Appointment", related_name="+")
    planned_at = models.DateTimeField(_("核查时间"))
    place = models.CharField(_("地点"), max_length=200)
    allowed_days = models.PositiveSmallIntegerField(_("所需工作日"))
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField(auto_now_add=True)
    is_passed = models.BooleanField(_("核查结论"), null=True)
    findings = models.TextField(_("核查情况"), max_length=2000, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("现场核查")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.planned_at}"


class ExtensionRequest(models.Model):
    """A request for the one extension that the law allows, decided by the head of the organ."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="extension_requests")
    days = models.PositiveSmallIntegerField(_("延长工作日"))
    reason = models.CharField(_("理由"), max_length=500)
    requested_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    requested_by_agent = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("延期申请")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.days}"

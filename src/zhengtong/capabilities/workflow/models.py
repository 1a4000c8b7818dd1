"""Processes with their versions, decision tables with theirs, what runs, and where it has been."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    RETIRED = "retired", _("已停用")


class InstanceStatus(models.TextChoices):
    RUNNING = "running", _("运行中")
    ENDED = "ended", _("已结束")
    CANCELLED = "cancelled", _("已取消")


class Process(models.Model):
    """A process (流程). What it draws is in its versions."""

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    # The organisation whose people compile it; null: one for all.
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    description = models.CharField(_("说明"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("创建"), auto_now_add=True)
    updated_at = models.DateTimeField(_("修改"), auto_now=True)

    class Meta:
        verbose_name = _("流程")

    def __str__(self) -> str:
        return self.name


class ProcessVersion(models.Model):
    """One drawing of a process. What is published never changes; instances keep theirs."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    bpmn = models.TextField(_("流程图"))
    # Of the drawing and of every drawing and table that it was compiled with.
    digest = models.CharField(max_length=64)
    status = models.CharField(_("状态"), max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    findings: "models.JSONField[Any, Any]" = models.JSONField(_("检查结果"), default=list)
    layout: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    # The drawings of called processes and the rows of tables by code, as they were when this was published.
    pinned: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    note = models.CharField(_("修改说明"), max_length=200, blank=True)
    saved_at = models.DateTimeField(_("保存"), auto_now=True)
    published_at = models.DateTimeField(_("发布"), null=True)
    published_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("流程版本")
        ordering = ["process", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="one_number_a_process"),
            models.UniqueConstraint(fields=["process"], condition=models.Q(status="draft"), name="one_draft_a_process"),
            models.UniqueConstraint(
                fields=["process"], condition=models.Q(status="published"), name="one_live_version_a_process"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id} v{self.number}"


class HitPolicy(models.TextChoices):
    UNIQUE = "UNIQUE", _("唯一：只能有一行符合")
    FIRST = "FIRST", _("优先：取第一个符合的行")
    COLLECT = "COLLECT", _("汇总：取所有符合的行")


class DecisionTable(models.Model):
    """A decision table (决策表). What it says is in its versions."""

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("创建"), auto_now_add=True)
    updated_at = models.DateTimeField(_("修改"), auto_now=True)

    class Meta:
        verbose_name = _("决策表")

    def __str__(self) -> str:
        return self.name


class DecisionTableVersion(models.Model):
    """One text of a decision table; see ``domain.tables`` for its columns and rows."""

    table = models.ForeignKey(DecisionTable, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    hit_policy = models.CharField(_("命中规则"), max_length=10, choices=HitPolicy.choices, default=HitPolicy.UNIQUE)
    aggregation = models.CharField(_("汇总方式"), max_length=10, blank=True)
    inputs: "models.JSONField[Any, Any]" = models.JSONField(_("输入"), default=list)
    outputs: "models.JSONField[Any, Any]" = models.JSONField(_("输出"), default=list)
    rows: "models.JSONField[Any, Any]" = models.JSONField(_("规则"), default=list)
    status = models.CharField(_("状态"), max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    digest = models.CharField(max_length=64)
    findings: "models.JSONField[Any, Any]" = models.JSONField(_("检查结果"), default=list)
    saved_at = models.DateTimeField(_("保存"), auto_now=True)
    published_at = models.DateTimeField(_("发布"), null=True)

    class Meta:
        verbose_name = _("决策表版本")
        ordering = ["table", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="one_number_a_table"),
            models.UniqueConstraint(fields=["table"], condition=models.Q(status="draft"), name="one_draft_a_table"),
            models.UniqueConstraint(
                fields=["table"], condition=models.Q(status="published"), name="one_live_version_a_table"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_id} v{self.number}"


class ProcessInstance(models.Model):
    """A process that runs for a subject (a case). ``position`` is all of its state: see ``domain.tokens``."""

    version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="instances")
    subject_label = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    status = models.CharField(_("状态"), max_length=10, choices=InstanceStatus.choices, default=InstanceStatus.RUNNING)
    position = models.BinaryField()
    # What people answered at the nodes; personal as the application itself is.
    data = EncryptedJSONField(default=dict)
    started_at = models.DateTimeField(_("开始"), auto_now_add=True)
    ended_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        verbose_name = _("流程实例")
        indexes = [
            models.Index(fields=["subject_label", "subject_id"], name="instances_by_subject"),
            models.Index(fields=["version", "id"], condition=models.Q(status="running"), name="running_instances"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_label", "subject_id"],
                condition=models.Q(status="running"),
                name="one_running_instance_a_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.subject_id}"


class NodeEvent(models.Model):
    """A token's stay at a node that waits for people: where cases wait is counted from these."""

    instance = models.ForeignKey(ProcessInstance, on_delete=models.CASCADE, related_name="node_events")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+", db_index=False)
    node_id = models.CharField(max_length=200)
    key = models.CharField(max_length=220)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    # How it left: the outcome, "returned", "moved" to another version, "cancelled".
    how = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("环节经过")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["process", "entered_at"], name="stays_by_process"),
            models.Index(fields=["process", "node_id"], condition=models.Q(left_at=None), name="open_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.instance_id} {self.node_id}"


class ProcessProblem(models.Model):
    """A step that couldn't be taken: shown to the people who compile processes until somebody took care of it."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="problems")
    instance = models.ForeignKey(ProcessInstance, on_delete=models.CASCADE, null=True, related_name="problems")
    subject_label = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    subject_name = models.CharField(_("办件"), max_length=80, blank=True)
    node_id = models.CharField(max_length=200, blank=True)
    sentence = models.CharField(_("原因"), max_length=1000)
    at = models.DateTimeField(_("发生"))
    count = models.PositiveIntegerField(_("次数"), default=1)
    settled_at = models.DateTimeField(_("已处理"), null=True)

    class Meta:
        verbose_name = _("流程故障")
        ordering = ["-id"]
        indexes = [models.Index(fields=["process", "-id"], condition=models.Q(settled_at=None), name="open_problems")]

    def __str__(self) -> str:
        return self.sentence

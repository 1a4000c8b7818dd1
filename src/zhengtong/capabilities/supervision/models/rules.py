"""What is watched for: rules in dated versions, what they stumbled over, trials of drafts, and re-evaluations."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.TextChoices):
    NOTICE = "notice", _("提示")
    YELLOW = "yellow", _("黄牌")
    RED = "red", _("红牌")


class Told(models.TextChoices):
    HOLDER = "holder", pgettext_lazy("case", "经办人")
    HEAD = "head", _("机关负责人")
    SUPERVISOR = "supervisor", _("监察员")


class SupervisionRule(models.Model):
    """A rule of supervision. What it says is in its versions.

    ``lamp`` names the two rules that a clock itself judges: when its lamp turns yellow or red the database writes the
    card in the same transaction, so their condition isn't for writing.
    """

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    lamp = models.CharField(max_length=10, blank=True, default="", db_default="")
    is_enabled = models.BooleanField(_("启用"), default=True, db_default=True)
    created_at = models.DateTimeField(_("创建时间"), db_default=Now())

    class Meta:
        verbose_name = _("监察规则")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["lamp"], condition=~models.Q(lamp=""), name="one_rule_a_lamp"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """One published text of a rule, in force for what happens from ``effective_from`` on; never changed."""

    rule = models.ForeignKey(SupervisionRule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    expression = models.TextField(_("条件"), max_length=2000)
    level = models.CharField(_("亮牌"), max_length=10, choices=Level.choices)
    points = models.DecimalField(_("扣分"), max_digits=5, decimal_places=1)
    tells: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=12, choices=Told.choices), verbose_name=pgettext_lazy("rule", "通知"), default=list
    )
    legal_note = models.CharField(_("依据"), max_length=300, blank=True, default="")
    reason = models.CharField(_("修订说明"), max_length=300, blank=True, default="")
    effective_from = models.DateField(_("生效"))
    published_at = models.DateTimeField(_("发布时间"), db_default=Now())
    published_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    # How often it couldn't be answered for a case: see RuleFailure for some of them.
    failures = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("规则版本")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="one_rule_version_a_number")]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"


class RuleFailure(models.Model):
    """A case for which a version couldn't be answered: the first time, and not without end (see ``failures``)."""

    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="stumbles")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    message = models.CharField(_("原因"), max_length=200)
    at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("规则算不出来的办件")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["version", "case"], name="one_failure_a_version_and_case")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.case_id}"


class Pending(models.Model):
    """What triggers saw and nobody judged yet: an event, or a card that a clock's lamp gave. Deleted as it is judged.

    Without foreign keys in the database: rows live for a minute, and are written with every act.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    event_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=40, default="", db_default="")
    card_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("待判断的事件")

    def __str__(self) -> str:
        return f"{self.case_id} {self.event_id}"


class Trial(models.Model):
    """试运行: a draft tried on past cases. What it hits is kept here and nowhere else: no card comes of it."""

    rule = models.ForeignKey(SupervisionRule, on_delete=models.CASCADE, null=True, related_name="trials")
    expression = models.TextField(max_length=2000)
    first_day = models.DateField(_("自"))
    last_day = models.DateField(_("至"))
    sample = models.PositiveIntegerField(_("抽取件数"))
    organisations: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField())
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    examples: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    stumbles: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("规则试运行")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.expression[:40]} {self.done}/{self.total}"


class Evaluation(models.Model):
    """One run of all rules over all cases, in slices: killed, it goes on with the slices that aren't done."""

    first_day = models.DateField(_("自"), null=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("全部重新判断")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at}"


class EvaluationSlice(models.Model):
    """A range of cases of a run; ``judged`` and ``carded`` say what came of it once it is done."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="slices")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    judged = models.PositiveIntegerField(null=True)
    carded = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("重新判断的一段")
        ordering = ["first"]
        constraints = [models.UniqueConstraint(fields=["evaluation", "first"], name="one_slice_a_beginning")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"

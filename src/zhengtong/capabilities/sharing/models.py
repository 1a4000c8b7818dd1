"""Targets with their clause, months of departments, rectifications, and the circulars that name them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import UpdateCycle
from zhengtong.capabilities.sharing.domain import Counts, Measure


class MeasureWords(models.TextChoices):
    """What the measures are called."""

    SHARING_RATE = Measure.SHARING_RATE.value, _("主要业务信息共享率")
    TIMELY_RATE = Measure.TIMELY_RATE.value, _("数据按期更新率")
    ANSWER_RATE = Measure.ANSWER_RATE.value, _("共享申请按期办理率")
    QUALITY = Measure.QUALITY.value, _("数据合格率")
    SUCCESS_RATE = Measure.SUCCESS_RATE.value, _("交换成功率")
    MATCH_RATE = Measure.MATCH_RATE.value, _("目录与实际相符率")


class SharingTarget(models.Model):
    """A measure's target and weight from a day on, with where it is written."""

    measure = models.CharField(_("指标"), max_length=12, choices=MeasureWords.choices)
    percent = models.DecimalField(_("目标（%）"), max_digits=4, decimal_places=1)
    weight = models.PositiveSmallIntegerField(_("权重"))
    source = models.CharField(_("依据"), max_length=150)
    article = models.CharField(_("条款"), max_length=60, blank=True)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("共享考核指标")
        constraints = [
            models.UniqueConstraint(fields=["measure", "effective_from"], name="one_sharing_target_a_day"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="sharing_target_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.percent}%"


class CycleAllowance(models.Model):
    """After how many days without new data a resource of a cycle counts as not updated in time."""

    cycle = models.CharField(_("更新周期"), max_length=9, choices=UpdateCycle.choices, unique=True)
    days = models.PositiveSmallIntegerField(_("最长间隔（天）"))

    class Meta:
        verbose_name = _("更新间隔")

    def __str__(self) -> str:
        return f"{self.get_cycle_display()} {self.days}"


class MonthFigure(models.Model):
    """One department's month, counted every hour until it is frozen on the fifth day of the next."""

    month = models.DateField(_("月份"))
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("部门")
    )
    counts: "models.JSONField[Any, Any]" = models.JSONField(_("数量"))
    counted_at = models.DateTimeField(_("统计时间"))
    is_frozen = models.BooleanField(_("已定稿"), default=False)

    class Meta:
        verbose_name = _("共享月度数字")
        constraints = [models.UniqueConstraint(fields=["month", "organisation"], name="one_sharing_month_an_office")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.month:%Y-%m}"

    @property
    def read(self) -> Counts:
        return Counts(**self.counts)


class Rectification(models.Model):
    """A department is told to put something right by a day, answers, and the authority accepts it or doesn't."""

    class State(models.TextChoices):
        OPEN = "open", _("待整改")
        ANSWERED = "answered", _("待验收")
        CLOSED = "closed", _("已整改")
        WITHDRAWN = "withdrawn", _("已撤回")

    number = models.CharField(_("编号"), max_length=30, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("整改单位")
    )
    measure = models.CharField(_("指标"), max_length=12, choices=MeasureWords.choices)
    month = models.DateField(_("月份"))
    found = models.CharField(_("存在的问题"), max_length=500)
    required = models.CharField(_("整改要求"), max_length=500)
    days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    due_at = models.DateTimeField(_("整改期限"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("整改情况"), max_length=1000, blank=True)
    opinion = models.CharField(_("验收意见"), max_length=500, blank=True)
    issued_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("下发人")
    )
    issued_at = models.DateTimeField(_("下发时间"))
    answered_at = models.DateTimeField(_("反馈时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("整改通知")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "measure", "month"],
                condition=Q(state__in=["open", "answered"]),
                name="one_open_rectification_a_measure",
            )
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="rectifications_by_office")]

    def __str__(self) -> str:
        return self.number


class Circular(models.Model):
    """The circular (考核通报) on a month: drafted from its figures, edited by a person, then issued with its paper.

    ``figures`` are the table as it stood when it was issued.
    """

    month = models.DateField(_("月份"), unique=True)
    title = models.CharField(_("标题"), max_length=100)
    opening = models.TextField(_("正文开头"), max_length=3000)
    demands = models.TextField(_("工作要求"), max_length=3000)
    figures: "models.JSONField[Any, Any]" = models.JSONField(_("数字"), default=list)
    drafted_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("拟稿人")
    )
    drafted_at = models.DateTimeField(_("拟稿时间"), auto_now_add=True)
    issued_at = models.DateTimeField(_("印发时间"), null=True)
    paper = models.ForeignKey(
        "papers.Paper", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("印发的文件")
    )

    class Meta:
        verbose_name = _("考核通报")

    def __str__(self) -> str:
        return self.title

"""What stands between review and decision for a time: hearings, expert reviews, tests; who signs, who is asked."""

from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SpecialProcedure(models.Model):
    """特别程序: hearing, expert review, inspection, testing, quarantine, appraisal … (行政许可法 第四十五条).

    Its time isn't counted, and the applicant is told how long it takes. ``rule`` is the code of the dated exclusion;
    its title and article are a copy of the day on which it was started. ``record`` holds the minutes of a hearing, on
    which the decision rests (第四十八条), or the opinion of those who tested.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="procedures")
    rule = models.CharField(_("事由"), max_length=60)
    title = models.CharField(_("名称"), max_length=100)
    article = models.CharField(_("依据"), max_length=160)
    allowed_days = models.PositiveSmallIntegerField(_("所需工作日"))
    conducted_by = models.CharField(_("由谁进行"), max_length=200, blank=True)
    chair = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    planned_at = models.DateTimeField(_("时间"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    is_passed = models.BooleanField(_("结论"), null=True)
    record = models.TextField(_("笔录或者结论"), max_length=5000, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("特别程序")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(finished_at=None), name="one_open_procedure_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.title}"


class Countersign(models.Model):
    """加签: a colleague who is asked to sign as well, before the review is handed on or after it, before the decision.

    ``task`` is there while it is her turn; one that is asked for "after" has none until the review is finished.
    """

    class Timing(models.TextChoices):
        BEFORE = "before", _("前加签：提出审查意见之前")
        AFTER = "after", _("后加签：提出审查意见之后")

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="countersigns")
    signer = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    timing = models.CharField(_("时机"), max_length=6, choices=Timing.choices)
    question = models.CharField(_("请对方看什么"), max_length=500)
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    task = models.OneToOneField("cases.Task", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agrees = models.BooleanField(_("意见"), null=True)
    is_dropped = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("加签")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.timing}"


class Consultation(models.Model):
    """征求意见: another office is asked what it thinks of a case, with a term. No clock stops for it.

    ``due_at`` is the end of the last day on which the answer is expected; ``reminded_at``, when both were told that it
    has passed. Unanswered when the review is handed on, it is dropped: nobody waits for it any more.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="consultations")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    question = models.CharField(_("征求什么意见"), max_length=500)
    days = models.PositiveSmallIntegerField(_("答复期限（工作日）"))
    due_at = models.DateTimeField(_("答复期限"))
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("征求时间"), auto_now_add=True)
    task = models.OneToOneField("cases.Task", on_delete=models.PROTECT, related_name="+")
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    is_dropped = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("征求意见")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(answered_at=None, is_dropped=False, reminded_at=None),
                name="consultations_to_remind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.organisation_id}"

    @property
    def last_day(self) -> date:
        """The last day on which the answer is in time."""
        return timezone.localdate(self.due_at - timedelta(seconds=1))

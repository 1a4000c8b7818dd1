"""Clocks: what the law and the promise allow, when they ran and when they stood still."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockPurpose(models.TextChoices):
    COMPLETENESS = "completeness", _("受理")
    DECISION = "decision", _("决定")
    DELIVERY = "delivery", _("送达")
    BUNDLE = "bundle", _("一件事办结")


class ClockBasis(models.TextChoices):
    STATUTORY = "statutory", _("法定")
    PROMISED = "promised", _("承诺")


# Cards fire on these: those of a promise, and those that have only the law's limit. The statutory twin of a promise has
# legal consequences, and no cards.
WITHOUT_PROMISE = (ClockPurpose.COMPLETENESS, ClockPurpose.DELIVERY)
COUNTED = models.Q(basis=ClockBasis.PROMISED) | models.Q(purpose__in=WITHOUT_PROMISE)
# Those that may stand still.
PAUSABLE = (ClockPurpose.DECISION, ClockPurpose.BUNDLE)


class Clock(models.Model):
    """One limit running on one case. Cards fire on the promised one, legal consequences on the statutory one.

    ``due_at`` and ``next_alert_at`` are stored with the version of the calendar they were computed from;
    both are recomputable from the intervals.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="clocks")
    purpose = models.CharField(max_length=20, choices=ClockPurpose.choices)
    basis = models.CharField(max_length=10, choices=ClockBasis.choices)
    rule = models.CharField(max_length=60)
    article = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    budget = models.PositiveSmallIntegerField()
    extension = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    is_paused = models.BooleanField(default=False)
    level = models.CharField(max_length=10, default="green")
    due_at = models.DateTimeField()
    next_alert_at = models.DateTimeField(null=True)
    is_provisional = models.BooleanField(default=False)
    calendar_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("时限")
        constraints = [
            models.UniqueConstraint(fields=["case", "purpose", "basis"], name="one_clock_a_purpose_and_basis")
        ]
        indexes = [
            models.Index(
                fields=["next_alert_at"],
                # A pause's allowed days are in the deadline, so a paused clock is found like any other.
                condition=models.Q(finished_at__isnull=True, next_alert_at__isnull=False),
                name="clocks_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.purpose} {self.basis}"

    @property
    def is_counted(self) -> bool:
        """Whether cards fire on it: the row's own answer to ``COUNTED``."""
        return self.basis == ClockBasis.PROMISED or self.purpose in WITHOUT_PROMISE


class ClockInterval(models.Model):
    """A pause. It always has the notice that told the applicant, and how many days it was said to take."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="intervals")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    allowed_days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    article = models.CharField(max_length=100)
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("时限中止")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=models.Q(ended_at__isnull=True), name="one_open_pause_a_clock"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.reason}"

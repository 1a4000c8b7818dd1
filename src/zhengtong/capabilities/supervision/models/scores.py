"""Quarterly scores: the formula in versions, a quarter's draft and announcement, each office's and person's score."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Grade(models.TextChoices):
    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("良好")
    PASS = "pass", _("合格")
    FAIL = "fail", _("不合格")


class ScoreFormula(models.Model):
    """How a score is made, for the quarters that begin on ``effective_from`` or later; never changed.

    ``excellent``, ``good`` and ``passing`` are the least points of those grades; what is below is 不合格.
    """

    number = models.PositiveIntegerField(_("版本"), unique=True)
    expression = models.TextField(_("公式"), max_length=2000)
    excellent = models.DecimalField(_("优秀"), max_digits=5, decimal_places=1)
    good = models.DecimalField(_("良好"), max_digits=5, decimal_places=1)
    passing = models.DecimalField(_("合格"), max_digits=5, decimal_places=1)
    reason = models.CharField(_("修订说明"), max_length=300, blank=True, default="")
    effective_from = models.DateField(_("生效"))
    published_at = models.DateTimeField(_("发布时间"), db_default=Now())
    published_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("评分公式")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number} {self.expression}"


class QuarterScores(models.Model):
    """A quarter's announcement by one organisation of supervision: from then on its scores are frozen."""

    issuer = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(_("季度"))
    formula = models.ForeignKey(ScoreFormula, on_delete=models.PROTECT, related_name="+")
    is_public = models.BooleanField(_("向社会公开"), default=False)
    # The last card there was: what is found later about the quarter doesn't change what was announced.
    last_card = models.BigIntegerField(default=0)
    announced_at = models.DateTimeField(_("公布时间"))
    announced_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("季度考评")
        ordering = ["-first_day"]
        constraints = [models.UniqueConstraint(fields=["issuer", "first_day"], name="one_announcement_a_quarter")]

    def __str__(self) -> str:
        return f"{self.first_day}"


class Score(models.Model):
    """What an office (no holder) or one of its people got, with every number that it was made of.

    ``announced`` is what was announced; ``value`` differs from it after a correction.
    """

    quarter = models.ForeignKey(QuarterScores, on_delete=models.CASCADE, related_name="scores")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    values: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    deductions: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    announced = models.DecimalField(max_digits=6, decimal_places=1)
    value = models.DecimalField(_("得分"), max_digits=6, decimal_places=1)
    grade = models.CharField(_("等次"), max_length=10, choices=Grade.choices)

    class Meta:
        verbose_name = _("考评得分")
        ordering = ["-value", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "organisation", "holder"], nulls_distinct=False, name="one_score_a_quarter"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.value}"


class ScoreCorrection(models.Model):
    """更正: a score changed after its announcement, because a card of the quarter was cancelled."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="corrections")
    card = models.ForeignKey("supervision.Card", on_delete=models.PROTECT, related_name="+")
    before = models.DecimalField(max_digits=6, decimal_places=1)
    after = models.DecimalField(max_digits=6, decimal_places=1)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("考评更正")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["score", "card"], name="one_correction_a_score_and_card")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

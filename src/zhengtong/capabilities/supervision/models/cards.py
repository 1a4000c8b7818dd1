"""亮牌: what a rule found, the office's explanation and appeal, and what supervision decided."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.supervision.models.rules import Level, RuleVersion, SupervisionRule


class CardStatus(models.TextChoices):
    """``RECORDED``: found in what had happened before anybody watched; it counts, and nobody is asked about it."""

    RECORDED = "recorded", _("留档")
    ISSUED = "issued", _("待说明")
    EXPLAINED = "explained", _("已说明，待审核")
    APPEALED = "appealed", _("申诉中")
    STANDING = "standing", pgettext_lazy("card", "生效")
    UPHELD = "upheld", _("维持")
    CANCELLED = "cancelled", pgettext_lazy("card", "撤销")


OPEN = (CardStatus.ISSUED, CardStatus.EXPLAINED, CardStatus.APPEALED)
COUNTING = tuple(status for status in CardStatus if status is not CardStatus.CANCELLED)


class Card(models.Model):
    """提示、黄牌、红牌: one a case, rule and clock. Nothing deletes it; a cancelled one no longer counts.

    Those of a clock's lamp are written by the database itself (``clock``, ``due_at``), those of other rules by whoever
    judges the event. A card without a rule is a lamp's second turning of old times.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="cards")
    clock = models.ForeignKey("cases.Clock", on_delete=models.CASCADE, null=True, related_name="cards")
    rule = models.ForeignKey(SupervisionRule, on_delete=models.PROTECT, null=True, related_name="cards")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, null=True, related_name="+")
    event_id = models.BigIntegerField(null=True)
    level = models.CharField(_("亮牌"), max_length=10, choices=Level.choices)
    points = models.DecimalField(_("扣分"), max_digits=5, decimal_places=1, default=0, db_default=0)
    # The names that the rule asks for and what they were, as they are shown.
    values: "models.JSONField[Any, Any]" = models.JSONField(default=dict, db_default={})
    due_at = models.DateTimeField(_("到期"), null=True)
    at = models.DateTimeField(_("时间"), db_default=Now())
    status = models.CharField(
        _("状态"),
        max_length=12,
        choices=CardStatus.choices,
        default=CardStatus.RECORDED,
        db_default=CardStatus.RECORDED,
    )
    # Whoever did what the card is about, or had the task; null: nobody had it and the office's leaders answer.
    holder = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("发出"), null=True)
    explain_by = models.DateTimeField(_("说明期限"), null=True)
    appeal_by = models.DateTimeField(_("申诉期限"), null=True)
    review_by = models.DateTimeField(_("审核期限"), null=True)
    appealed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("亮牌")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule", "clock"],
                condition=models.Q(rule__isnull=False),
                nulls_distinct=False,
                name="one_card_a_case_rule_and_clock",
            )
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="cards_by_status"),
            models.Index(fields=["holder", "-id"], condition=models.Q(holder__isnull=False), name="cards_by_holder"),
            models.Index(fields=["at"], name="cards_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.level}"


class CardStep(models.Model):
    """One step of a card: issued, explained, appealed, decided, lapsed. Only ever added to."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=1000, blank=True)
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("亮牌处理过程")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.card_id} {self.act}"

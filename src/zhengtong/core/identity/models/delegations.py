"""委托代理: an appointee lets a colleague act in her place for a time."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.models.people import Account, Appointment
from zhengtong.kernel.marks import Mark


class Delegation(models.Model):
    """``principal`` lets ``agent`` act in her appointment from ``start_date`` to ``end_date``, both included.

    ``matters`` are codes of declared kinds of matter (``MatterKind``); empty: all that may be delegated. What the agent
    does is in the journal under her own account with the principal's beside it. She can't delegate further.
    """

    principal = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="delegations_given", verbose_name=_("委托人")
    )
    agent = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="delegations_held", verbose_name=_("代理人")
    )
    matters = ArrayField(models.CharField(max_length=60), verbose_name=_("事项类别"), default=list, blank=True)
    highest_mark = models.PositiveSmallIntegerField(_("最高密级"), choices=Mark.choices, default=Mark.INTERNAL)
    start_date = models.DateField(_("起"))
    end_date = models.DateField(_("止"))
    reason = models.CharField(_("原因"), max_length=200)
    created_at = models.DateTimeField(_("设立时间"), auto_now_add=True)
    created_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("设立人"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("委托代理")
        indexes = [
            models.Index(
                fields=["agent", "end_date"], condition=models.Q(revoked_at=None), name="live_delegations_by_agent"
            ),
            models.Index(
                fields=["principal", "end_date"], condition=models.Q(revoked_at=None), name="live_delegations_given"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_date__gte=models.F("start_date")), name="delegation_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("agent")), name="nobody_delegates_to_the_same_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal}→{self.agent}"


class DelegationLimit(models.Model):
    """How many days a delegation that begins on or after ``effective_from`` may last: a rule of the unit's own."""

    longest_days = models.PositiveSmallIntegerField(_("最长天数"))
    effective_from = models.DateField(_("施行日期"), unique=True)
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("委托期限规定")
        ordering = ["-effective_from"]

    def __str__(self) -> str:
        return f"{self.effective_from} {self.longest_days}"

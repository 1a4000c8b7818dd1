"""校核纠错: rows that were held back go to the provider, who puts them right where they come from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketState(models.TextChoices):
    WAITING = "waiting", _("待更正")
    CORRECTED = "corrected", _("已更正")
    IMPOSSIBLE = "impossible", _("无法更正")


class TicketLimit(models.Model):
    """Within how many working days a provider answers, from which day on, by which rule."""

    days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    source = models.CharField(_("依据"), max_length=150)
    article = models.CharField(_("条款"), max_length=40, blank=True)
    effective_from = models.DateField(_("生效日期"), unique=True)
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("更正期限")
        constraints = [
            models.CheckConstraint(condition=models.Q(days__gte=1), name="ticket_limit_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.days}"


class CorrectionTicket(models.Model):
    """Held rows of one contract, sent to the provider (政务数据共享条例：校核纠错). Its rows name it.

    Corrected: the rows are exchanged again in ``replay``; those that pass become 已重新交换.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="tickets", verbose_name=_("共享合约")
    )
    provider = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("提供单位")
    )
    rows = models.PositiveIntegerField(_("行数"))
    note = models.CharField(_("说明"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=TicketState.choices, default=TicketState.WAITING)
    opened_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("发起人")
    )
    opened_at = models.DateTimeField(_("发起时间"), auto_now_add=True)
    due_at = models.DateTimeField(_("更正期限"))
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("答复人")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    replay = models.ForeignKey(
        "Run", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("重新交换的任务")
    )

    class Meta:
        verbose_name = _("更正单")
        indexes = [
            models.Index(fields=["provider", "state", "id"], name="tickets_by_provider"),
            models.Index(fields=["contract", "state", "id"], name="tickets_by_contract"),
        ]

    def __str__(self) -> str:
        return self.number

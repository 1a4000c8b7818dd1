"""Tallies that follow every case by themselves, cards, urgings, and screens that show the wall without anybody there.

The database's own triggers count (see the first migrations): each act adds rows to :class:`Delta` and touches no row
that another act touches; a job folds them into :class:`Tally`, :class:`HourTally` and :class:`Standing`. What is shown
is the sum of folded and unfolded.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LONGEST_MEASURE = 24


class _Counted(models.Model):
    """Without foreign keys in the database: rows are copied from cases, whose own are checked."""

    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    item = models.ForeignKey(
        "cases.ServiceItem", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    measure = models.CharField(max_length=LONGEST_MEASURE)
    amount = models.BigIntegerField()

    class Meta:
        abstract = True


class Delta(_Counted):
    """One change that isn't folded yet; of what stands now where there is no day."""

    day = models.DateField(null=True)
    hour = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("计数变动")

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.amount:+d}"


class Tally(_Counted):
    """How much of a measure an organ had with an item on a day of its own time zone."""

    day = models.DateField()

    class Meta:
        verbose_name = _("日计数")
        constraints = [
            models.UniqueConstraint(fields=["day", "measure", "organisation", "item"], name="one_tally_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.amount}"


class HourTally(_Counted):
    """Received and decided by the hour, of the last days only."""

    day = models.DateField()
    hour = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("时计数")
        constraints = [
            models.UniqueConstraint(fields=["day", "hour", "measure", "organisation", "item"], name="one_tally_an_hour")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hour} {self.measure} {self.amount}"


class Standing(_Counted):
    """How many cases stand somewhere now."""

    class Meta:
        verbose_name = _("在办计数")
        constraints = [models.UniqueConstraint(fields=["organisation", "item", "measure"], name="one_standing")]

    def __str__(self) -> str:
        return f"{self.measure} {self.amount}"


class Card(models.Model):
    """黄牌、红牌: that a clock reached its warning or its end. Only ever added to, by the database itself."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="cards")
    clock = models.ForeignKey("cases.Clock", on_delete=models.CASCADE, related_name="cards")
    level = models.CharField(_("亮牌"), max_length=10, choices=[("yellow", _("预警")), ("red", _("超期"))])
    due_at = models.DateTimeField(_("到期"))
    at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("亮牌")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.level}"


class Urging(models.Model):
    """催办: a supervisor asks whoever has the task how it stands, and what she answered."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="urgings")
    task = models.ForeignKey("cases.Task", on_delete=models.CASCADE, related_name="+")
    # Who had the task; null: it waited in the office's pool and its leaders were asked.
    holder = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    urged_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    urged_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("催办内容"), max_length=500)
    urged_at = models.DateTimeField(_("催办时间"), db_default=Now())
    answer = models.CharField(_("情况说明"), max_length=1000, blank=True)
    answered_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    answered_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("说明时间"), null=True)

    class Meta:
        verbose_name = _("催办")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="urgings_by_organ"),
            models.Index(fields=["urged_by", "-id"], name="urgings_by_supervisor"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.urged_at}"


class WallDisplay(models.Model):
    """A screen nobody is signed in at. Its link shows sums only, of the organisations its maker could watch then."""

    name = models.CharField(_("名称"), max_length=60)
    token_digest = models.CharField(max_length=64, unique=True)
    title = models.CharField(_("大屏标题"), max_length=60)
    organisations: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField())
    created_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    seen_at = models.DateTimeField(_("最近显示"), null=True)

    class Meta:
        verbose_name = _("大屏链接")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

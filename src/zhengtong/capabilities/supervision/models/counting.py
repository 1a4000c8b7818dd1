"""Tallies that follow every case by themselves.

The database's own triggers count (see the first migrations): each act adds rows to :class:`Delta` and touches no row
that another act touches; a job folds them into :class:`Tally`, :class:`HourTally` and :class:`Standing`. What is shown
is the sum of folded and unfolded.
"""

from django.db import models
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

"""The kernel's own rows: effects that have happened, and the days on which organs work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Effect(models.Model):
    """The mark that a job's effect happened, written in the effect's own transaction."""

    key = models.CharField(primary_key=True, max_length=200)
    happened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("已生效的任务")

    def __str__(self) -> str:
        return self.key


class JobFailure(models.Model):
    """Why an attempt of a job failed: the queue itself keeps only that it did."""

    job_id = models.BigIntegerField(_("任务"), db_index=True)
    attempt = models.PositiveSmallIntegerField(_("第几次"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    error = models.CharField(_("错误"), max_length=500)
    traceback = models.TextField(_("调用栈"))

    class Meta:
        verbose_name = _("任务失败记录")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.error


class CalendarNotice(models.Model):
    """A year's announcement of holidays and make-up working days (国务院办公厅关于…部分节假日安排的通知).

    A year without a row is not announced yet: deadlines that reach into it are provisional.
    ``region`` is "" for the whole country, otherwise the significant digits of a division code (GB/T 2260), whose
    days add to the country's. ``version`` grows with every import over all regions and is stored with the
    deadlines computed from it. A notice may name days at the end of the year before.
    """

    region = models.CharField(_("行政区划"), max_length=12, blank=True, default="")
    year = models.PositiveSmallIntegerField(_("年份"))
    title = models.CharField(_("通知"), max_length=200)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    amended_by = models.CharField(_("修改文号"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("版本"))
    imported_at = models.DateTimeField(_("导入时间"), auto_now=True)

    class Meta:
        verbose_name = _("节假日通知")
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="one_notice_a_region_and_year")]
        indexes = [models.Index(fields=["year", "id"], name="notices_by_year")]

    def __str__(self) -> str:
        return self.title


class CalendarDay(models.Model):
    """One day that departs from the weekend rule: a holiday, or a weekend day that is worked (调休)."""

    notice = models.ForeignKey(CalendarNotice, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(_("日期"))
    is_working = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        verbose_name = _("特殊日")
        constraints = [models.UniqueConstraint(fields=["notice", "date"], name="one_entry_a_day")]
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

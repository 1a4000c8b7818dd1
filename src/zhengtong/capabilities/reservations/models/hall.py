"""What a hall is: its hours, its business letters with their slots, its windows, and the dated rules of its queue."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_LETTER = RegexValidator(r"^[A-Z]\Z", _("业务字母是一个大写英文字母，如 A"))
_LETTERS = RegexValidator(r"^[A-Z]{1,26}\Z", _("填写业务字母，中间不空格，如 AB"))


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("周一")
    TUESDAY = 1, _("周二")
    WEDNESDAY = 2, _("周三")
    THURSDAY = 3, _("周四")
    FRIDAY = 4, _("周五")
    SATURDAY = 5, _("周六")
    SUNDAY = 6, _("周日")


class Hall(models.Model):
    """政务服务大厅: a place with windows that people go to. ``kiosk_digest`` is of the key in the kiosk's address."""

    code = models.SlugField(_("代码"), max_length=40, unique=True, help_text=_("用在网址里，如 chengbo"))
    name = models.CharField(_("名称"), max_length=60, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("管理单位"), on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("地址"), max_length=200)
    phone = models.CharField(_("咨询电话"), max_length=40)
    is_active = models.BooleanField(_("使用中"), default=True)
    kiosk_digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("大厅")

    def __str__(self) -> str:
        return self.name


class HallHours(models.Model):
    """One session of a weekday. Without ``is_on_days_off`` it holds only when the calendar says that the day is worked;
    a weekend day worked by a holiday notice (调休) without hours of its own has those of Friday."""

    hall = models.ForeignKey(Hall, verbose_name=_("大厅"), on_delete=models.PROTECT, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday.choices)
    opens_at = models.TimeField(_("开门"))
    closes_at = models.TimeField(_("关门"))
    is_on_days_off = models.BooleanField(
        _("休息日也开"), default=False, help_text=_("周末延时服务勾选；法定节假日仍不开")
    )

    class Meta:
        verbose_name = _("大厅开放时间")
        constraints = [
            models.UniqueConstraint(fields=["hall", "weekday", "opens_at"], name="one_session_a_beginning"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="hall_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.weekday} {self.opens_at:%H:%M}"


class HallClosure(models.Model):
    """A day on which a hall is closed although it is worked: a move, a power cut."""

    hall = models.ForeignKey(Hall, verbose_name=_("大厅"), on_delete=models.PROTECT, related_name="closures")
    date = models.DateField(_("日期"))
    reason = models.CharField(_("原因"), max_length=100)

    class Meta:
        verbose_name = _("临时闭厅")
        constraints = [models.UniqueConstraint(fields=["hall", "date"], name="one_closure_a_day")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.date}"


class ServiceGroup(models.Model):
    """A kind of business of a hall under one letter: its slots, how many people a slot takes, how long one takes
    while nobody has been served yet. ``takes_others``: items that no group of the hall names come here."""

    hall = models.ForeignKey(Hall, verbose_name=_("大厅"), on_delete=models.PROTECT, related_name="groups")
    letter = models.CharField(_("业务字母"), max_length=1, validators=[_LETTER])
    name = models.CharField(_("业务名称"), max_length=40)
    help = models.CharField(_("说明"), max_length=120, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(
        _("时段长度（分钟）"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    capacity = models.PositiveSmallIntegerField(
        _("每个时段可预约人数"), default=4, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    usual_minutes = models.PositiveSmallIntegerField(
        _("通常用时（分钟）"), default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    takes_others = models.BooleanField(_("接收未列明的事项"), default=False)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("大厅业务")
        ordering = ["hall_id", "letter"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "letter"], name="one_group_a_letter"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1, slot_minutes__gte=5), name="a_slot_takes_some"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.name}"


class GroupItem(models.Model):
    """An item is handled at the windows of a group."""

    group = models.ForeignKey(ServiceGroup, verbose_name=_("大厅业务"), on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey("cases.ServiceItem", verbose_name=_("事项"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("业务包含的事项")
        constraints = [models.UniqueConstraint(fields=["group", "item"], name="an_item_once_a_group")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.item_id}"


class WindowState(models.TextChoices):
    CLOSED = "closed", _("未开")
    OPEN = "open", _("开放")
    PAUSED = "paused", pgettext_lazy("counter", "暂停")


class HallWindow(models.Model):
    """窗口: a place at the counter, the letters that are called there, and who sits there now."""

    hall = models.ForeignKey(Hall, verbose_name=_("大厅"), on_delete=models.PROTECT, related_name="windows")
    number = models.PositiveSmallIntegerField(_("窗口号"), validators=[MinValueValidator(1), MaxValueValidator(999)])
    name = models.CharField(_("名称"), max_length=40, blank=True)
    letters = models.CharField(_("业务字母"), max_length=26, validators=[_LETTERS], help_text=_("可以多个，如 AB"))
    is_active = models.BooleanField(_("使用中"), default=True)
    state = models.CharField(_("状态"), max_length=8, choices=WindowState.choices, default=WindowState.CLOSED)
    officer = models.ForeignKey(
        "identity.Appointment", verbose_name=_("窗口人员"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("开窗时间"), null=True)

    class Meta:
        verbose_name = _("窗口")
        ordering = ["hall_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "number"], name="one_window_a_number"),
            models.UniqueConstraint(
                fields=["officer"], condition=models.Q(officer__isnull=False), name="one_window_an_officer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class LobbyRule(models.Model):
    """How booking and queueing work from a day on. What is booked under an older row stays booked."""

    effective_from = models.DateField(_("生效日期"), unique=True)
    days_ahead = models.PositiveSmallIntegerField(
        _("可预约今后几个开放日"), default=7, validators=[MaxValueValidator(30)]
    )
    most_open = models.PositiveSmallIntegerField(
        _("每人最多同时预约"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    change_until_minutes = models.PositiveSmallIntegerField(_("改期取消截止（提前分钟）"), default=60)
    early_minutes = models.PositiveSmallIntegerField(_("最早提前报到（分钟）"), default=30)
    late_minutes = models.PositiveSmallIntegerField(_("迟到保留（分钟）"), default=15)
    no_shows = models.PositiveSmallIntegerField(_("爽约几次"), default=3, validators=[MinValueValidator(1)])
    no_show_days = models.PositiveSmallIntegerField(_("爽约统计（天）"), default=90)
    blocked_days = models.PositiveSmallIntegerField(_("暂停网上预约（天）"), default=30)
    reserved_lead_minutes = models.PositiveSmallIntegerField(_("预约号提前排（分钟）"), default=30)
    care_lead_minutes = models.PositiveSmallIntegerField(_("照顾号提前排（分钟）"), default=30)
    care_from_age = models.PositiveSmallIntegerField(_("老年人照顾年龄"), default=65)
    requeue_after = models.PositiveSmallIntegerField(_("过号后排在几人之后"), default=3)
    overtime_minutes = models.PositiveSmallIntegerField(_("关门后还可叫号（分钟）"), default=60)
    source = models.CharField(_("依据"), max_length=150)
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("预约和排队规则")

    def __str__(self) -> str:
        return f"{self.effective_from}"

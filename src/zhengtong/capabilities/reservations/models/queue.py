"""What happens in a hall: slots that are booked, reservations, tickets of a day, and every time that one was called."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.reservations.models.hall import Hall, HallWindow, ServiceGroup
from zhengtong.core.crypto.public import EncryptedTextField


class Slot(models.Model):
    """A span of time of a group that somebody booked. The database refuses one place more than there are."""

    group = models.ForeignKey(ServiceGroup, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    capacity = models.PositiveSmallIntegerField(_("可预约人数"))
    taken = models.PositiveSmallIntegerField(_("已预约"), default=0)

    class Meta:
        verbose_name = _("预约时段")
        constraints = [
            models.UniqueConstraint(fields=["group", "starts_at"], name="one_slot_a_beginning"),
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("capacity")), name="a_slot_is_never_overbooked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.starts_at:%m-%d %H:%M} {self.taken}/{self.capacity}"


class Purpose(models.TextChoices):
    APPLY = "apply", _("办理申请")
    SUPPLEMENT = "supplement", _("补交材料")
    COLLECT = "collect", _("领取结果")
    CONSULT = "consult", _("咨询")


class ReservationState(models.TextChoices):
    BOOKED = "booked", _("已预约")
    CHECKED_IN = "checked_in", _("已报到")
    SERVED = "served", _("已办理")
    CANCELLED = "cancelled", _("已取消")
    NO_SHOW = "no_show", _("爽约")


class Reservation(models.Model):
    """预约. ``code`` is what she shows in the hall, together with the end of her phone number."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("预约码"), max_length=8, unique=True, db_collation="C")
    hall = models.ForeignKey(Hall, verbose_name=_("大厅"), on_delete=models.PROTECT, related_name="reservations")
    slot = models.ForeignKey(Slot, verbose_name=_("时段"), on_delete=models.PROTECT, related_name="reservations")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("预约人账号")
    )
    item = models.ForeignKey("cases.ServiceItem", on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.SET_NULL, null=True, related_name="+")
    purpose = models.CharField(_("来办什么"), max_length=12, choices=Purpose.choices)
    name = EncryptedTextField(_("姓名"), blank=True, default="")
    phone = EncryptedTextField(_("手机"), blank=True, default="")
    phone_digest = models.CharField(max_length=64, blank=True, default="", db_index=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=ReservationState.choices, default=ReservationState.BOOKED
    )
    changes = models.PositiveSmallIntegerField(_("改期次数"), default=0)
    booked_at = models.DateTimeField(_("预约时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True)

    class Meta:
        verbose_name = _("预约")
        indexes = [
            models.Index(fields=["account", "-id"], name="reservations_by_account"),
            models.Index(fields=["hall", "-id"], name="reservations_by_hall"),
            models.Index(fields=["slot"], condition=models.Q(state="booked"), name="reservations_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "slot"], condition=models.Q(state="booked"), name="one_place_a_person_and_slot"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Care(models.TextChoices):
    """Who is called earlier than she came, by the stated rule."""

    NONE = "", _("普通")
    ELDERLY = "elderly", _("老年人")
    DISABLED = "disabled", _("残疾人")
    PREGNANT = "pregnant", _("孕妇和带婴幼儿")


class TicketState(models.TextChoices):
    WAITING = "waiting", _("等候")
    CALLED = "called", _("正在叫号")
    SERVING = "serving", _("办理中")
    SERVED = "served", _("已办结")
    PASSED = "passed", _("过号")
    LEFT = "left", _("未办离开")


class TicketNumber(models.Model):
    """The last number of a group on a day; taken with an upsert, so that two kiosks never give the same."""

    group = models.ForeignKey(ServiceGroup, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    last = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("取号序号")
        constraints = [models.UniqueConstraint(fields=["group", "day"], name="one_row_of_numbers_a_day")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.day} {self.last}"


class Ticket(models.Model):
    """取到的号, ``A001`` of a day. Nothing personal is kept with it: ``shown_name`` is masked already.

    The queue is in the order of ``rank_at``: when the number was taken, less what the rule gives to reservations and to
    those who are cared for. ``window`` is where it is or was called; ``for_window`` where it was transferred to.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    group = models.ForeignKey(ServiceGroup, verbose_name=_("业务"), on_delete=models.PROTECT, related_name="tickets")
    day = models.DateField(_("日期"))
    number = models.PositiveSmallIntegerField(_("序号"))
    label = models.CharField(_("号码"), max_length=8)
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, null=True, related_name="ticket")
    shown_name = models.CharField(_("称呼"), max_length=20, blank=True)
    care = models.CharField(_("照顾"), max_length=10, choices=Care.choices, blank=True, default="")
    is_reserved = models.BooleanField(_("预约按时到"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=TicketState.choices, default=TicketState.WAITING)
    rank_at = models.DateTimeField()
    window = models.ForeignKey(HallWindow, on_delete=models.PROTECT, null=True, related_name="+")
    for_window = models.ForeignKey(HallWindow, on_delete=models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(_("取号"))
    called_at = models.DateTimeField(_("首次叫号"), null=True)
    calls = models.PositiveSmallIntegerField(_("叫号次数"), default=0)
    started_at = models.DateTimeField(_("开始办理"), null=True)
    finished_at = models.DateTimeField(_("办结"), null=True)
    has_requeued = models.BooleanField(_("过号后重排过"), default=False)

    class Meta:
        verbose_name = _("排队号")
        constraints = [
            models.UniqueConstraint(fields=["group", "day", "number"], name="one_ticket_a_number"),
            models.UniqueConstraint(
                fields=["window"],
                condition=models.Q(state__in=("called", "serving")),
                name="one_ticket_at_a_window",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hall", "day", "rank_at", "id"], condition=models.Q(state="waiting"), name="tickets_waiting"
            ),
            models.Index(fields=["hall", "day", "id"], name="tickets_by_day"),
            models.Index(
                fields=["group", "-finished_at"], condition=models.Q(state="served"), name="tickets_served_last"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class TicketCall(models.Model):
    """Each time a number was called: what the screen shows and says."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="called")
    window = models.ForeignKey(HallWindow, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("叫号记录")
        indexes = [models.Index(fields=["hall", "-id"], name="calls_of_hall")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%H:%M}"

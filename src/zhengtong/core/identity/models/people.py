"""Accounts, the staff and the citizens behind them, and the appointments (任职) that staff hold."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField
from zhengtong.core.identity.models.organisations import Organisation, Post
from zhengtong.kernel.marks import Mark


class AccountKind(models.TextChoices):
    CITIZEN = "citizen", _("群众")
    STAFF = "staff", _("工作人员")


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """What signs in. ``public_id`` is what other systems and the journal see, never the primary key."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("类型"), max_length=10, choices=AccountKind.choices, default=AccountKind.CITIZEN)
    username = models.CharField(_("用户名"), max_length=40, unique=True)
    is_active = models.BooleanField(_("启用"), default=True)
    date_joined = models.DateTimeField(_("注册时间"), auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = _("账号")

    def __str__(self) -> str:
        return self.username


class StaffMember(models.Model):
    """A person who works for an organ."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="staff")
    name = models.CharField(_("姓名"), max_length=40)
    phone = EncryptedTextField(_("手机"), blank=True, default="")
    enforcement_number = models.CharField(_("执法证号"), max_length=20, blank=True)
    clearance = models.PositiveSmallIntegerField(_("涉密等级"), choices=Mark.choices, default=Mark.INTERNAL)
    # Whose administrators manage her: that of her last main appointment, also after she left.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="staff", verbose_name=_("所属机构")
    )
    left_date = models.DateField(_("离任日期"), null=True)

    class Meta:
        verbose_name = _("工作人员")
        indexes = [models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="staff_by_name")]

    def __str__(self) -> str:
        return self.name


class AppointmentKind(models.TextChoices):
    MAIN = "main", _("主任职")
    CONCURRENT = "concurrent", _("兼任")


class Days(models.Func):
    """The days from one date to another, both included, the second null while there is no end."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = DateRangeField()


class Appointment(models.Model):
    """任职: who holds which post from when to when. ``end_date`` is the last day, null while it lasts."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(_("类别"), max_length=10, choices=AppointmentKind.choices, default=AppointmentKind.MAIN)
    start_date = models.DateField(_("起"))
    end_date = models.DateField(_("止"), null=True)
    # Whoever ended it may name who takes over what is open; null: back to the office.
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("接办人")
    )
    end_reason = models.CharField(_("离任原因"), max_length=200, blank=True)
    handed_over_at = models.DateTimeField(_("交接时间"), null=True)

    class Meta:
        verbose_name = _("任职")
        indexes = [
            models.Index(
                fields=["end_date"],
                condition=models.Q(end_date__isnull=False, handed_over_at=None),
                name="appointments_to_hand_over",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_date=None) | models.Q(end_date__gte=models.F("start_date")),
                name="appointment_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="one_main_appointment_at_a_time",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    (Days("start_date", "end_date"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(kind="main"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff.name} {self.post}"


class Citizen(models.Model):
    """A natural person with an account. ``verified_at`` is when a counter or a register confirmed who she is."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="citizen")
    phone = EncryptedTextField(_("手机"))
    # Unique among verified phones only: whoever types another's number can't keep its owner from registering.
    phone_digest = models.CharField(max_length=64, db_index=True)
    phone_verified_at = models.DateTimeField(_("手机核验时间"), null=True)
    name = EncryptedTextField(_("姓名"), blank=True, default="")
    id_number = EncryptedTextField(_("公民身份号码"), blank=True, default="")
    # Unique only where a number is given: two accounts can't claim one person.
    id_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    address = EncryptedTextField(_("住址"), blank=True, default="")
    verified_at = models.DateTimeField(_("实名核验时间"), null=True)

    class Meta:
        verbose_name = _("群众")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_digest"],
                condition=models.Q(phone_verified_at__isnull=False),
                name="one_citizen_a_verified_phone",
            )
        ]

    def __str__(self) -> str:
        return str(self.account)

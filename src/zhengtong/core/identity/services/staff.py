"""Staff accounts and the posts that people hold."""

import re
from datetime import date

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.administrators import MANAGE_STAFF, require_staffing
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Appointment,
    AppointmentKind,
    Post,
    StaffMember,
)
from zhengtong.core.identity.selectors import list_current_appointments
from zhengtong.core.identity.separation import check_person
from zhengtong.core.identity.services.accounts import end_sessions
from zhengtong.kernel.policy import Actor, Denied, require

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


@transaction.atomic
def create_staff_account(
    *, actor: Actor, username: str, password: str, name: str, phone: str = "", enforcement_number: str = ""
) -> StaffMember:
    """Open the account of a member of staff: these are made by an administrator, never by registering.

    She belongs to the administrator's organisation until she is appointed. A user name begins with a letter, so that
    it can't be taken for a phone. Raises Refused and Denied.
    """
    require(actor, MANAGE_STAFF)
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Refused("username", _("用户名用3至40位小写字母、数字、点、横线，以字母开头"), "username")
    account = Account(kind=AccountKind.STAFF, username=username)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Refused("username-taken", _("这个用户名已经有人使用，请换一个"), "username") from None
    staff = StaffMember.objects.create(
        account=account,
        name=name,
        phone=phone,
        enforcement_number=enforcement_number,
        organisation_id=actor.organisation,
    )
    record(actor, "identity.staff_account_created", staff, after={"username": username, "name": name})
    return staff


@transaction.atomic
def amend_staff(
    *, actor: Actor, staff: StaffMember, name: str, phone: str = "", enforcement_number: str = ""
) -> StaffMember:
    """Put a person's name, phone or number right. Raises Refused and Denied."""
    require(actor, MANAGE_STAFF, staff)
    found = StaffMember.objects.select_for_update(of=("self",), no_key=True).get(pk=staff.pk)
    if not name.strip():
        raise Refused("name", _("请填写姓名"), "name")
    values = {"name": name.strip()[:40], "phone": phone.strip(), "enforcement_number": enforcement_number.strip()[:20]}
    before = {field: getattr(found, field) for field in values}
    if before == values:
        return found
    for field, value in values.items():
        setattr(found, field, value)
        setattr(staff, field, value)
    found.save(update_fields=list(values))
    # The journal names a phone that changed, not the phone.
    said = {field: value for field, value in values.items() if before[field] != value and field != "phone"}
    record(
        actor,
        "identity.staff_amended",
        found,
        before={field: before[field] for field in said},
        after={**said, "is_phone_changed": before["phone"] != values["phone"]},
    )
    return found


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    staff: StaffMember,
    post: Post,
    start_date: date,
    kind: str = AppointmentKind.MAIN,
    end_date: date | None = None,
) -> Appointment:
    """Put a person into a post; one main one at a time. ``end_date`` is the last day.

    Who had left comes back: her account is opened again. Refused as well: what doesn't go with another post of hers
    (both are named), a closed post. Nobody appoints herself. Raises Refused and Denied.
    """
    require_staffing(actor, post)
    if actor.account_id is not None and staff.account_id == actor.account_id:
        raise Denied(MANAGE_STAFF)
    check_period(start_date, end_date)
    # The post first, as in granting a role to it: neither can miss what the other does.
    post = Post.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=post.pk)
    staff = StaffMember.objects.select_for_update(of=("self",)).select_related("account").get(pk=staff.pk)
    if not (post.is_active and post.organisation.is_active):
        raise Refused("post-closed", _("这个岗位已经撤销，请选择有效的岗位"), "post")
    overlapping = staff.appointments.filter(models.Q(end_date=None) | models.Q(end_date__gte=start_date))
    if end_date is not None:
        overlapping = overlapping.filter(start_date__lte=end_date)
    if overlapping.filter(post=post).exists():
        raise Refused("appointed", _("这段时间里已经任这个岗位"), "post")
    if kind == AppointmentKind.MAIN and overlapping.filter(kind=AppointmentKind.MAIN).exists():
        raise Refused("main-exists", _("这段时间里已有主任职，请先结束原任职，或者改为兼任"), "kind")
    check_person(staff, post, post.roles.values_list("role", flat=True), start_date, end_date)
    appointment = Appointment.objects.create(
        staff=staff, post=post, kind=AppointmentKind(kind), start_date=start_date, end_date=end_date
    )
    _belong(staff, post, kind)
    record(
        actor,
        "identity.appointed",
        appointment,
        after={"staff": staff.pk, "post": post.pk, "kind": kind, "start_date": start_date, "end_date": end_date},
    )
    return appointment


def _belong(staff: StaffMember, post: Post, kind: str) -> None:
    if kind == AppointmentKind.MAIN or staff.organisation_id is None:
        staff.organisation_id = post.organisation_id
    if staff.left_date is not None:
        staff.left_date = None
        staff.account.is_active = True
        staff.account.save(update_fields=["is_active"])
    staff.save(update_fields=["organisation", "left_date"])


@transaction.atomic
def set_active(*, actor: Actor, staff: StaffMember, is_active: bool) -> None:
    """Open or close an account; closing ends its sessions at once. Every current post must be in the actor's reach."""
    require(actor, MANAGE_STAFF)
    for appointment in list_current_appointments(staff.account):
        require_staffing(actor, appointment.post)
    account = staff.account
    if account.is_active == is_active:
        return
    account.is_active = is_active
    account.save(update_fields=["is_active"])
    record(actor, "identity.account_opened" if is_active else "identity.account_closed", account)
    if not is_active:
        end_sessions(actor=actor, account=account)


def check_period(start_date: date, end_date: date | None) -> None:
    """Raise Refused when a period would end before it begins."""
    if end_date is not None and end_date < start_date:
        raise Refused("period", _("结束日期不能早于开始日期"), "end_date")

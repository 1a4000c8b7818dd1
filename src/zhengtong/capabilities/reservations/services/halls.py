"""What the administration sets: halls, hours, closures, businesses, windows, the dated rules."""

import secrets
from datetime import date, time

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import ServiceItem
from zhengtong.capabilities.reservations.errors import LobbyRefused
from zhengtong.capabilities.reservations.models import (
    GroupItem,
    Hall,
    HallClosure,
    HallHours,
    HallWindow,
    LobbyRule,
    Reservation,
    ReservationState,
    ServiceGroup,
    WindowState,
)
from zhengtong.capabilities.reservations.permissions import GUIDE, MANAGE
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, Denied, require


def _changed(actor: Actor, act: str, row: Model, **values: object) -> None:
    """Write the new values and what they were before."""
    before = {name: _plain(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    after = {name: _plain(value) for name, value in values.items()}
    record(actor, f"reservations.{act}", row, before=before, after=after)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | time) else value


@transaction.atomic
def create_hall(*, actor: Actor, code: str, name: str, organisation: Organisation, address: str, phone: str) -> Hall:
    """Add a hall of an organisation in which she manages halls."""
    if organisation.pk not in actor.reach(MANAGE) and actor.kind != "system":
        raise Denied(MANAGE)
    hall = Hall.objects.create(code=code, name=name, organisation=organisation, address=address, phone=phone)
    record(actor, "reservations.create_hall", hall, after={"code": code, "name": name})
    return hall


@transaction.atomic
def amend_hall(*, actor: Actor, hall: Hall, name: str, address: str, phone: str) -> Hall:
    """Change what people read of a hall."""
    require(actor, MANAGE, hall)
    _changed(actor, "amend_hall", hall, name=name, address=address, phone=phone)
    return hall


@transaction.atomic
def retire_hall(*, actor: Actor, hall: Hall) -> Hall:
    """Take a hall out of use. Raises LobbyRefused while people are booked there."""
    require(actor, MANAGE, hall)
    if Reservation.objects.filter(hall=hall, state=ReservationState.BOOKED).exists():
        raise LobbyRefused(_("这个大厅还有未办的预约，办完或取消以后才能停用。"))
    _changed(actor, "retire_hall", hall, is_active=False)
    return hall


@transaction.atomic
def restore_hall(*, actor: Actor, hall: Hall) -> Hall:
    require(actor, MANAGE, hall)
    _changed(actor, "restore_hall", hall, is_active=True)
    return hall


def hand_over_halls(*, actor: Actor, organisation_id: int, successor_id: int) -> None:
    """Give the halls of an organisation that ended to the one that succeeds it."""
    for hall in Hall.objects.select_for_update(of=("self",)).filter(organisation_id=organisation_id):
        hall.organisation_id = successor_id
        hall.save(update_fields=["organisation"])
        before, after = {"organisation": organisation_id}, {"organisation": successor_id}
        record(actor, "reservations.amend_hall", hall, before=before, after=after)


@transaction.atomic
def issue_kiosk_link(*, actor: Actor, hall: Hall) -> str:
    """Return the key of a new address for the hall's kiosks, told this once; the address before it ends."""
    require(actor, GUIDE, hall)
    token = secrets.token_urlsafe(24)
    Hall.objects.filter(pk=hall.pk).update(kiosk_digest=digest(token))
    record(actor, "reservations.issue_kiosk_link", hall)
    return token


@transaction.atomic
def add_hours(
    *, actor: Actor, hall: Hall, weekday: int, opens_at: time, closes_at: time, is_on_days_off: bool = False
) -> HallHours:
    """Open a hall on a weekday from one time to another; two sessions of a day don't overlap."""
    require(actor, MANAGE, hall)
    _check_hours(HallHours(hall=hall, weekday=weekday), opens_at, closes_at)
    made = HallHours.objects.create(
        hall=hall, weekday=weekday, opens_at=opens_at, closes_at=closes_at, is_on_days_off=is_on_days_off
    )
    record(actor, "reservations.add_hours", made, after={"weekday": weekday, "opens_at": opens_at.isoformat()})
    return made


@transaction.atomic
def amend_hours(
    *, actor: Actor, hours: HallHours, opens_at: time, closes_at: time, is_on_days_off: bool = False
) -> HallHours:
    """Change a session; what is booked stays booked."""
    require(actor, MANAGE, hours)
    _check_hours(hours, opens_at, closes_at)
    _changed(actor, "amend_hours", hours, opens_at=opens_at, closes_at=closes_at, is_on_days_off=is_on_days_off)
    return hours


def _check_hours(hours: HallHours, opens_at: time, closes_at: time) -> None:
    if closes_at <= opens_at:
        raise LobbyRefused(_("关门时间应晚于开门时间"), "closes_at")
    others = HallHours.objects.filter(hall=hours.hall, weekday=hours.weekday).exclude(pk=hours.pk)
    if others.filter(opens_at__lt=closes_at, closes_at__gt=opens_at).exists():
        raise LobbyRefused(_("与当天另一段开放时间重叠"), "opens_at")


@transaction.atomic
def remove_hours(*, actor: Actor, hours: HallHours) -> None:
    """Close a session for good; what is booked stays booked until the people are told."""
    require(actor, MANAGE, hours)
    record(actor, "reservations.remove_hours", hours, before={"weekday": hours.weekday})
    hours.delete()


@transaction.atomic
def close_day(*, actor: Actor, hall: Hall, date: date, reason: str) -> HallClosure:
    """Close a hall on one day. Raises LobbyRefused while people are booked on it."""
    require(actor, MANAGE, hall)
    if date < timezone.localdate():
        raise LobbyRefused(_("这一天已经过去"), "date")
    booked = Reservation.objects.filter(hall=hall, state=ReservationState.BOOKED, slot__starts_at__date=date).count()
    if booked:
        raise LobbyRefused(_("这一天已有%(n)s个预约，请先联系预约人改期。"), "date", n=booked)
    made = HallClosure.objects.create(hall=hall, date=date, reason=reason)
    record(actor, "reservations.close_day", made, after={"date": date.isoformat(), "reason": reason})
    return made


@transaction.atomic
def reopen_day(*, actor: Actor, closure: HallClosure) -> None:
    """Open a hall on a day after all."""
    require(actor, MANAGE, closure)
    record(actor, "reservations.reopen_day", closure, before={"date": closure.date.isoformat()})
    closure.delete()


@transaction.atomic
def add_group(
    *,
    actor: Actor,
    hall: Hall,
    letter: str,
    name: str,
    help: str = "",
    slot_minutes: int = 30,
    capacity: int = 4,
    usual_minutes: int = 10,
    takes_others: bool = False,
) -> ServiceGroup:
    """Add a business with its letter and its slots."""
    require(actor, MANAGE, hall)
    if ServiceGroup.objects.filter(hall=hall, letter=letter).exists():
        raise LobbyRefused(_("这个大厅已有业务字母%(letter)s"), "letter", letter=letter)
    made = ServiceGroup.objects.create(
        hall=hall,
        letter=letter,
        name=name,
        help=help,
        slot_minutes=slot_minutes,
        capacity=capacity,
        usual_minutes=usual_minutes,
        takes_others=takes_others,
    )
    record(actor, "reservations.add_group", made, after={"letter": letter, "name": name, "capacity": capacity})
    return made


@transaction.atomic
def amend_group(
    *,
    actor: Actor,
    group: ServiceGroup,
    name: str,
    help: str = "",
    slot_minutes: int = 30,
    capacity: int = 4,
    usual_minutes: int = 10,
    takes_others: bool = False,
    is_active: bool = True,
) -> ServiceGroup:
    """Change a business; slots that somebody has booked keep their places."""
    require(actor, MANAGE, group)
    _changed(
        actor,
        "amend_group",
        group,
        name=name,
        help=help,
        slot_minutes=slot_minutes,
        capacity=capacity,
        usual_minutes=usual_minutes,
        takes_others=takes_others,
        is_active=is_active,
    )
    return group


@transaction.atomic
def add_item(*, actor: Actor, group: ServiceGroup, item: ServiceItem) -> GroupItem:
    """Let an item be handled in a business; in one business of a hall only."""
    require(actor, MANAGE, group)
    if GroupItem.objects.filter(group__hall=group.hall, item=item).exists():
        raise LobbyRefused(_("这个大厅已有业务包含“%(item)s”"), "item", item=item.name)
    made = GroupItem.objects.create(group=group, item=item)
    record(actor, "reservations.add_item", made, after={"group": group.letter, "item": item.code})
    return made


@transaction.atomic
def remove_item(*, actor: Actor, entry: GroupItem) -> None:
    """Handle an item in a business no longer."""
    require(actor, MANAGE, entry)
    record(actor, "reservations.remove_item", entry, before={"item": entry.item.code})
    entry.delete()


def _check_letters(hall: Hall, letters: str) -> str:
    wanted = "".join(sorted(set(letters)))
    known = set(ServiceGroup.objects.filter(hall=hall).values_list("letter", flat=True))
    missing = [letter for letter in wanted if letter not in known]
    if missing:
        raise LobbyRefused(_("这个大厅没有业务字母%(letters)s"), "letters", letters="、".join(missing))
    return wanted


@transaction.atomic
def add_window(*, actor: Actor, hall: Hall, number: int, letters: str, name: str = "") -> HallWindow:
    """Add a window with the letters that are called there."""
    require(actor, MANAGE, hall)
    if HallWindow.objects.filter(hall=hall, number=number).exists():
        raise LobbyRefused(_("这个大厅已有%(n)s号窗口"), "number", n=number)
    made = HallWindow.objects.create(hall=hall, number=number, name=name, letters=_check_letters(hall, letters))
    record(actor, "reservations.add_window", made, after={"number": number, "letters": made.letters})
    return made


@transaction.atomic
def amend_window(
    *, actor: Actor, window: HallWindow, letters: str, name: str = "", is_active: bool = True
) -> HallWindow:
    """Change what a window calls. Raises LobbyRefused for one to be retired while somebody sits there."""
    require(actor, MANAGE, window)
    if not is_active and window.state != WindowState.CLOSED:
        raise LobbyRefused(_("%(n)s号窗口正开着，关窗以后才能停用。"), "is_active", n=window.number)
    letters = _check_letters(window.hall, letters)
    _changed(actor, "amend_window", window, letters=letters, name=name, is_active=is_active)
    return window


@transaction.atomic
def set_rule(
    *,
    actor: Actor,
    effective_from: date,
    days_ahead: int = 7,
    most_open: int = 3,
    change_until_minutes: int = 60,
    early_minutes: int = 30,
    late_minutes: int = 15,
    no_shows: int = 3,
    no_show_days: int = 90,
    blocked_days: int = 30,
    reserved_lead_minutes: int = 30,
    care_lead_minutes: int = 30,
    care_from_age: int = 65,
    requeue_after: int = 3,
    overtime_minutes: int = 60,
    source: str,
    is_unverified: bool = True,
) -> LobbyRule:
    """Set the rule from a day on; the one before holds until then. Raises LobbyRefused for a day that has a rule."""
    require(actor, MANAGE)
    if LobbyRule.objects.filter(effective_from__gte=effective_from).exists():
        raise LobbyRefused(_("已有同一天或更晚生效的规则，请填写更晚的生效日期"), "effective_from")
    made = LobbyRule.objects.create(
        effective_from=effective_from,
        days_ahead=days_ahead,
        most_open=most_open,
        change_until_minutes=change_until_minutes,
        early_minutes=early_minutes,
        late_minutes=late_minutes,
        no_shows=no_shows,
        no_show_days=no_show_days,
        blocked_days=blocked_days,
        reserved_lead_minutes=reserved_lead_minutes,
        care_lead_minutes=care_lead_minutes,
        care_from_age=care_from_age,
        requeue_after=requeue_after,
        overtime_minutes=overtime_minutes,
        source=source,
        is_unverified=is_unverified,
    )
    record(actor, "reservations.set_rule", made, after={"effective_from": effective_from.isoformat(), "source": source})
    return made


@transaction.atomic
def verify_rule(*, actor: Actor, rule: LobbyRule) -> LobbyRule:
    """Note that the figures were compared with what the centre has decreed."""
    require(actor, MANAGE)
    if LobbyRule.objects.filter(pk=rule.pk, is_unverified=True).update(is_unverified=False):
        rule.refresh_from_db()
        record(actor, "reservations.verify_rule", rule)
    return rule

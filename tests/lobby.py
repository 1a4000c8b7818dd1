"""A hall of the cast's county with two businesses and three windows, made by the services."""

from datetime import date, datetime, time

from django.utils import timezone

from zhengtong.capabilities.cases.public import get_item
from zhengtong.capabilities.reservations.public import (
    Hall,
    HallWindow,
    ServiceGroup,
    add_group,
    add_hours,
    add_item,
    add_window,
    create_hall,
)
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM

# A Monday and the Saturday after it; the Thursday after is 清明节 in no year, and Monday 4 May 2026 is one of 劳动节.
MONDAY, SATURDAY, HOLIDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 5, 4)
SESSIONS = ((time(9), time(12)), (time(13, 30), time(17, 30)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def make_hall(
    code: str = "chengbo",
    *,
    capacity: int = 2,
    slot_minutes: int = 30,
    sessions: tuple[tuple[time, time], ...] = SESSIONS,
    days: range = range(5),
    is_on_days_off: bool = False,
) -> Hall:
    """Return a hall that is open on working days: A takes the food licence, B everything else."""
    centre = Organisation.objects.get(name="澄波区政务服务中心")
    hall = create_hall(
        actor=SYSTEM,
        code=code,
        name=f"澄波区政务服务大厅{'' if code == 'chengbo' else code}",
        organisation=centre,
        address="澄波区滨江路1号",
        phone="0990-2100001",
    )
    for weekday in days:
        for opens_at, closes_at in sessions:
            add_hours(
                actor=SYSTEM,
                hall=hall,
                weekday=weekday,
                opens_at=opens_at,
                closes_at=closes_at,
                is_on_days_off=is_on_days_off,
            )
    business = add_group(
        actor=SYSTEM, hall=hall, letter="A", name="企业开办和许可", slot_minutes=slot_minutes, capacity=capacity
    )
    add_group(
        actor=SYSTEM,
        hall=hall,
        letter="B",
        name="综合业务",
        takes_others=True,
        usual_minutes=6,
        slot_minutes=slot_minutes,
        capacity=capacity,
    )
    item = get_item("food-business-licence")
    assert item is not None
    add_item(actor=SYSTEM, group=business, item=item)
    for number, letters in ((1, "A"), (2, "A"), (3, "AB")):
        add_window(actor=SYSTEM, hall=hall, number=number, letters=letters)
    return hall


def group_of(hall: Hall, letter: str) -> ServiceGroup:
    return ServiceGroup.objects.select_related("hall__organisation__region").get(hall=hall, letter=letter)


def window_of(hall: Hall, number: int) -> HallWindow:
    return HallWindow.objects.get(hall=hall, number=number)

"""Rows of the registers of halls for the conformance tests."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.cases.public import list_items
from zhengtong.capabilities.reservations.models import (
    GroupItem,
    Hall,
    HallClosure,
    HallHours,
    HallWindow,
    LobbyRule,
    ServiceGroup,
)
from zhengtong.core.identity.public import Organisation


def make_hall(organisation: Organisation, number: int) -> Hall:
    return Hall.objects.create(
        code=f"hall-{number}", name=f"第{number}大厅", organisation=organisation, address="滨江路1号", phone="0990-1"
    )


def make_hours(organisation: Organisation, number: int) -> HallHours:
    return HallHours.objects.create(
        hall=make_hall(organisation, number + 100), weekday=number % 7, opens_at=time(9), closes_at=time(12)
    )


def make_closure(organisation: Organisation, number: int) -> HallClosure:
    return HallClosure.objects.create(
        hall=make_hall(organisation, number + 200), date=_later(number), reason="停电检修"
    )


def make_group(organisation: Organisation, number: int) -> ServiceGroup:
    return ServiceGroup.objects.create(
        hall=make_hall(organisation, number + 300), letter="ABCDEFGH"[number % 8], name=f"第{number}类业务"
    )


def make_item(organisation: Organisation, number: int) -> GroupItem:
    return GroupItem.objects.create(group=make_group(organisation, number + 400), item=list_items()[0])


def make_window(organisation: Organisation, number: int) -> HallWindow:
    group = make_group(organisation, number + 800)
    return HallWindow.objects.create(hall=group.hall, number=number, letters=group.letter)


def make_rule(_organisation: Organisation, number: int) -> LobbyRule:
    return LobbyRule.objects.create(effective_from=date(2024, 1, 1) + timedelta(days=number), source="《大厅办法》")


def _later(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def _new_rule(_organisation: Organisation) -> dict[str, Any]:
    names = (
        ("days_ahead", 7),
        ("most_open", 3),
        ("change_until_minutes", 60),
        ("early_minutes", 30),
        ("late_minutes", 15),
        ("no_shows", 3),
        ("no_show_days", 90),
        ("blocked_days", 30),
        ("reserved_lead_minutes", 30),
        ("care_lead_minutes", 30),
        ("care_from_age", 65),
        ("requeue_after", 3),
        ("overtime_minutes", 60),
    )
    return {name: str(value) for name, value in names} | {"effective_from": "2031-01-01", "source": "《大厅办法》"}


_GROUP = {"help": "", "slot_minutes": "20", "capacity": "3", "usual_minutes": "8"}
_HOURS = {"opens_at": "13:30", "closes_at": "17:30"}

SAMPLES = {
    "reservations.halls": Sample(
        make_hall,
        create=lambda organisation: {
            "code": "new-hall",
            "name": "新大厅",
            "organisation": organisation,
            "address": "人民路1号",
            "phone": "0990-2",
        },
        amend=lambda _row: {"name": "改名的大厅", "address": "人民路2号", "phone": "0990-3"},
        acts={"retire-hall": lambda _row: {}, "restore-hall": lambda _row: {}},
        before={
            "retire-hall": lambda row: Hall.objects.filter(pk=row.pk).update(is_active=True),
            "restore-hall": lambda row: Hall.objects.filter(pk=row.pk).update(is_active=False),
        },
    ),
    "reservations.hours": Sample(
        make_hours,
        create=lambda organisation: {"hall": make_hall(organisation, 901), "weekday": "1", **_HOURS},
        amend=lambda _row: {"opens_at": "08:30", "closes_at": "12:00"},
        acts={"remove-hours": lambda _row: {}},
    ),
    "reservations.closures": Sample(
        make_closure,
        create=lambda organisation: {
            "hall": make_hall(organisation, 902),
            "date": _later(9).isoformat(),
            "reason": "搬迁",
        },
        acts={"reopen-day": lambda _row: {}},
    ),
    "reservations.groups": Sample(
        make_group,
        create=lambda organisation: {
            "hall": make_hall(organisation, 903),
            "letter": "Z",
            "name": "新业务",
            **_GROUP,
        },
        amend=lambda _row: {"name": "改名的业务", "is_active": "on", **_GROUP},
    ),
    "reservations.items": Sample(
        make_item,
        create=lambda organisation: {"group": make_group(organisation, 904), "item": list_items()[1]},
        acts={"remove-item": lambda _row: {}},
    ),
    "reservations.windows": Sample(
        make_window,
        create=lambda organisation: {
            "hall": make_group(organisation, 905).hall,
            "number": "7",
            "letters": "ABCDEFGH"[905 % 8],
            "name": "",
        },
        amend=lambda row: {"letters": row.letters, "name": "综合", "is_active": "on"},
    ),
    "reservations.rules": Sample(
        make_rule,
        create=_new_rule,
        acts={"verify-rule": lambda _row: {}},
    ),
}

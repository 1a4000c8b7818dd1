"""A real city's cases are copied past the triggers: its tallies are those of a recount of the rows, too."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from zhengtong.capabilities.licences.demo.city import load_city
from zhengtong.capabilities.supervision import demo
from zhengtong.capabilities.supervision.models import Card, Delta, Tally
from zhengtong.capabilities.supervision.tests.test_count_every_act import counted, recount
from zhengtong.kernel.calendar import SHANGHAI
from zhengtong.kernel.demo import DemoContext, Scale, as_of, demo_parts, load_part

TODAY = date(2026, 3, 2)
CITY = DemoContext(today=TODAY, seed=7, scale=Scale.CITY)


@pytest.mark.django_db
def test_a_city_is_counted() -> None:
    small = replace(CITY, scale=Scale.SMALL)
    for part in demo_parts():
        if part.label in {"identity", "geography", "cases", "registers"}:
            load_part(part, small)
    with as_of(datetime.combine(TODAY, time(), SHANGHAI)):
        load_city(CITY, 250, first_day=TODAY - timedelta(days=50))
        assert not Tally.objects.exists()
        assert not Delta.objects.exists()
        demo.load(CITY)
        assert Card.objects.exists()
        assert counted() == recount()

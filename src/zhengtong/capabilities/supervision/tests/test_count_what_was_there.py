"""A platform that had cases before it counted: the worker counts them once, by itself."""

import pytest

from tests.cast import Cast
from zhengtong.capabilities.supervision.counting import COUNTED, count_once
from zhengtong.capabilities.supervision.models import Delta, Standing, Tally
from zhengtong.capabilities.supervision.public import read_standing
from zhengtong.kernel.models import Effect

pytestmark = pytest.mark.django_db


def running(cast: Cast) -> int:
    found = read_standing([cast.office.organisation_id])
    return sum(amount for (_organisation, _item, gauge), amount in found.items() if gauge == "running")


def test_what_was_there_is_counted_at_the_first_run_and_not_again(cast: Cast) -> None:
    cast.submitted()
    for table in (Delta, Tally, Standing):  # as if the case were older than the triggers
        table.objects.all().delete()
    Effect.objects.filter(key=COUNTED).delete()
    assert running(cast) == 0
    count_once()
    assert running(cast) == 1
    Standing.objects.all().delete()
    count_once()
    assert running(cast) == 0

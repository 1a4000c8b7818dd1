"""The cast and its hall."""

import pytest

from tests.cast import Cast, cast
from tests.lobby import make_hall
from zhengtong.capabilities.reservations.models import Hall

__all__ = ["cast", "hall"]


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return make_hall()

"""The town and its rooms: made once a file and once a declaration; what a test does there is taken back after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation

from tests.cast import Cast, make_cast
from tests.conformance.rooms import Room


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The cast, in a transaction around the file's tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cast()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def furnished(town: Cast, request: pytest.FixtureRequest) -> Iterator[Room]:
    """A declaration's room; ``room`` is how a test enters it."""
    with transaction.atomic():
        made = Room(request.param, town)
        made.invite(town)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def room(furnished: Room, db: None) -> Iterator[Room]:
    """The room, with a savepoint around what happens in it. The language of a request doesn't outlast the test."""
    with translation.override(settings.LANGUAGE_CODE):
        yield furnished

"""Browsers that are signed in: the shop owner for her enterprise, a citizen for herself, a clerk."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.cast import Cast
from zhengtong.capabilities.cases.public import Case
from zhengtong.core.identity.public import Mandate
from zhengtong.desks.hall.tests.pages import Visitor


@pytest.fixture(autouse=True)
def fresh_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def owner(cast: Cast) -> Visitor:
    """The owner, acting for her shop."""
    visitor = Visitor(cast, "owner")
    mandate = Mandate.objects.get(citizen__account=cast.accounts["owner"])
    visitor.client.post("/account/capacity/", {"mandate": mandate.pk})
    return visitor


@pytest.fixture
def citizen(cast: Cast) -> Visitor:
    return Visitor(cast, "citizen")


@pytest.fixture
def clerk(cast: Cast) -> Visitor:
    return Visitor(cast, "counter")


@pytest.fixture
def stranger(db: None) -> Client:
    """Nobody in particular, as far as the platform knows."""
    assert settings.LOGIN_URL
    return Client()


@pytest.fixture
def draft(cast: Cast) -> Case:
    """A complete draft of the owner's."""
    return cast.draft()

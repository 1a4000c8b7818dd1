"""The cast, its hall, and their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast, cast
from tests.lobby import make_hall
from zhengtong.capabilities.reservations.public import Hall

__all__ = ["browser", "cast", "hall"]
Browser = Callable[[str], Client]


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return make_hall()


@pytest.fixture
def browser(cast: Cast) -> Browser:
    def open_browser(name: str) -> Client:
        client = Client(raise_request_exception=False)
        if name:
            client.force_login(cast.accounts[name], "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return open_browser

"""The cast of house.md, and a browser for each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cast import Cast, cast

__all__ = ["browse", "cast", "store"]


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    """Return a signed-in client for one of the cast."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.accounts[name])
        return client

    return sign_in

"""The cast, a store of its own, and a browser for each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cast import Cast, cast

__all__ = ["browse", "cast", "store"]


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    """Return a signed-in client for one of the cast, or a stranger's for nobody."""

    def sign_in(name: str = "") -> Client:
        client = Client()
        if name:
            client.force_login(cast.accounts[name])
        return client

    return sign_in

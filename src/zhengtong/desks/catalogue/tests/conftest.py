"""A department with its people, and a browser for each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from zhengtong.capabilities.catalogue.tests.office import Office, make_office


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.fixture
def browse(office: Office) -> Callable[[str], Client]:
    """Return a signed-in client for one of the office's people."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(office.accounts[name], "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in

"""An office with its people, and a store of its own."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zhengtong.capabilities.catalogue.tests.office import Office, make_office


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def office(db: None) -> Office:
    return make_office()

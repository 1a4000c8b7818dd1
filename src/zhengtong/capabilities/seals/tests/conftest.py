"""The office that a test of seals works in, with a store of files of its own."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zhengtong.capabilities.seals.models import Seal
from zhengtong.capabilities.seals.tests.office import Office, make_office


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.fixture
def seal(office: Office) -> Seal:
    return office.enabled()

"""The offices that a test of contracts works in, with a store of files of its own."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zhengtong.capabilities.contracts.tests.offices import Offices, make_offices


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def offices(db: None) -> Offices:
    return make_offices()

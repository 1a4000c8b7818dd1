"""A folder of its own below which a test's watched folders lie."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture
def folders(settings: Settings, tmp_path: Path) -> Path:
    """The folder that the operator has set apart; it holds the watched folder ``in``."""
    settings.SOURCE_FOLDERS = tmp_path
    (tmp_path / "in").mkdir()
    return tmp_path

"""A kind of work that belongs to nobody but the tests."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.cast import cast
from zhengtong.core.worklist.public import Nature, WorkKind
from zhengtong.kernel.modules import Module, registry

__all__ = ["cast", "store"]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare ``test.thing``, to be done, and ``test.paper``, to be read, as a module's manifest would."""
    brought = Module(
        code="test",
        title="测试",
        declares=(
            WorkKind("test.thing", "事项", permissions=("cases.review_case",)),
            WorkKind("test.paper", "文件", permissions=("cases.review_case",), nature=Nature.TO_READ),
            WorkKind(
                "test.fixed",
                "本人事项",
                permissions=("cases.review_case",),
                transfer_allowed=False,
                return_allowed=False,
            ),
        ),
    )
    monkeypatch.setitem(registry.modules, "test", brought)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

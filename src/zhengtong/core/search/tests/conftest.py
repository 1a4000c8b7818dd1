"""Two kinds to search: enterprises that everybody finds, and organisations that staff find where they may."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from zhengtong.core.identity.public import LegalEntity, Organisation
from zhengtong.core.search.declarations import Searchable, SearchAudience
from zhengtong.core.search.indexing import drain
from zhengtong.core.search.installing import install
from zhengtong.core.search.models import IndexedKind
from zhengtong.kernel.modules import Module, registry

OPEN, OWN = "searchtest.enterprise", "searchtest.organisation"
VIEW = "searchtest.view"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
# What the tables have no column for.
TEXTS: dict[str, str] = {}
SYNONYMS: dict[str, list[str]] = {}


def text_of(row: LegalEntity | Organisation) -> str:
    text = TEXTS.get(row.name, "")
    if text == "unreadable":
        raise RuntimeError("killed")
    return text


MODULE = Module(
    code="searchtest",
    title="test",
    declares=(
        Searchable(
            OPEN,
            "企业",
            LegalEntity,
            name=lambda row: row.name,
            text=text_of,
            words=lambda row: SYNONYMS.get(row.name, []),
            reference="credit_code",
            newest="searched_at",
            audiences=frozenset(SearchAudience),
        ),
        Searchable(OWN, "机构", Organisation, name=lambda row: row.name, text=text_of, permission=VIEW),
    ),
)


def _newest(row: LegalEntity) -> datetime:
    return BEGAN + timedelta(minutes=row.pk)


@pytest.fixture
def kinds(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Declare the kinds and watch their tables; nothing of it outlives the test."""
    monkeypatch.setattr(LegalEntity, "searched_at", property(_newest), raising=False)
    registry.register(MODULE)
    install(connection)
    IndexedKind.objects.update(rebuilt_upto=None)
    try:
        yield
    finally:
        del registry.modules[MODULE.code]
        install(connection)
        TEXTS.clear()
        SYNONYMS.clear()


@pytest.fixture
def shop(kinds: None) -> Callable[..., LegalEntity]:
    """Return a function that registers an enterprise, found when it returns."""

    def make(name: str, text: str = "", *, words: tuple[str, ...] = (), code: str = "") -> LegalEntity:
        TEXTS[name], SYNONYMS[name] = text, list(words)
        made = LegalEntity.objects.create(name=name, credit_code=code or f"T{LegalEntity.objects.count():017d}")
        drain()
        return made

    return make

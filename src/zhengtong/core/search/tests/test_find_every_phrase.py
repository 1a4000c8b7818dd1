"""Nothing that is written is missed: each phrase of made texts finds every text that has it, each word nearly every."""

import random

import pytest

from benchmarks.search_corpus import LONG_KIND, SHORT_KIND, make_document
from zhengtong.core.identity.public import LegalEntity
from zhengtong.core.search import text
from zhengtong.core.search.candidates import CAP
from zhengtong.core.search.public import SearchAudience, drain, search
from zhengtong.core.search.tests.conftest import OPEN, TEXTS
from zhengtong.kernel.policy import ANONYMOUS


@pytest.fixture
def written(kinds: None) -> dict[int, str]:
    """Return what is written, by the row's id: short texts and some long ones."""
    documents = [make_document(SHORT_KIND, n) for n in range(160)] + [make_document(LONG_KIND, n) for n in range(12)]
    TEXTS.update({each.title: each.body for each in documents})
    made = LegalEntity.objects.bulk_create(
        LegalEntity(name=each.title, credit_code=f"{number}") for number, each in enumerate(documents)
    )
    drain()
    return {row.pk: f"{each.title}\n{each.body}" for row, each in zip(made, documents, strict=True)}


def found_by(typed: str) -> set[int]:
    found = search(ANONYMOUS, typed, audience=SearchAudience.PUBLIC, kinds=[OPEN], limit=CAP)
    return {hit.object_id for hit in found.hits}


def test_phrases_find_exactly_the_texts_that_have_them(written: dict[int, str]) -> None:
    source = random.Random(7)
    for _ in range(150):
        run = source.choice([run for run in text.list_runs(source.choice(list(written.values()))) if len(run) > 7])
        start, length = source.randrange(len(run) - 6), source.randint(1, 7)
        phrase = run[start : start + length]
        assert found_by(f'"{phrase}"') == {pk for pk, whole in written.items() if phrase in whole}, phrase


def test_words_find_the_texts_that_have_them(written: dict[int, str]) -> None:
    source = random.Random(8)
    wanted = found = 0
    for _ in range(150):
        words = [word for word in text.cut(source.choice(list(written.values()))) if len(word) > 1]
        word = source.choice([word for word in words if text.is_han(word)])
        having = {pk for pk, whole in written.items() if word in whole}
        wanted += len(having)
        found += len(having & found_by(word))
    assert wanted > 500
    assert found / wanted >= 0.95

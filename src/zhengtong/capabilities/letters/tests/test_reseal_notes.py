"""Events of letters are only added to; a new data key reaches their notes all the same, and nothing else of them."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from zhengtong.capabilities.letters.models import LetterEvent
from zhengtong.capabilities.letters.tests.conftest import Post
from zhengtong.core.crypto.public import DataKeyUse, continue_resealing, keyring, replace_data_key


@pytest.fixture(autouse=True)
def keys(db: None) -> Iterator[None]:
    yield
    keyring.forget()


def test_notes_come_under_the_new_key_and_stay_what_they_were(write: Post, settings: Settings) -> None:
    letter = write.handling()
    event = LetterEvent.objects.filter(letter=letter).exclude(note="").last() or LetterEvent.objects.create(
        letter=letter, at=letter.received_at, act="note", actor_name="殷素芬", note="现场已核实"
    )
    before = LetterEvent.objects.values().get(pk=event.pk)
    key = replace_data_key(DataKeyUse.FIELDS)
    settings.DATA_KEY_FRESH_SECONDS = 0
    continue_resealing()
    with connection.cursor() as cursor:
        cursor.execute("SELECT substring(note FROM 1 FOR 3) FROM letters_letterevent WHERE id = %s", [event.pk])
        assert bytes(cursor.fetchone()[0]) == b"\x02" + key.number.to_bytes(2)
    assert LetterEvent.objects.values().get(pk=event.pk) == before
    for change in ("note = ''", "act = 'x'"):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE letters_letterevent SET {change}")

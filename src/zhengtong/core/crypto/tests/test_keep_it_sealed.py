"""Personal data is sealed at rest: it comes back as it was, or not at all."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import PERSON, PHONE, Cast, fresh
from zhengtong.core.crypto.domain import keyed_digest, seal, unseal
from zhengtong.core.crypto.public import Unreadable, digest

KEY, OTHER = bytes(range(32)), bytes(32)


@given(st.binary())
def test_what_was_sealed_comes_back(plain: bytes) -> None:
    sealed = seal(KEY, plain)
    assert unseal(KEY, sealed) == plain
    assert len(plain) < 4 or plain not in sealed
    assert seal(KEY, plain) != sealed


@given(st.binary(), st.data())
def test_a_changed_bit_opens_nothing(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, plain))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unreadable):
        unseal(KEY, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12), b"\x02" + bytes(40)])
def test_what_is_no_sealed_value_opens_nothing(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(KEY, sealed)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        unseal(OTHER, seal(KEY, b"secret"))


def test_a_digest_finds_what_is_written_in_another_way() -> None:
    assert digest("９９０１０２19900517001x ") == digest("99010219900517001X")
    assert keyed_digest(KEY, "1") != keyed_digest(OTHER, "1")


def test_the_database_holds_no_number_in_the_clear(cast: Cast) -> None:
    case = cast.submitted()
    assert fresh(case).form["legal_representative_id"] == PERSON
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_case::text FROM cases_case WHERE id = %s", [case.pk])
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT identity_citizen::text FROM identity_citizen")
        stored += "".join(row[0] for row in cursor.fetchall())
    for secret in (PERSON, PHONE):
        assert secret not in stored
        assert secret.encode().hex() not in stored

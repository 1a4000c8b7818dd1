"""Personal data under data keys: sealed, found again, brought under a new key, and read without the signer."""

import itertools
import pickle
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from tests.cast import PERSON, PHONE, Cast
from tests.signer import SignerProcess
from zhengtong.core.crypto import columns, domain, envelope, services
from zhengtong.core.crypto.domain import CipherName, make_aead, seal_with, unseal_with
from zhengtong.core.crypto.keyring import Keyring, file_key, keyring
from zhengtong.core.crypto.public import (
    DataKey,
    DataKeyUse,
    Resealing,
    ResealingStep,
    SignerUnavailable,
    Unreadable,
    continue_resealing,
    prepare_data_keys,
    replace_data_key,
    rewrap_data_keys,
)

FIELDS = DataKeyUse.FIELDS


@pytest.fixture(autouse=True)
def keys(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits for other processes here, and what a test puts in use goes with its rows."""
    settings.DATA_KEY_FRESH_SECONDS = 600
    monkeypatch.setattr(services, "MARGIN_SECONDS", 0)
    keyring.forget()
    yield
    keyring.forget()


def active(use: DataKeyUse = FIELDS) -> int:
    return DataKey.objects.get(use=use, state="active").number


def stored(table: str, column: str) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE octet_length({column}) > 0 ORDER BY id")
        return [bytes(row[0]) for row in cursor.fetchall()]


def numbers(table: str, column: str) -> set[int]:
    return {domain.number_of(value) for value in stored(table, column)}


def settle(settings: Settings) -> None:
    """Let the time pass in which another process may hold the key before."""
    settings.DATA_KEY_FRESH_SECONDS = 0


# --- formats ----------------------------------------------------------------------------------------------------------


@given(st.sampled_from(CipherName), st.integers(1, 0xFFFF), st.binary(max_size=400))
def test_what_is_sealed_under_a_data_key_comes_back(cipher: CipherName, number: int, plain: bytes) -> None:
    aead = make_aead(cipher, bytes(range(domain.key_bytes(cipher))))
    sealed = seal_with(aead, number, plain)
    assert unseal_with(aead, sealed) == plain
    assert domain.number_of(sealed) == number
    assert seal_with(aead, number, plain) != sealed


@given(st.sampled_from(CipherName), st.binary(max_size=60), st.data())
def test_a_changed_bit_opens_nothing(cipher: CipherName, plain: bytes, data: st.DataObject) -> None:
    aead = make_aead(cipher, bytes(domain.key_bytes(cipher)))
    sealed = bytearray(seal_with(aead, 7, plain))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unreadable):
        unseal_with(aead, bytes(sealed))


def test_sm4_gcm_is_what_the_openssl_library_makes_of_it() -> None:
    # RFC 8998, appendix A.1.
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    about = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = b"".join(bytes([value]) * 8 for value in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = make_aead(CipherName.SM4, key).encrypt(nonce, plain, about)
    assert sealed[:16].hex() == "17f399f08c67d5ee19d0dc9969c4bb7d"
    assert sealed[-16:].hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_a_key_that_nobody_knows_opens_nothing() -> None:
    sealed = seal_with(make_aead(CipherName.AES256, bytes(32)), 40_000, b"secret")
    with pytest.raises(Unreadable, match="40000"):
        envelope.unseal(sealed)


# --- use --------------------------------------------------------------------------------------------------------------


def test_personal_data_is_sealed_under_the_data_key_and_found_by_its_digest(cast: Cast) -> None:
    case = cast.submitted()
    assert numbers("cases_case", "form") == {active()}
    assert type(case).objects.get(pk=case.pk).form["legal_representative_id"] == PERSON
    citizens = apps.get_model("identity", "citizen")._default_manager
    assert citizens.filter(phone_digest=envelope.digest(PHONE)).exists()


def test_what_was_sealed_before_there_were_data_keys_is_read(cast: Cast) -> None:
    case = cast.submitted()
    old = domain.seal(file_key(), PHONE.encode())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET applicant_phone = %s WHERE id = %s", [old, case.pk])
    assert type(case).objects.get(pk=case.pk).applicant_phone == PHONE


def test_an_installation_without_data_keys_seals_by_its_key_file() -> None:
    Resealing.objects.all().delete()
    DataKey.objects.all().delete()
    keyring.forget()
    sealed = envelope.seal(b"secret")
    assert domain.number_of(sealed) == 0
    made = prepare_data_keys()
    assert [key.use for key in made] == [FIELDS, DataKeyUse.FILES]
    assert prepare_data_keys() == []
    assert domain.number_of(envelope.seal(b"secret")) == made[0].number
    assert envelope.unseal(sealed) == b"secret"


def test_no_value_asks_the_signer(signer: SignerProcess) -> None:
    sealed = envelope.seal(b"secret")
    signer.stop()
    try:
        for _ in range(200):
            assert envelope.unseal(envelope.seal(b"secret")) == envelope.unseal(sealed)
    finally:
        signer.start()


def test_without_the_signer_a_held_key_serves_until_its_time_is_over(signer: SignerProcess, settings: Settings) -> None:
    settings.DATA_KEY_FRESH_SECONDS, settings.DATA_KEY_SECONDS = 60, 600
    now = [0.0]
    ring = Keyring(clock=lambda: now[0])
    assert ring.active(FIELDS) is not None
    signer.stop()
    try:
        now[0] = 590.0
        held = ring.active(FIELDS)
        assert held is not None
        now[0] = 601.0
        with pytest.raises(SignerUnavailable, match="签名服务没有应答"):
            ring.active(FIELDS)
        with pytest.raises(SignerUnavailable):
            Keyring().get(held.number)  # a process that starts without the signer
    finally:
        signer.start()
    again = ring.active(FIELDS)
    assert again is not None
    assert again.secret == held.secret


# --- change -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cipher", list(CipherName))
def test_everything_comes_under_the_new_key_and_the_old_one_retires(
    cast: Cast, settings: Settings, cipher: CipherName
) -> None:
    case, before = cast.submitted(), active()
    key = replace_data_key(FIELDS, cipher)
    assert active() == key.number == before + 2  # the files' key has a number too
    assert numbers("cases_case", "form") == {before}
    assert type(case).objects.get(pk=case.pk).form["legal_representative_id"] == PERSON

    settle(settings)
    assert continue_resealing()
    assert numbers("cases_case", "form") == numbers("identity_citizen", "phone") == {key.number}
    fresh = type(case).objects.get(pk=case.pk)
    assert fresh.form["legal_representative_id"] == PERSON
    assert fresh.applicant_phone == case.applicant_phone
    assert DataKey.objects.get(number=before).state == DataKey.State.RETIRED
    assert Resealing.objects.get(key=key).finished_at is not None
    steps = ResealingStep.objects.filter(resealing__key=key)
    assert sum(step.changed_in_all for step in steps) > 0
    assert not steps.filter(unreadable__gt=0).exists()


def test_the_old_key_does_not_retire_while_a_process_may_still_write_with_it(cast: Cast) -> None:
    cast.submitted()
    before = active()
    key = replace_data_key(FIELDS)
    assert not continue_resealing()  # everything is changed, but the others may not know yet
    assert numbers("cases_case", "form") == {key.number}
    assert DataKey.objects.get(number=before).state == DataKey.State.OLD


def test_a_run_that_is_killed_goes_on_where_it_was(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "BATCH_ROWS", 1)
    for _ in range(3):
        cast.submitted()
    settle(settings)
    replace_data_key(FIELDS)
    reseal, left = columns.SealedTable.reseal, itertools.count()

    def die(self: columns.SealedTable, position: str, number: int) -> object:
        if self.label == "cases.case" and next(left) == 1:
            raise KeyboardInterrupt
        return reseal(self, position, number)

    monkeypatch.setattr(columns.SealedTable, "reseal", die)
    with pytest.raises(KeyboardInterrupt):
        continue_resealing()
    step = ResealingStep.objects.get(store="cases.case")
    assert (step.changed, step.is_done) == (1, False)
    assert step.position
    assert continue_resealing()
    assert ResealingStep.objects.get(store="cases.case").changed_in_all == 3


def test_a_value_that_is_changed_meanwhile_is_not_overwritten(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cast.submitted()
    settle(settings)
    replace_data_key(FIELDS)
    again = columns._again

    def meanwhile(value: object) -> object:
        # Between the reading and the writing of the batch somebody saves another number.
        if value is not None:
            with connection.cursor() as cursor:
                sealed = envelope.seal(b"13800000000")
                cursor.execute("UPDATE cases_case SET applicant_phone = %s WHERE id = %s", [sealed, case.pk])
        return again(value)

    monkeypatch.setattr(columns, "_again", meanwhile)
    assert continue_resealing()
    assert type(case).objects.get(pk=case.pk).applicant_phone == "13800000000"


def test_a_value_that_does_not_open_is_counted_and_left(cast: Cast, settings: Settings) -> None:
    case = cast.submitted()
    broken = domain.seal(bytes(32), b"lost")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET applicant_phone = %s WHERE id = %s", [broken, case.pk])
    settle(settings)
    replace_data_key(FIELDS)
    assert continue_resealing()
    assert ResealingStep.objects.get(store="cases.case").unreadable == 1
    assert broken in stored("cases_case", "applicant_phone")
    assert numbers("cases_case", "form") == {active()}


def test_a_still_newer_key_takes_over(cast: Cast, settings: Settings) -> None:
    cast.submitted()
    settle(settings)
    replace_data_key(FIELDS)
    newest = replace_data_key(FIELDS)
    assert continue_resealing()
    assert numbers("cases_case", "form") == {newest.number}
    assert set(DataKey.objects.filter(use=FIELDS).exclude(pk=newest.pk).values_list("state", flat=True)) == {"retired"}


def test_wrapping_anew_changes_no_value() -> None:
    sealed, before = envelope.seal(b"secret"), list(DataKey.objects.values_list("wrapped", flat=True))
    assert rewrap_data_keys() == len(before)
    assert set(before).isdisjoint(DataKey.objects.values_list("wrapped", flat=True))
    assert envelope.unseal(sealed) == b"secret"


def test_every_encrypted_column_is_known(cast: Cast) -> None:
    """Whoever adds an encrypted column need not think of this: what the models have is what is sealed anew."""
    tables = {table.label: table for table in columns.list_tables()}
    assert "form" in tables["cases.case"].columns
    assert "note" in tables["letters.letterevent"].columns
    for table in tables.values():
        assert table.reseal("", active()).unreadable == 0


def test_a_process_without_a_database_works_with_the_keys_it_was_handed() -> None:
    sealed, handed = envelope.seal(b"secret"), pickle.loads(pickle.dumps(keyring.hand_over()))
    beside = Keyring()
    beside.take_over(handed)
    with connection.execute_wrapper(_no_query):
        held = beside.active(FIELDS)
        assert held is not None
        assert unseal_with(held.aead, sealed) == b"secret"
    assert held.secret.hex() not in repr(held) + repr(handed)


def _no_query(*_call: object) -> object:
    raise AssertionError("a query")

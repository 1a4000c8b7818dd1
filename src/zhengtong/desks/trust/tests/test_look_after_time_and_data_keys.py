"""The operator of cryptography looks after trusted time and data keys; nobody else gets in."""

import hashlib
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from zhengtong.capabilities.timestamps.public import OUTSIDE, TimestampToken, stamp
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.crypto.public import DataKey, DataKeyUse, Resealing, continue_resealing, keyring
from zhengtong.core.identity.models import Reach
from zhengtong.core.identity.public import Organisation
from zhengtong.core.identity.tests.towns import make_holder, make_organisation

TIME, DATA, CHECK = "/desk/trust/time/", "/desk/trust/data/", "/desk/trust/time/check/"
DOCUMENT = "安政发〔2026〕12号".encode()
DIGEST = hashlib.sha256(DOCUMENT).digest()


@pytest.fixture
def county(db: None) -> Organisation:
    return make_organisation("澄波区人民政府")


@pytest.fixture
def operator(client: Client, county: Organisation) -> Client:
    client.force_login(make_holder("cipher", county, "", Reach.SUBTREE, "cipher_operator").staff.account)
    return client


@pytest.fixture(autouse=True)
def keys(db: None, settings: Settings) -> Iterator[None]:
    yield
    keyring.forget()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_token_is_found_by_its_digest_and_checked_and_downloaded(operator: Client) -> None:
    token = stamp(kind=OUTSIDE, key="", digest=DIGEST)
    stamp(kind=OUTSIDE, key="", digest=hashlib.sha256(b"another").digest())
    assert token.serial in text(operator, TIME)
    assert token.serial in text(operator, f"{TIME}?q={DIGEST.hex().upper()}")
    assert token.serial in text(operator, f"{TIME}?q={token.serial}")
    assert "没有找到" in text(operator, f"{TIME}?q=不是摘要")
    assert "核验通过" in text(operator, f"{TIME}{token.serial}/")
    assert operator.get(f"{TIME}{token.serial}/download/").content == bytes(token.token)
    TimestampToken.objects.filter(pk=token.pk).update(digest="00" * 32)
    assert "证明的是另一份内容" in text(operator, f"{TIME}{token.serial}/")


def test_a_token_that_somebody_brings_is_checked_over_the_document(operator: Client) -> None:
    token = bytes(stamp(kind=OUTSIDE, key="", digest=DIGEST).token)

    def check(given: bytes, document: bytes) -> str:
        files = {"token": SimpleUploadedFile("a.tst", given), "document": SimpleUploadedFile("a.txt", document)}
        return operator.post(CHECK, files).content.decode()

    assert "核验通过" in check(token, DOCUMENT)
    assert "证明的是另一份内容" in check(token, DOCUMENT + b"!")
    assert "不是 RFC 3161 时间戳" in check(b"noise", DOCUMENT)
    assert operator.post(CHECK, {}).status_code == 422


def test_a_data_key_is_changed_and_the_page_says_how_far_it_is(operator: Client, settings: Settings) -> None:
    Resealing.objects.all().delete()
    assert "正在重新加密" not in text(operator, DATA)
    before = DataKey.objects.get(use="fields", state="active")
    operator.post(f"{DATA}change/", {"use": "fields", "cipher": "sm4"})
    after = DataKey.objects.get(use="fields", state="active")
    assert (after.cipher, after.number > before.number) == ("sm4", True)
    assert AuditRecord.objects.filter(action="trust.change_data_key").count() == 1
    assert "正在重新加密" in text(operator, DATA)
    operator.post(f"{DATA}change/", {"use": "fields", "cipher": "aes256"})
    assert DataKey.objects.get(use="fields", state="active") == after  # one change at a time
    assert "还没有全部完成" in text(operator, DATA)

    settings.DATA_KEY_FRESH_SECONDS = -60
    assert continue_resealing()
    assert "全部完成" in text(operator, DATA)
    before.refresh_from_db()
    assert before.state == DataKey.State.RETIRED


@pytest.mark.parametrize("change", [{"use": "x", "cipher": "sm4"}, {"use": "fields", "cipher": "des"}, {}])
def test_what_is_no_choice_changes_nothing(operator: Client, change: dict[str, str]) -> None:
    count = DataKey.objects.count()
    assert operator.post(f"{DATA}change/", change).status_code == 302
    assert DataKey.objects.count() == count


@pytest.mark.parametrize("address", [TIME, DATA, CHECK, f"{TIME}abc/", f"{TIME}abc/download/"])
def test_others_stay_outside(client: Client, county: Organisation, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(make_holder("clerk", county, "", Reach.SUBTREE, "window_clerk").staff.account)
    assert client.get(address).status_code == 403


def test_only_two_uses_have_keys() -> None:
    assert set(DataKey.objects.values_list("use", flat=True)) == set(DataKeyUse.values)

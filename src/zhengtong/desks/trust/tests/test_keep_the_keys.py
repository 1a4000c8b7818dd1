"""The custodians at their desk: they look, ask, decide, collect; the signer away is a 503 with a sentence."""

import re
import uuid
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from tests.signer import SignerProcess
from zhengtong.capabilities.keys.public import LedgerRow, copy_ledger
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.kernel.assurance import AssuranceNeeded

KEEPERS = ("keeper1", "keeper2", "keeper3")


def browser(cast: Cast, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.accounts[name], SIGNS_IN)
    return client


def secret(name: str) -> str:
    return f"{name} keeps the keys"


@pytest.fixture
def seated(cast: Cast, tmp_path: Any, settings: Any) -> Any:
    """A signer of this test's own, in which keeper1 to keeper3 took their seats at the desk."""
    process = SignerProcess(tmp_path / "signer").start()
    settings.SIGNER_SOCKET = process.socket
    code = (process.folder / "ceremony-code").read_text().strip()
    for name in KEEPERS:
        said = {"code": code, "secret": secret(name), "again": secret(name)}
        answer = browser(cast, name).post(reverse("trust_desk:custodian_enroll"), said)
        assert answer.status_code == 302, answer.content.decode()
    yield process
    process.stop()


def make_key(purpose: Purpose, algorithm: Algorithm = Algorithm.SM2) -> str:
    return signer.create_key(f"{purpose}-{uuid.uuid4().hex}", algorithm, purpose).name


def decide(cast: Cast, name: str, number: int, **given: str) -> Any:
    said = {"secret": secret(name), "decision": "approve"} | given
    return browser(cast, name).post(reverse("trust_desk:key_request_decide", args=[number]), said, follow=True)


def number_of(answer: Any) -> int:
    found = re.search(r"/requests/(\d+)/", answer["Location"])
    assert found
    return int(found[1])


@pytest.mark.django_db
def test_a_key_is_destroyed_by_two_and_a_name_typed_again(cast: Cast, seated: SignerProcess) -> None:
    key, first = make_key(Purpose.CONTENT), browser(cast, "keeper1")
    assert key in first.get(reverse("trust_desk:keys")).content.decode()
    address = reverse("trust_desk:key_destroy", args=[key])
    refused = first.post(address, {"destroy-name": "another", "destroy-reason": "不再使用"})
    assert refused.status_code == 422
    assert "与这把密钥的名称不一致" in refused.content.decode()
    number = number_of(first.post(address, {"destroy-name": key, "destroy-reason": "不再使用"}))
    page = first.get(reverse("trust_desk:key_request", args=[number])).content.decode()
    assert "这是您自己的申请" in page
    assert "申请人不能批准自己的申请" in decide(cast, "keeper1", number).content.decode()
    assert "保管口令不对" in decide(cast, "keeper2", number, secret="a guess at it").content.decode()
    assert "已记下您的批准" in decide(cast, "keeper2", number).content.decode()
    assert "在用" in first.get(reverse("trust_desk:key", args=[key])).content.decode()
    assert "两位保管员已经批准" in decide(cast, "keeper3", number).content.decode()
    shown = first.get(reverse("trust_desk:key", args=[key])).content.decode()
    assert "已销毁" in shown
    assert "申请销毁" not in shown
    book = first.get(reverse("trust_desk:key_ledger"), {"q": key}).content.decode()
    assert "销毁密钥" in book
    assert "前后相接" in book


@pytest.mark.django_db
def test_an_encryption_key_is_collected_once_by_who_asked(cast: Cast, seated: SignerProcess) -> None:
    key, first = make_key(Purpose.ENCIPHERMENT, Algorithm.P256), browser(cast, "keeper1")
    asked = first.post(reverse("trust_desk:key_release", args=[key]), {"release-reason": "证书介质丢失"})
    number = number_of(asked)
    page = first.get(asked["Location"]).content.decode()
    code = re.search(r"领取码 (\S+) 只显示", page)
    assert code
    assert code[1] not in first.get(asked["Location"]).content.decode()
    for name in ("keeper2", "keeper3"):
        decide(cast, name, number)
    collect = reverse("trust_desk:key_request_collect", args=[number])
    said = {"code": code[1], "passphrase": "one two three four", "again": "one two three"}
    assert "两次输入的口令不一样" in first.post(collect, said).content.decode()
    file = first.post(collect, said | {"again": "one two three four"})
    assert file["Content-Disposition"].endswith('.p12"')
    again = first.post(collect, said | {"again": "one two three four"}, follow=True)
    assert "申请还没有 2 位保管员批准，或者已经办完" in again.content.decode()


@pytest.mark.django_db
def test_signing_keys_offer_no_way_out(cast: Cast, seated: SignerProcess) -> None:
    key = make_key(Purpose.SEAL)
    page = browser(cast, "keeper1").get(reverse("trust_desk:key", args=[key])).content.decode()
    assert "任何人都取不出来" in page
    assert "申请恢复" not in page
    answer = browser(cast, "keeper1").post(reverse("trust_desk:key_release", args=[key]), {"release-reason": "x"})
    assert "签名密钥不托管" in answer.content.decode()


@pytest.mark.django_db
def test_a_new_key_encryption_key_is_asked_for_and_data_stays_readable(cast: Cast, seated: SignerProcess) -> None:
    made = signer.call("data_key", algorithm="aes256")
    number = number_of(browser(cast, "keeper2").post(reverse("trust_desk:kek_rotation"), {"reason": "年度更换"}))
    for name in ("keeper1", "keeper3"):
        assert decide(cast, name, number).status_code == 200
    page = browser(cast, "keeper1").get(reverse("trust_desk:keys")).content.decode()
    assert "现用第 2 号" in page
    assert signer.call("unwrap", wrapped=made["wrapped"])["key"] == made["key"]


@pytest.mark.django_db
def test_a_custodian_says_no_and_a_requester_takes_it_back(cast: Cast, seated: SignerProcess) -> None:
    first, address = browser(cast, "keeper1"), reverse("trust_desk:kek_rotation")
    number = number_of(first.post(address, {"reason": "年度更换"}))
    assert "已经在等保管员批准" in first.post(address, {"reason": "再来"}).content.decode()
    decide(cast, "keeper2", number, decision="decline")
    assert "保管员不同意" in first.get(reverse("trust_desk:key_requests")).content.decode()
    number = number_of(first.post(address, {"reason": "年度更换"}))
    first.post(reverse("trust_desk:key_request_withdraw", args=[number]))
    assert "已撤回" in first.get(reverse("trust_desk:key_request", args=[number])).content.decode()


@pytest.mark.django_db
def test_the_books_go_out_as_sheets(cast: Cast, seated: SignerProcess) -> None:
    key, first = make_key(Purpose.CA), browser(cast, "keeper1")
    inventory = b"".join(first.get(reverse("trust_desk:keys_export")).streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    assert key in inventory
    book = b"".join(first.get(reverse("trust_desk:key_ledger_export")).streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    assert book.count("\n") == LedgerRow.objects.count() + 1
    assert key in book


@pytest.mark.django_db
def test_a_book_that_was_replaced_is_noticed(cast: Cast, seated: SignerProcess) -> None:
    make_key(Purpose.CA)
    assert copy_ledger() is None
    last = LedgerRow.objects.order_by("-number")[0]
    LedgerRow.objects.create(
        number=last.number + 1, at=last.at, act="create", subject="x", detail="{}", previous=last.hash, hash="f" * 64
    )
    assert copy_ledger() == last.number + 1
    assert "核对不上" in browser(cast, "keeper1").get(reverse("trust_desk:key_ledger")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["keys", "key_requests", "key_ledger", "custodians"])
def test_without_the_signer_a_page_says_so(cast: Cast, seated: SignerProcess, name: str) -> None:
    seated.kill()
    keeper = browser(cast, "keeper1")
    answer = keeper.get(reverse(f"trust_desk:{name}"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "签名服务没有应答" in answer.content.decode()
    problem = keeper.get(reverse(f"trust_desk:{name}"), headers={"accept": "application/json"})
    assert problem.json()["code"] == "signer-unavailable"
    # Other pages, whose menu counts what waits, go on.
    assert keeper.get("/desk/").status_code == 200


@pytest.mark.django_db
def test_others_have_no_business_here(cast: Cast, seated: SignerProcess) -> None:
    key = make_key(Purpose.CONTENT)
    for name in ("keys", "key_requests", "key_ledger", "custodians"):
        assert browser(cast, "approver").get(reverse(f"trust_desk:{name}")).status_code == 403
    answer = browser(cast, "approver").post(reverse("trust_desk:key_destroy", args=[key]), {})
    assert answer.status_code == 403


@pytest.mark.django_db
def test_a_secret_is_not_kept_while_somebody_proves_herself(
    cast: Cast, seated: SignerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = number_of(browser(cast, "keeper1").post(reverse("trust_desk:kek_rotation"), {"reason": "年度更换"}))
    monkeypatch.setattr("zhengtong.kernel.assurance._installed", [AlwaysAsks()])
    keeper, here = browser(cast, "keeper2"), reverse("trust_desk:key_request", args=[number])
    answer = keeper.post(reverse("trust_desk:key_request_decide", args=[number]), {"secret": secret("keeper2")})
    assert (answer.status_code, answer["Location"]) == (302, here)
    asked = keeper.get(here)
    assert asked.status_code == 302
    assert here not in asked["Location"].split("?")[0]


class AlwaysAsks:
    """A rule that nobody has fulfilled."""

    def check(self, request: HttpRequest, act: str) -> None:
        raise AssuranceNeeded(act)

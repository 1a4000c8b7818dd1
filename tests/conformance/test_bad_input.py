"""What people and programs send by mistake or with intent is refused in words, and leaves everything as it was."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.cast import Cast, answers, fresh, make_cast, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.config.wsgi import Handler
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files import services
from zhengtong.core.files.models import ScanState
from zhengtong.kernel.policy import Denied

pytestmark = pytest.mark.django_db
NULL, SCRIPT = "a\x00b", "<script>alert(1)</script>"
READS_JSON = {"accept": "application/json"}
HUGE = "9" * 30


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def browser(cast: Cast, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.accounts[name])
    if name == "owner":
        session = client.session
        session["mandate"] = cast.owner.mandate
        session.save()
    return client


def draft_address(case: cases.Case, page: str = "draft", *more: Any) -> str:
    return reverse(f"hall:{page}", args=[case.public_id, *more])


def state_of(case: cases.Case) -> tuple[Any, ...]:
    now = fresh(case)
    return now.state, now.version, now.form, now.materials.count(), now.tasks.count()


# What no form ever sees


@pytest.mark.parametrize("page", ["/", "/account/login/", "/hall/cases/", "/desk/"])
def test_a_session_cookie_with_a_null_byte_is_no_session(page: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "abcdefgh\x00"
    assert client.get(page).status_code in {200, 302}


@pytest.mark.parametrize("charset", ["base64", "utf-7", "utf-16", "idna", "unicode_escape", "nonsense"])
@pytest.mark.parametrize("address", ["/hall/", "/api/items"])
def test_an_address_in_another_charset_is_refused(charset: str, address: str) -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": "q=%2B2AA-",
        "CONTENT_TYPE": f"text/html; charset={charset}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_ACCEPT": "text/html",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    answered: list[str] = []
    body = b"".join(Handler()(environ, lambda status, _headers, *_more: answered.append(status)))  # type: ignore[arg-type]  # a list is enough of a start_response
    assert answered[0].startswith("400")
    assert "UTF-8" in body.decode()


def test_null_bytes_are_refused_in_forms_with_files_and_without(cast: Cast) -> None:
    case = cast.submitted()
    before, clerk, reviewer = state_of(case), browser(cast, "counter"), browser(cast, "reviewer")
    act = reverse("window:act", args=[case.number, "accept"])
    reveal = reverse("window:reveal", args=[case.number])
    for client, address, posted in (
        (clerk, reveal, {"purpose": NULL}),
        (clerk, act, {"version": case.version, "opinion": NULL}),
        (reviewer, reverse("workbench:claim"), {"task": NULL}),
        (clerk, act, {NULL: "x"}),
    ):
        with_files = client.post(address, posted)  # the test client sends multipart/form-data
        plain = client.post(address, {name: str(value) for name, value in posted.items()})
        assert (with_files.status_code, plain.status_code) == (400, 400)
        assert "这个请求看不懂" in with_files.content.decode()
    assert client.get("/hall/?q=%00").status_code == 400
    assert client.get("/hall/items/%00/").status_code in {400, 404}
    assert state_of(case) == before


def test_thousands_of_fields_and_megabytes_are_too_large(cast: Cast) -> None:
    client, case = browser(cast, "owner"), cast.draft()
    before, page = state_of(case), draft_address(case, "section", "operator")
    fields = {f"field{n}": "x" for n in range(3000)}
    for response in (
        client.post(page, fields),
        client.post(page, {"operator_name": "长" * 1_100_000}),
        client.post(page, b"a" * (3 << 20), content_type="application/x-www-form-urlencoded"),
    ):
        assert response.status_code == 413
        assert "上传的内容太大" in response.content.decode()
    assert state_of(case) == before


def test_a_broken_form_sent_to_the_interface_is_a_problem() -> None:
    client = Client(raise_request_exception=False)
    response = client.post("/api/progress", b"x", content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert json.loads(response.content)["code"] == "bad-request"


def test_whoever_asks_too_often_is_told_when_to_come_back(cast: Cast) -> None:
    client, case = Client(), cast.submitted()
    asked = {"number": case.number, "phone_tail": "0000"}
    answered = [client.post("/hall/progress/", asked, headers={"x-forwarded-for": f"9.9.9.{n}"}) for n in range(7)]
    assert [response.status_code for response in answered] == [200] * 5 + [429] * 2
    assert answered[-1]["Retry-After"] == "600"
    assert "太频繁" in answered[-1].content.decode()


# Addresses


@pytest.mark.parametrize("address", ["/look/switch/", "/desk/claim/", "/account/capacity/"])
def test_opening_an_address_that_only_takes_forms_is_answered_in_words(cast: Cast, address: str) -> None:
    response = browser(cast, "reviewer").get(address)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "这个地址不能这样打开" in response.content.decode()


def cursors() -> Iterator[str]:
    for raw in (b"[" * 20_000, b"[1e999]", b"[NaN]", b'["\\u0000", 1]', b'[{"at": 1}, 1]', b"[" + b"9" * 40 + b"]"):
        yield base64.urlsafe_b64encode(raw).decode()
    yield from ("=", "xx", "é", "a" * 5000)


def test_made_up_cursors_and_filters_show_a_list(cast: Cast) -> None:
    client = browser(cast, "reviewer")
    for address in ("/desk/", "/desk/done/", "/desk/cases/"):
        for cursor in cursors():
            for end in ("after", "before"):
                assert client.get(address, {end: cursor}).status_code == 200
    for name, value in (
        ("until", "9999-12-31"),
        ("from", "0001-01-01"),
        ("until", "2026-02-30"),
        ("organisation", HUGE),
        ("q", "'; drop table cases_case; --"),
        ("state", SCRIPT),
    ):
        assert client.get("/desk/cases/", {name: value}).status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "javascript:alert(1)", "https://evil.example"])
def test_nobody_is_sent_to_another_site(cast: Cast, target: str) -> None:
    client = browser(cast, "owner")
    for address, posted in (("/look/switch/", {"contrast": "high"}), ("/account/capacity/", {"mandate": ""})):
        to = client.post(address, {**posted, "next": target}).headers["Location"]
        assert to.startswith("/")
        assert "evil" not in to


# An application


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        ("operator", {"legal_representative_id": "110101199002301234"}),
        ("operator", {"legal_representative_id": "990102199005170129"}),
        ("operator", {"credit_code": "91350100M000100Y4X"}),
        ("premises", {"premises_area": "NaN"}),
        ("premises", {"premises_area": "1e1000000"}),
        ("business", {"opening_date": "2026-02-30"}),
        ("business", {"business_form": SCRIPT}),
    ],
)
def test_a_wrong_answer_is_kept_and_the_sentence_stands_at_its_field(
    cast: Cast, section: str, changes: dict[str, str]
) -> None:
    client, case = browser(cast, "owner"), cast.draft()
    response = client.post(draft_address(case, "section", section), answers(**changes))
    assert list(response.context["form"].errors) == list(changes)
    assert SCRIPT not in response.content.decode()
    assert client.post(draft_address(case, "submit")).status_code == 422
    assert fresh(case).state == cases.LegalState.DRAFT


def test_a_script_in_a_name_is_text_on_every_page(cast: Cast) -> None:
    case = cast.submitted(operator_name=f"{SCRIPT}面馆", contact_name=SCRIPT)
    pages = [
        browser(cast, "owner").get(reverse("hall:case", args=[case.public_id])),
        browser(cast, "owner").get(reverse("hall:receipt", args=[case.public_id])),
        browser(cast, "counter").get(reverse("window:case", args=[case.number])),
        browser(cast, "counter").get(reverse("window:queue")),
        browser(cast, "reviewer").get(reverse("workbench:cases")),
    ]
    assert [page.status_code for page in pages] == [200] * 5
    assert not any(SCRIPT in page.content.decode() for page in pages)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.jpg", b"MZ" + b"\0" * 500),
        ("page.pdf", b"<html><script>"),
        ("empty.pdf", b""),
        ("torn.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50),
        ("noending", b"%PDF-1.7\n"),
    ],
)
def test_a_file_that_is_not_what_it_says_isnt_taken(cast: Cast, name: str, content: bytes) -> None:
    client, case = browser(cast, "owner"), cast.draft()
    before = state_of(case)
    upload = {"slot": "premises_plan", "file": SimpleUploadedFile(name, content)}
    response = client.post(draft_address(case, "upload"), upload, headers=READS_JSON)
    assert response.status_code == 422
    assert json.loads(response.content)["code"] in {"file-refused", "no-file"}
    assert state_of(case) == before


def test_what_the_notice_doesnt_name_isnt_taken_out(cast: Cast) -> None:
    case = cast.submitted()
    cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=[("field:business_form", "请重新选择")])
    plan = case.materials.get(key="premises_plan")
    page = browser(cast, "owner").post(draft_address(case, "correction"), {"premises_plan_remove": plan.pk})
    assert page.status_code in {200, 302, 422}
    plan.refresh_from_db()
    assert plan.replaced_at is None


def test_what_is_hers_doesnt_exist_for_others(cast: Cast) -> None:
    case = cast.draft()
    before, stranger, official = state_of(case), browser(cast, "citizen"), browser(cast, "reviewer")
    for page in ("submit", "delete_draft", "autosave", "upload"):
        posted = {"section": "operator", "operator_name": "改名", "slot": "premises_plan"}
        assert stranger.post(draft_address(case, page), posted).status_code == 404
        assert official.post(draft_address(case, page), posted).status_code == 403
        assert Client().post(draft_address(case, page), posted, headers=READS_JSON).status_code in {302, 401}
    assert state_of(case) == before


# Two at once


def test_a_draft_that_was_thrown_away_meanwhile_is_not_found(cast: Cast) -> None:
    case = cast.draft()
    cases.delete_draft(actor=cast.owner, public_id=case.public_id)
    cases.delete_draft(actor=cast.owner, public_id=case.public_id)
    with pytest.raises(Denied):
        cases.save_draft(actor=cast.owner, case_id=case.pk, answers=answers())


def test_a_draft_that_was_submitted_meanwhile_isnt_thrown_away(cast: Cast) -> None:
    case = cast.submitted()
    with pytest.raises(cases.Unacceptable, match="不能删除"):
        cases.delete_draft(actor=cast.owner, public_id=case.public_id)
    assert fresh(case).number == case.number


def test_a_rule_that_a_page_didnt_expect_is_a_conflict_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case, client = cast.draft(), browser(cast, "owner")

    def submitted_in_another_tab(**_given: Any) -> None:
        raise cases.Unacceptable("申请已经提交，不能再修改。如需改动，请联系受理窗口或撤回后重新申请。")

    monkeypatch.setattr("zhengtong.desks.hall.views.drafts.save_draft", submitted_in_another_tab)
    response = client.post(draft_address(case, "section", "operator"), answers())
    assert response.status_code == 409
    assert "申请已经提交" in response.content.decode()


def test_refused_malware_stays_in_the_journal(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_scan", lambda _incoming: (ScanState.INFECTED, "Eicar-Test"))
    case = cases.start_draft(actor=cast.owner, office=cast.office, form={})
    upload = {"slot": "premises_plan", "file": photo()}
    response = browser(cast, "owner").post(draft_address(case, "upload"), upload, headers=READS_JSON)
    assert response.status_code == 422
    assert AuditRecord.objects.filter(action="files.refuse_infected").count() == 1
    assert case.materials.count() == 0


@pytest.mark.django_db(transaction=True)
def test_starting_twice_at_once_is_one_draft() -> None:
    cast = make_cast()
    started: list[int] = []

    def start() -> None:
        try:
            started.append(cases.start_draft(actor=cast.owner, office=cast.office, form={}).pk)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 4
    assert len(set(started)) == 1
    assert not connection.in_atomic_block

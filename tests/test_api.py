"""A program finds items, asks for progress, reads published results and verifies papers over ``/api/``."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.openapi import from_wsgi

from tests.cast import CREDIT_CODE, ITEM, PERSON, PHONE, Cast
from zhengtong.capabilities.cases.public import Case, ServiceItem
from zhengtong.config.wsgi import application
from zhengtong.core.papers.public import revoke_paper
from zhengtong.kernel.policy import SYSTEM
from zhengtong.screens.rest import list_served

pytestmark = pytest.mark.django_db
OPERATIONS = {
    "get /api/items",
    "get /api/items/{code}",
    "get /api/items/{code}/offices",
    "post /api/progress",
    "post /api/sealed-files/verify",
    "get /api/grants",
    "get /api/verify/{code}",
    "get /api/sealing/seals",
    "post /api/sealing/uses",
    "get /api/sealing/uses/{number}",
    "post /api/sealing/uses/{number}/seal",
    "get /api/sealing/uses/{number}/copies/{copy_number}/{render}",
}
DECLARED = {f"get /api/{screens.module}/{screens.code}/{one}" for screens in list_served() for one in ("", "{id}")}


@pytest.fixture(autouse=True)
def no_one_asked_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def api() -> Client:
    """A stranger's client that would be told about a missing CSRF token."""
    return Client(enforce_csrf_checks=True)


def ask(api: Client, number: str, tail: str, **headers: str) -> Any:
    return api.post(
        "/api/progress",
        json.dumps({"number": number, "phone_tail": tail}),
        content_type="application/json",
        headers=headers,
    )


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems/{code}")
    assert body["title"]
    assert body["detail"]
    return body


def describe(api: Client) -> Mapping[str, Any]:
    answer = api.get("/api/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    schema: Mapping[str, Any] = answer.json()
    return schema


# Items


def test_the_list_of_items_is_paged_by_key(api: Client) -> None:
    item = ServiceItem.objects.get(code=ITEM)
    version = item.versions.latest("number")
    for number in range(4):
        twin = ServiceItem.objects.create(code=f"z-item-{number}", name=f"事项{number}", audience="person")
        twin.versions.create(
            number=1,
            definition=version.definition,
            digest=str(number),
            statutory_limit="food.decision",
            promised_days=8,
        )
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.get("/api/items", {"limit": "2", "after": after}).json()
        assert len(page["items"]) <= 2
        seen += [each["code"] for each in page["items"]]
        after = page["next"]
    assert seen == sorted(seen)
    assert seen == list(ServiceItem.objects.order_by("code").values_list("code", flat=True))


def test_an_item_is_found_by_what_people_call_it(api: Client) -> None:
    found = api.get("/api/items", {"q": "卤味店"}).json()["items"]
    assert [each["code"] for each in found] == [ITEM]
    assert found[0]["page"].endswith(f"/hall/items/{ITEM}/")
    assert api.get("/api/items", {"q": "不存在的事"}).json() == {"items": [], "next": None}
    persons = api.get("/api/items", {"audience": "person"}).json()["items"]
    assert ITEM not in [each["code"] for each in persons]


def test_the_guide_says_what_is_needed_how_long_and_by_which_law(api: Client) -> None:
    guide = api.get(f"/api/items/{ITEM}").json()
    materials = {each["key"]: each for each in guide["materials"]}
    assert materials["business_licence"]["is_checked_in_register"]
    assert materials["health_certificates"]["condition"]
    assert guide["statutory_limit"]["unit"] == "working_days"
    assert guide["promised_working_days"] <= guide["statutory_limit"]["days"]
    assert guide["legal_basis"][0]["article"]
    is_problem(api.get("/api/items/no-such-item"), 404, "not-found")


def test_offices_are_listed_by_region(api: Client, cast: Cast) -> None:
    [office] = api.get(f"/api/items/{ITEM}/offices").json()
    assert (office["region_code"], office["organisation"]) == ("990102", "澄波区市场监督管理局")


# Progress


def test_the_applicant_reads_where_her_case_is(api: Client, cast: Cast) -> None:
    case = cast.accepted()
    answer = ask(api, str(case.number).lower(), PHONE[-4:])
    progress = answer.json()
    assert answer.status_code == 200
    assert (progress["number"], progress["state"]) == (case.number, "accepted")
    assert progress["due_at"]
    assert [step["state"] for step in progress["timeline"]].count("current") == 1
    for personal in (PHONE, PERSON, CREDIT_CODE, "王晓岚", "周敏", "林国栋"):
        assert personal not in answer.content.decode()


def test_wrong_digits_and_a_wrong_number_get_the_same_answer(api: Client, cast: Cast) -> None:
    case = cast.submitted()
    wrong = is_problem(ask(api, str(case.number), "0000"), 404, "case-not-found")
    unknown = is_problem(ask(api, "AL-2026-999999", PHONE[-4:]), 404, "case-not-found")
    assert wrong == unknown


def test_guessing_the_digits_is_stopped(api: Client, cast: Cast) -> None:
    case = cast.submitted()
    for guess in range(30):
        answer = ask(api, str(case.number), f"{guess:04}")
        if answer.status_code == 429:
            break
    is_problem(answer, 429, "too-many-requests")
    assert int(answer.headers["Retry-After"]) > 0
    is_problem(ask(api, str(case.number), PHONE[-4:]), 429, "too-many-requests")


# Results


@pytest.fixture
def granted(cast: Cast, run_jobs: Callable[[], None]) -> Case:
    case = cast.granted()
    run_jobs()
    return case


def test_what_was_granted_can_be_read_and_verified(api: Client, granted: Case) -> None:
    page = api.get("/api/grants", {"q": "澜水"}).json()
    assert page["next"] is None
    [grant] = page["grants"]
    assert (grant["applicant"], grant["organisation"]) == ("澜水面馆", "澄波区市场监督管理局")
    verified = api.get(f"/api/verify/{grant['verification_code'].lower()}")
    assert verified.json()["is_valid"] is True
    assert verified.headers["Cache-Control"].startswith("max-age=0, no-cache")
    for personal in (PHONE, PERSON, "王晓岚", "沈立新"):
        assert personal not in verified.content.decode() + json.dumps(page, ensure_ascii=False)


def test_published_results_are_paged_by_key(api: Client, cast: Cast) -> None:
    numbers: list[str] = []
    for _each in range(3):
        numbers.insert(0, cast.granted().decision.number)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.get("/api/grants", {"limit": "1", "after": after}).json()
        seen += [each["number"] for each in page["grants"]]
        after = page["next"]
    assert seen == numbers


def test_a_revoked_paper_is_not_valid_any_more(api: Client, granted: Case) -> None:
    paper = granted.documents.get(paper__kind="cases.grant").paper
    assert api.get(f"/api/verify/{paper.shown_code}").json()["standing"] == "in_force"
    revoke_paper(actor=SYSTEM, paper=paper, reason="申请材料不实")
    answer = api.get(f"/api/verify/{paper.shown_code}").json()
    assert (answer["standing"], answer["is_valid"]) == ("revoked", False)


def test_a_mistyped_code_is_told_from_one_that_was_never_issued(api: Client) -> None:
    is_problem(api.get("/api/verify/2222-3333-4444-5555"), 404, "mistyped-code")
    is_problem(api.get("/api/verify/2222222222222222"), 404, "never-issued")


# Bad input


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/items?limit=0", 422),
        ("/api/items?limit=101", 422),
        ("/api/items?limit=" + "9" * 5000, 422),
        ("/api/items?limit=many", 422),
        ("/api/items?audience=dog", 422),
        ("/api/items?after=%27%3B--", 422),
        ("/api/items?q=" + "a" * 101, 422),
        ("/api/items?q=%00", 400),
        ("/api/items/%00", 400),
        ("/api/items/ITEM", 422),
        ("/api/grants?after=bm9uc2Vuc2U", 422),
        ("/api/grants?after=9999999999999999-999999999999999999", 200),
        ("/api/grants?q=%27%22%3Cscript%3E%25", 200),
        ("/api/verify/" + "2" * 200, 422),
        ("/api/verify/%F0%9F%92%A9", 404),
        ("/api/", 404),
        ("/api/docs", 404),
        ("/api/no/such/address", 404),
    ],
)
def test_unusable_questions_get_a_problem(api: Client, address: str, status: int) -> None:
    answer = api.get(address)
    assert answer.status_code == status
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "bad-request"),
        (b"\xff\xfe", 400, "bad-request"),
        ("[]", 422, "invalid"),
        ("{}", 422, "invalid"),
        ('{"number": "AL-2026-000001", "phone_tail": 1234}', 422, "invalid"),
        ('{"number": "AL-2026-000001", "phone_tail": "12345"}', 422, "invalid"),
        ('{"number": "AL\\u0000", "phone_tail": "1234"}', 422, "invalid"),
        ('{"number": "AL\\ud800-1", "phone_tail": "1234"}', 422, "invalid"),
        ('{"number": "AL-2026-000001", "phone_tail": "1234", "name": "x"}', 422, "invalid"),
        ("[" * 100_000, 400, "bad-request"),
        (" " * (3 << 20), 413, "too-large"),
    ],
    ids=range(11),
)
def test_an_unusable_body_gets_a_problem(api: Client, body: str | bytes, status: int, code: str) -> None:
    is_problem(api.post("/api/progress", body, content_type="application/json"), status, code)


def test_what_is_wrong_is_named_in_the_language_asked_for(api: Client) -> None:
    answer = is_problem(api.get("/api/items?limit=0"), 422, "invalid")
    assert answer["errors"] == [{"in": "query", "name": "limit", "detail": "limit 不能小于 1。"}]
    english = is_problem(api.get("/api/items?limit=0", headers={"Accept-Language": "en"}), 422, "invalid")
    assert english["detail"].isascii()


@pytest.mark.parametrize("address", ["/api/items", "/api/openapi.json", "/api/progress"])
def test_other_methods_are_refused_with_those_that_are_there(api: Client, address: str) -> None:
    answer = api.delete(address)
    is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == ("POST" if "progress" in address else "GET, HEAD")


def test_head_answers_as_get_without_the_body(api: Client) -> None:
    answer = api.head("/api/items")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(api.get("/api/items").content)


# The description


def test_the_description_names_every_operation_and_its_problems(api: Client) -> None:
    schema = describe(api)
    assert schema["openapi"].startswith("3.1")
    found = {f"{method} {path}": each for path, methods in schema["paths"].items() for method, each in methods.items()}
    assert set(found) == OPERATIONS | DECLARED
    for operation in found.values():
        assert {"200", "400", "404", "405", "422", "429"} <= set(operation["responses"])
        assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
        assert ("security" in operation) == ("401" in operation["responses"])


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Let requests through the WSGI door see what the test's transaction holds, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(granted: Case, kept_connection: None, mode: GenerationMode) -> None:
    described = from_wsgi("/api/openapi.json", application)
    for name in sorted(OPERATIONS | DECLARED):
        method, path = name.split()
        # The WSGI transport leaves a file without content out of the form, so that what arrives isn't what was drawn.
        probe(described[path][method].as_strategy(generation_mode=mode).filter(has_content))


def has_content(case: schemathesis.Case[Any]) -> bool:
    return not (isinstance(case.body, dict) and getattr(case.body.get("file"), "data", None) == b"")


def probe(strategy: SearchStrategy[schemathesis.Case[Any]]) -> None:
    """Ask what ``strategy`` draws; the answer's status, type and body must be those that the description names."""

    @given(case=strategy)
    @settings(
        max_examples=25,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask_and_check(case: schemathesis.Case[Any]) -> None:
        # Many questions about nothing are what the limit is for; they aren't what is tried here.
        cache.clear()
        case.call_and_validate()

    ask_and_check()

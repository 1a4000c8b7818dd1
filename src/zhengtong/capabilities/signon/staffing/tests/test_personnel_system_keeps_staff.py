"""A personnel system keeps accounts and posts by SCIM, with the bearer token of a registered application."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.cast import Cast, make_cast
from zhengtong.capabilities.signon.applications.models import Application, ApplicationKind
from zhengtong.capabilities.signon.applications.tests.conftest import Registry, make_registry
from zhengtong.capabilities.signon.staffing.filters import BadFilter, make_condition, read_filter, text_reader
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Account, Appointment, Organisation, Post, PostRole, StaffMember

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
POST = "urn:zhengtong:params:scim:schemas:extension:post:2.0:Group"
ACTIVATION = "urn:zhengtong:params:scim:schemas:extension:activation:2.0:User"
NEW = {"schemas": [USER], "userName": "hr.wang", "displayName": "王新", "externalId": "HR-1"}


class System:
    """The other side."""

    def __init__(self, token: str) -> None:
        self.token = token

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        return Client(raise_request_exception=False).generic(
            method,
            path if path.startswith("/") else f"/scim/v2/{path}",
            content,
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


def make_system(registry: Registry) -> tuple[System, Application]:
    application = registry.enabled(
        name="人事系统", kind=ApplicationKind.SERVICE, scopes=["scim"], redirect_addresses=""
    )
    basic = base64.b64encode(f"{application.client_id}:{registry.secret(application)}".encode()).decode()
    answer = Client().post(
        "/signon/token",
        {"grant_type": "client_credentials", "scope": "scim"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200, answer.content
    assert "refresh_token" not in answer.json()
    return System(answer.json()["access_token"]), application


@pytest.fixture
def registry(cast: Cast) -> Registry:
    return make_registry(cast)


@pytest.fixture
def system(registry: Registry) -> System:
    return make_system(registry)[0]


def test_a_new_person_opens_her_account_herself_and_takes_a_post(system: System, registry: Registry) -> None:
    made = system.call("POST", "Users", NEW | {"phoneNumbers": [{"value": "139 0000 7777"}]})
    assert made.status_code == 201, made.content
    person = made.json()
    assert made.headers["Location"] == person["meta"]["location"]
    address = person[ACTIVATION]["url"]
    again = system.call("GET", f"Users/{person['id']}").json()
    assert ACTIVATION not in again
    assert again["phoneNumbers"][0]["value"] == "13900007777"
    organ = Organisation.objects.get(name="澄波区市场监督管理局")
    group = system.call(
        "POST",
        "Groups",
        {
            "displayName": "综合科科员",
            POST: {"organisation": {"value": str(organ.public_id)}},
            "members": [{"value": person["id"]}],
        },
    )
    assert group.status_code == 201, group.content
    assert group.json()["members"][0]["display"] == "王新"
    now = system.call("GET", f"Users/{person['id']}").json()
    assert now["title"] == "综合科科员"
    path = "/" + address.split("/", 3)[3]
    browser = Client()
    assert "hr.wang" in browser.get(path).content.decode()
    assert "常见" in browser.post(path, {"password": "12345678", "again": "12345678"}).content.decode()
    assert browser.post(path, {"password": "clear-water-77", "again": "clear-water-77"}).status_code == 302
    assert browser.get(path).status_code == 404
    assert Account.objects.get(username="hr.wang").check_password("clear-water-77")
    done = AuditRecord.objects.filter(actor_kind="node").order_by("id").values_list("action", "actor_name")
    assert ("identity.staff_account_created", "人事系统") in done
    assert ("identity.appointed", "人事系统") in done


def test_leaving_ends_everything_and_coming_back_begins_again(system: System, registry: Registry) -> None:
    account = registry.cast.accounts["inspector"]
    path = f"Users/{account.public_id}"
    browser = Client()
    browser.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    assert system.call("DELETE", path).status_code == 204
    assert system.call("GET", path).status_code == 404
    account.refresh_from_db()
    assert not account.is_active
    assert Appointment.objects.filter(staff=account.staff, end_date=None).count() == 0
    assert browser.get("/desk/").status_code == 302
    back = system.call("POST", "Users", NEW | {"userName": "inspector", "displayName": "何志刚"})
    assert back.status_code == 201, back.content
    assert back.json()["id"] == str(account.public_id)
    assert back.json()["active"]


def test_lists_filters_and_pages(system: System) -> None:
    everybody = system.call("GET", "Users?count=3").json()
    assert (everybody["startIndex"], everybody["itemsPerPage"]) == (1, 3)
    rest = system.call("GET", f"Users?startIndex=4&count={everybody['totalResults']}").json()
    assert rest["itemsPerPage"] == everybody["totalResults"] - 3
    ids = [each["id"] for each in everybody["Resources"] + rest["Resources"]]
    assert len(set(ids)) == everybody["totalResults"]
    for filter_, names in (
        ('userName eq "REVIEWER"', ["reviewer"]),
        ('userName sw "fire_" and not (userName co "approver")', ["fire_inspector", "fire_reviewer"]),
        ('(displayName eq "林国栋" or displayName eq "何志刚") and active eq true', ["inspector", "reviewer"]),
        (f'id eq "{ids[0]}"', [everybody["Resources"][0]["userName"]]),
        ("externalId pr", []),
        ('id eq "nonsense"', []),
    ):
        found = system.call("GET", "Users?" + f"filter={filter_}&attributes=userName").json()
        assert sorted(each["userName"] for each in found["Resources"]) == names, filter_
        assert all(set(each) == {"schemas", "id", "userName"} for each in found["Resources"])
    groups = system.call("GET", "Groups?count=200").json()
    kinds = [each[POST]["kind"] for each in groups["Resources"]]
    assert kinds == sorted(kinds)
    second = system.call("GET", "Groups?startIndex=2&count=200").json()
    assert [each["id"] for each in second["Resources"]] == [each["id"] for each in groups["Resources"]][1:]
    assert system.call("GET", f'Groups?filter={POST}:kind eq "post"').json()["totalResults"] == kinds.count("post")


@pytest.mark.parametrize(
    "bad",
    [
        "userName",
        "userName eq",
        'userName eq "a',
        "userName eq a",
        'userName xx "a"',
        'phoneNumbers.value eq "1"',
        "(" * 40,
        'userName eq "a" or',
        'userName gt "a"',
        "active eq 3",
        "x" * 2000,
        'emails[type eq "work"]',
    ],
)
def test_filters_that_are_none(system: System, bad: str) -> None:
    answer = system.call("GET", f"Users?filter={bad}")
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter"), answer.content


def test_versions(system: System, registry: Registry) -> None:
    path = f"Users/{registry.cast.accounts['reviewer'].public_id}"
    first = system.call("GET", path)
    tag = first.headers["ETag"]
    assert tag == first.json()["meta"]["version"]
    assert system.call("GET", path, **{"If-None-Match": tag}).status_code == 304
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": "林国梁"}]}
    changed = system.call("PATCH", path, body, **{"If-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert system.call("PATCH", path, body, **{"If-Match": tag}).status_code == 412
    assert system.call("DELETE", path, **{"If-Match": tag}).status_code == 412


def test_changing_people(system: System, registry: Registry) -> None:
    path = f"Users/{registry.cast.accounts['reviewer'].public_id}"
    answer = system.patch(
        path,
        {"op": "Replace", "value": {"displayName": "林国梁", "externalId": "HR-9"}},
        {"op": "add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "13900008888"},
        {"op": "replace", "path": "active", "value": "False"},
    )
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["displayName"], said["externalId"], said["active"]) == ("林国梁", "HR-9", False)
    assert said["phoneNumbers"][0]["value"] == "13900008888"
    other = f"Users/{registry.cast.accounts['inspector'].public_id}"
    taken = system.patch(other, {"op": "replace", "path": "externalId", "value": "HR-9"})
    assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness")
    whole = system.call(
        "PUT", path, {"schemas": [USER], "userName": "reviewer", "displayName": "林国栋", "active": True}
    )
    assert whole.json()["displayName"] == "林国栋"
    assert "phoneNumbers" not in whole.json()


@pytest.mark.parametrize(
    ("operations", "kind"),
    [
        ([{"op": "replace", "path": "userName", "value": "x.new"}], "mutability"),
        ([{"op": "replace", "path": "groups", "value": []}], "mutability"),
        ([{"op": "replace", "path": "nonsense", "value": 1}], "invalidPath"),
        ([{"op": "explode", "path": "active"}], "invalidSyntax"),
        ([{"op": "remove"}], "noTarget"),
        ([{"op": "replace", "path": "active", "value": "maybe"}], "invalidValue"),
        ([{"op": "replace", "path": "displayName", "value": {"a": 1}}], "invalidValue"),
        ([{"op": "replace", "path": "displayName", "value": ""}], "invalidValue"),
        ([{"op": "replace", "value": 3}], "invalidValue"),
        ([{"op": "add", "path": "phoneNumbers", "value": [{"value": "12"}]}], "invalidValue"),
        ([{"op": "add", "path": "phoneNumbers", "value": [[]]}], "invalidValue"),
        ([1], "invalidSyntax"),
        ([], "invalidSyntax"),
    ],
)
def test_nonsense_changes_nothing(system: System, registry: Registry, operations: Any, kind: str) -> None:
    path = f"Users/{registry.cast.accounts['reviewer'].public_id}"
    before = system.call("GET", path).json()
    good = [{"op": "replace", "path": "displayName", "value": "改"}] if operations else []
    answer = system.patch(path, *good, *operations)
    assert (answer.status_code, answer.json().get("scimType")) == (400, kind), answer.content
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert system.call("GET", path).json() == before


def test_posts_are_filled_and_vacated(system: System, registry: Registry) -> None:
    reviewer, inspector = (registry.cast.accounts[name] for name in ("reviewer", "inspector"))
    post = Post.objects.get(title="林国栋")
    path = f"Groups/p-{post.pk}"
    added = system.patch(path, {"op": "add", "path": "members", "value": [{"value": str(inspector.public_id)}]})
    assert {each["display"] for each in added.json()["members"]} == {"林国栋", "何志刚"}
    assert Appointment.objects.get(post=post, staff=inspector.staff).kind == "concurrent"
    gone = system.patch(path, {"op": "remove", "path": f'members[value eq "{reviewer.public_id}"]'})
    assert [each["display"] for each in gone.json()["members"]] == ["何志刚"]
    renamed = system.patch(path, {"op": "replace", "path": "displayName", "value": "审查岗"})
    assert renamed.json()["displayName"] == "审查岗"
    assert system.call("DELETE", path).status_code == 400
    empty = system.patch(path, {"op": "replace", "path": "members", "value": []})
    assert empty.status_code == 200
    organ = f"Groups/o-{post.organisation.public_id}"
    assert system.call("GET", organ).json()[POST]["kind"] == "organisation"
    assert system.call("DELETE", organ).json()["scimType"] == "mutability"
    for bad in (
        {"op": "add", "path": "members", "value": [{"value": "x"}]},
        {"op": "add", "path": "members", "value": 3},
    ):
        assert system.patch(path, bad).json()["scimType"] == "invalidValue"


def test_separation_and_scope_hold(system: System, registry: Registry) -> None:
    """A personnel system can't make an administrator, nor reach into another county."""
    administrators = Post.objects.create(organisation=Organisation.objects.get(name="澄波区人民政府"), title="安保")
    PostRole.objects.create(post=administrators, role="security_administrator", reach="subtree")
    reviewer = registry.cast.accounts["reviewer"]
    member = {"op": "add", "path": "members", "value": [{"value": str(reviewer.public_id)}]}
    assert system.patch(f"Groups/p-{administrators.pk}", member).status_code == 403
    outsider = registry.cast.accounts["outsider"]
    assert system.call("GET", f"Users/{outsider.public_id}").status_code == 404
    elsewhere = Post.objects.get(title="罗建军")
    assert system.call("GET", f"Groups/p-{elsewhere.pk}").status_code == 404
    citizen = registry.cast.accounts["citizen"]
    assert system.call("GET", f"Users/{citizen.public_id}").status_code == 404


def test_who_may_not_call(system: System, registry: Registry) -> None:
    assert System("nonsense").call("GET", "Users").status_code == 401
    assert Client().get("/scim/v2/Users").headers["WWW-Authenticate"].startswith("Bearer")
    assert system.call("TRACE", "Users").status_code == 405
    for body in ("{", "[]", '{"userName": 3}', '{"userName": "a.b"}', '{"userName":"a\\u0000b","displayName":"x"}'):
        assert system.call("POST", "Users", body).status_code == 400, body
    Application.objects.update(state="suspended")
    assert system.call("GET", "Users").status_code == 401


def test_a_user_name_is_given_once(system: System) -> None:
    assert system.call("POST", "Users", NEW).status_code == 201
    answer = system.call("POST", "Users", NEW | {"externalId": "HR-2"})
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    other = system.call("POST", "Users", NEW | {"userName": "hr.other"})
    assert (other.status_code, other.json()["scimType"]) == (409, "uniqueness")
    assert not Account.objects.filter(username="hr.other").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_make_the_same_person_at_once_one_does() -> None:
    system, _application = make_system(make_registry(make_cast()))

    def make(_number: int) -> int:
        try:
            return int(system.call("POST", "Users", NEW).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(make, range(3))) == [201, 409, 409]
    assert StaffMember.objects.filter(account__username="hr.wang").count() == 1


def test_what_is_served_is_said(system: System) -> None:
    assert system.call("GET", "ServiceProviderConfig").json()["etag"] == {"supported": True}
    assert {each["id"] for each in system.call("GET", "ResourceTypes").json()["Resources"]} == {"User", "Group"}
    for each in system.call("GET", "Schemas").json()["Resources"]:
        assert system.call("GET", f"Schemas/{each['id']}").json() == each
    assert system.call("GET", "Schemas/nonsense").status_code == 404


@given(st.text(max_size=80))
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_the_reader_of_filters(text: str) -> None:
    try:
        make_condition(read_filter(text), {"username": text_reader("account__username")})
    except BadFilter:
        return


@given(st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8"), max_size=20))
def test_any_text_can_be_looked_for(text: str) -> None:
    made = make_condition(read_filter(f"userName eq {json.dumps(text)}"), {"username": text_reader("name")})
    assert made.children == [("name__iexact", text)]

"""SCIM's Users: members of staff (RFC 7643, 4.1 and 4.3)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.staffing import directory
from zhengtong.capabilities.signon.staffing.filters import (
    flag_reader,
    key_reader,
    make_condition,
    read_filter,
    text_reader,
)
from zhengtong.capabilities.signon.staffing.models import DirectoryLink
from zhengtong.capabilities.signon.staffing.scim import (
    Call,
    Operation,
    Problem,
    answer,
    answer_list,
    answer_resource,
    check_match,
    read_operations,
    read_page,
    read_text,
    scim,
    select,
    with_meta,
)
from zhengtong.core.identity.public import Appointment, StaffMember, amend_staff, parse_phone, set_active

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACTIVATION: Final = "urn:zhengtong:params:scim:schemas:extension:activation:2.0:User"
_FILTERS = {
    "username": text_reader("account__username"),
    "id": key_reader("account__public_id", UUID),
    "displayname": text_reader("name"),
    "name.formatted": text_reader("name"),
    "active": flag_reader("account__is_active"),
    "externalid": text_reader("directory_links__external_id", is_exact=True),
    f"{ENTERPRISE}:employeenumber".lower(): text_reader("enforcement_number", is_exact=True),
    f"{USER}:username".lower(): text_reader("account__username"),
}
_PHONE_PATH = re.compile(r'phonenumbers(\[\s*type\s+eq\s+"\w+"\s*\])?(\.value)?')


@dataclass(frozen=True)
class Person:
    """What a personnel system may say of somebody."""

    username: str
    name: str
    phone: str
    number: str
    external_id: str
    is_active: bool


def describe(staff: Iterable[StaffMember], call: Call) -> list[dict[str, Any]]:
    """Return the resources of staff, with three statements however many they are."""
    found = list(staff)
    keys = [each.pk for each in found]
    links = dict(
        DirectoryLink.objects.filter(application=call.application, staff_id__in=keys).values_list(
            "staff_id", "external_id"
        )
    )
    today = timezone.localdate()
    held: dict[int, list[Appointment]] = defaultdict(list)
    current = Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today)
    for each in current.filter(staff_id__in=keys).select_related("post__organisation").order_by("-kind", "pk"):
        held[each.staff_id].append(each)
    return [_describe(each, links.get(each.pk, ""), held[each.pk]) for each in found]


def _describe(staff: StaffMember, external_id: str, held: list[Appointment]) -> dict[str, Any]:
    account = staff.account
    said: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "id": str(account.public_id),
        "userName": account.username,
        "name": {"formatted": staff.name},
        "displayName": staff.name,
        "active": account.is_active,
        "userType": "staff",
        "groups": [{"value": f"p-{each.post_id}", "display": str(each.post), "type": "direct"} for each in held],
    }
    if external_id:
        said["externalId"] = external_id
    if held:
        said["title"] = held[0].post.title
    if staff.phone:
        said["phoneNumbers"] = [{"value": staff.phone, "type": "mobile", "primary": True}]
    said[ENTERPRISE] = {"employeeNumber": staff.enforcement_number}
    if staff.organisation is not None:
        said[ENTERPRISE] |= {"organization": staff.organisation.name}
    return with_meta(said, "User", f"Users/{account.public_id}", created=account.date_joined.isoformat())


def _describe_one(staff: StaffMember, call: Call) -> dict[str, Any]:
    return describe([staff], call)[0]


def _find(call: Call, public_id: UUID, *, is_locked: bool = False) -> StaffMember:
    found = directory.list_staff(call.actor, call.application).filter(account__public_id=public_id)
    staff = (found.select_for_update(of=("self",), no_key=True) if is_locked else found).first()
    if staff is None:
        raise Problem(404, _("没有这个人，或者不在管理范围内"))
    return staff


def find_all(call: Call, ids: Iterable[str]) -> list[StaffMember]:
    """Return the staff of these ids. Raises Problem for one that isn't anybody's."""
    wanted = list(dict.fromkeys(ids))
    try:
        keys = [UUID(each) for each in wanted]
    except ValueError:
        raise Problem(400, _("成员的 value 应为 Users 的 id"), "invalidValue") from None
    found = list(directory.list_staff(call.actor, call.application).filter(account__public_id__in=keys))
    if len(found) != len(set(keys)):
        raise Problem(400, _("成员里有不存在或者不在管理范围内的人"), "invalidValue")
    return found


def _read(body: dict[str, Any]) -> Person:
    name = body.get("name") if isinstance(body.get("name"), dict) else {}
    assert isinstance(name, dict)
    formatted = name.get("formatted") or body.get("displayName")
    if not formatted and isinstance(name.get("familyName", ""), str) and isinstance(name.get("givenName", ""), str):
        formatted = f"{name.get('familyName', '')}{name.get('givenName', '')}"
    extension = body.get(ENTERPRISE) if isinstance(body.get(ENTERPRISE), dict) else {}
    assert isinstance(extension, dict)
    active = body.get("active", True)
    if not isinstance(active, bool):
        raise Problem(400, _("active 应为 true 或 false"), "invalidValue")
    return Person(
        username=read_text(body.get("userName"), "userName", 40, is_required=True).lower(),
        name=read_text(formatted, "displayName", 40, is_required=True),
        phone=_read_phone(body.get("phoneNumbers")),
        number=read_text(extension.get("employeeNumber"), "employeeNumber", 20),
        external_id=read_text(body.get("externalId"), "externalId", 120),
        is_active=active,
    )


def _read_phone(value: Any) -> str:
    """Return the first or the primary number, checked; empty without one. Raises Problem and InvalidIdentifier."""
    if value in (None, "", []):
        return ""
    if isinstance(value, str):
        return parse_phone(value).value
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Problem(400, _("phoneNumbers 应为一列"), "invalidValue")
    chosen = next((each for each in value if each.get("primary") is True), value[0])
    return parse_phone(read_text(chosen.get("value"), "phoneNumbers.value", 40, is_required=True)).value


@scim("GET", "POST")
def users(call: Call) -> HttpResponse:
    """The list, and a new account."""
    if call.method == "POST":
        return _create(call)
    found: QuerySet[StaffMember] = directory.list_staff(call.actor, call.application)
    if "filter" in call.request.GET:
        condition = make_condition(read_filter(call.request.GET["filter"]), _FILTERS)
        if "directory_links" in str(condition):
            condition &= Q(directory_links__application=call.application)
        found = found.filter(condition)
    start, count = read_page(call)
    total = found.count()
    page = describe(found[start - 1 : start - 1 + count], call) if count else []
    return answer_list([select(call, each) for each in page], total, start)


def _create(call: Call) -> HttpResponse:
    person = _read(call.read())
    staff, address, until = directory.create_person(
        actor=call.actor,
        application=call.application,
        username=person.username,
        name=person.name,
        phone=person.phone,
        number=person.number,
        external_id=person.external_id,
    )
    if not person.is_active:
        set_active(actor=call.actor, staff=staff, is_active=False)
    resource = _describe_one(staff, call)
    response = answer_resource(call, resource, 201)
    # Only now, and not part of the resource: whoever reads it later doesn't see it.
    said = {**resource, "schemas": [*resource["schemas"], ACTIVATION]}
    said[ACTIVATION] = {"url": address, "expiresAt": until.isoformat()}
    response.content = answer(said).content
    return response


@scim("GET", "PUT", "PATCH", "DELETE")
def user(call: Call, public_id: UUID) -> HttpResponse:
    """One person: read, put right, taken off."""
    staff = _find(call, public_id, is_locked=call.method != "GET")
    resource = _describe_one(staff, call)
    if call.method == "GET":
        return answer_resource(call, resource)
    check_match(call, resource)
    if call.method == "DELETE":
        directory.remove_person(actor=call.actor, application=call.application, staff=staff)
        return answer(None, 204)
    if call.method == "PUT":
        _write(call, staff, _read(call.read()))
    else:
        person = Person(
            staff.account.username,
            staff.name,
            staff.phone,
            staff.enforcement_number,
            resource.get("externalId", ""),
            staff.account.is_active,
        )
        for operation in read_operations(call.read()):
            person = _change(person, operation)
        _write(call, staff, person)
    return answer_resource(call, _describe_one(_find(call, public_id), call))


def _write(call: Call, staff: StaffMember, person: Person) -> None:
    if person.username != staff.account.username:
        raise Problem(400, _("userName 不能改：日志按它记人。请停用旧账号，新建一个"), "mutability")
    amend_staff(actor=call.actor, staff=staff, name=person.name, phone=person.phone, enforcement_number=person.number)
    directory.set_external_id(application=call.application, staff=staff, external_id=person.external_id)
    set_active(actor=call.actor, staff=staff, is_active=person.is_active)


def _change(person: Person, operation: Operation) -> Person:
    """Return the person after one operation; what can't be changed is named. Raises Problem."""
    path, value = operation.path.lower().removeprefix(f"{USER}:".lower()), operation.value
    is_removed = operation.verb == "remove"
    if path == "active":
        value = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
        if is_removed or not isinstance(value, bool):
            raise Problem(400, _("active 应为 true 或 false"), "invalidValue")
        return replace(person, is_active=value)
    if path in ("displayname", "name.formatted"):
        return replace(person, name=read_text(None if is_removed else value, operation.path, 40, is_required=True))
    if path == "name" and isinstance(value, dict):
        return replace(person, name=read_text(value.get("formatted"), "name.formatted", 40, is_required=True))
    if path == "username":
        return replace(person, username=read_text(value, "userName", 40, is_required=True).lower())
    if path == "externalid":
        return replace(person, external_id="" if is_removed else read_text(value, "externalId", 120))
    if _PHONE_PATH.fullmatch(path):
        return replace(person, phone="" if is_removed else _read_phone(value))
    if path == f"{ENTERPRISE}:employeenumber".lower():
        return replace(person, number="" if is_removed else read_text(value, "employeeNumber", 20))
    if path == ENTERPRISE.lower() and isinstance(value, dict):
        return replace(person, number=read_text(value.get("employeeNumber"), "employeeNumber", 20))
    if path in ("groups", "id", "meta", "schemas"):
        raise Problem(400, _("%(path)s 是只读的；岗位在 Groups 里改") % {"path": operation.path[:60]}, "mutability")
    raise Problem(400, _("没有“%(path)s”这个可以改的属性") % {"path": operation.path[:60]}, "invalidPath")

"""SCIM's Groups: organisations (read only, members are their staff) and posts (members are who holds them)."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.staffing import directory
from zhengtong.capabilities.signon.staffing.filters import Test, make_condition, read_filter, text_reader
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
from zhengtong.capabilities.signon.staffing.users import find_all
from zhengtong.core.identity.public import (
    Appointment,
    Organisation,
    Post,
    StaffMember,
    close_post,
    open_post,
    rename_post,
)
from zhengtong.kernel.policy import visible

GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
POST: Final = "urn:zhengtong:params:scim:schemas:extension:post:2.0:Group"
_ONE_MEMBER = re.compile(r'members\[\s*value\s+eq\s+"([0-9a-fA-F-]{36})"\s*\]', re.IGNORECASE)
_ONE_POST = re.compile(r"p-(\d{1,18})")
# Of an organisation's staff the first are named; all of them are in Users.
MOST_MEMBERS: Final = 1000


def _organ(organisation: Organisation) -> dict[str, str]:
    said = {"value": str(organisation.public_id), "display": organisation.name}
    return said | ({"unifiedSocialCreditCode": organisation.credit_code} if organisation.credit_code else {})


def _members(staff: Sequence[StaffMember]) -> list[dict[str, str]]:
    return [
        {"value": str(each.account.public_id), "display": each.name, "type": "User"} for each in staff[:MOST_MEMBERS]
    ]


def _describe_organisations(found: Sequence[Organisation]) -> list[dict[str, Any]]:
    staff: dict[int, list[StaffMember]] = defaultdict(list)
    current = StaffMember.objects.filter(organisation__in=found, left_date=None, account__is_active=True)
    for each in current.select_related("account").order_by("pk"):
        staff[each.organisation_id or 0].append(each)
    return [
        with_meta(
            {
                "schemas": [GROUP, POST],
                "id": f"o-{each.public_id}",
                "displayName": each.name,
                "members": _members(staff[each.pk]),
                POST: {"kind": "organisation", "organisation": _organ(each)},
            },
            "Group",
            f"Groups/o-{each.public_id}",
        )
        for each in found
    ]


def _describe_posts(found: Sequence[Post]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    current = Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today)
    holders: dict[int, list[StaffMember]] = defaultdict(list)
    for each in current.filter(post__in=found).select_related("staff__account").order_by("staff_id"):
        holders[each.post_id].append(each.staff)
    return [
        with_meta(
            {
                "schemas": [GROUP, POST],
                "id": f"p-{each.pk}",
                "displayName": each.title,
                "members": _members(holders[each.pk]),
                POST: {"kind": "post", "organisation": _organ(each.organisation)},
            },
            "Group",
            f"Groups/p-{each.pk}",
        )
        for each in found
    ]


def _kind_reader(kind: str) -> Any:
    def read(operator: str, value: Any) -> Q:
        matches = operator == "pr" or (value == kind if operator == "eq" else value != kind)
        return Q() if matches else Q(pk__in=())

    return read


def _filters(kind: str) -> dict[str, Any]:
    """Return what can be asked of one of the two kinds of groups."""

    def by_id(operator: str, value: Any) -> Q:
        if operator != "eq" or not isinstance(value, str):
            raise Problem(400, _("编号只能用 eq 比较"), "invalidFilter")
        prefix, _dash, key = value.partition("-")
        if kind == "post":
            return Q(pk=int(key)) if prefix == "p" and key.isdigit() and len(key) < 19 else Q(pk__in=())
        try:
            return Q(public_id=UUID(key)) if prefix == "o" else Q(pk__in=())
        except ValueError:
            return Q(pk__in=())

    def by_member(operator: str, value: Any) -> Q:
        if operator != "eq" or not isinstance(value, str):
            raise Problem(400, _("编号只能用 eq 比较"), "invalidFilter")
        try:
            member = UUID(value)
        except ValueError:
            return Q(pk__in=())
        if kind == "organisation":
            return Q(pk__in=StaffMember.objects.filter(account__public_id=member).values("organisation_id"))
        today = timezone.localdate()
        held = Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today)
        return Q(pk__in=held.filter(staff__account__public_id=member).values("post_id"))

    return {
        "displayname": text_reader("title" if kind == "post" else "name"),
        "id": by_id,
        "members.value": by_member,
        "members": by_member,
        f"{POST}:kind".lower(): _kind_reader(kind),
    }


@scim("GET", "POST")
def groups(call: Call) -> HttpResponse:
    """The organisations, then the posts; and a new post."""
    if call.method == "POST":
        return _create(call)
    organisations = visible(
        call.actor, directory.MANAGE_ORGANISATIONS, Organisation.objects.filter(is_active=True)
    ).order_by("pk")
    posts = directory.list_posts(call.actor)
    if "filter" in call.request.GET:
        tree = read_filter(call.request.GET["filter"])
        assert isinstance(tree, Test | tuple)
        organisations = organisations.filter(make_condition(tree, _filters("organisation")))
        posts = posts.filter(make_condition(tree, _filters("post")))
    start, count = read_page(call)
    first, many = start - 1, organisations.count()
    found = _describe_organisations(list(organisations[first : first + count]))
    left, skipped = count - len(found), max(0, first - many)
    found += _describe_posts(list(posts[skipped : skipped + left])) if left else []
    return answer_list([select(call, each) for each in found], many + posts.count(), start)


def _create(call: Call) -> HttpResponse:
    body = call.read()
    extension = body.get(POST)
    organ = extension.get("organisation") if isinstance(extension, dict) else None
    value = organ.get("value") if isinstance(organ, dict) else None
    organisations = visible(call.actor, directory.MANAGE_ORGANISATIONS, Organisation.objects.filter(is_active=True))
    try:
        organisation = organisations.filter(public_id=UUID(str(value))).first()
    except ValueError:
        organisation = None
    if organisation is None:
        raise Problem(
            400, _("%(name)s.organisation.value 应为管理范围内一个机构的编号") % {"name": POST}, "invalidValue"
        )
    title = read_text(body.get("displayName"), "displayName", 60, is_required=True)
    members = _read_members(call, body.get("members", []))
    post = open_post(actor=call.actor, organisation=organisation, title=title)
    directory.change_members(actor=call.actor, post=post, add=members, remove=())
    return answer_resource(call, _describe_posts([post])[0], 201)


def _read_members(call: Call, value: Any) -> list[StaffMember]:
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not all(
        isinstance(each, dict) and isinstance(each.get("value"), str) for each in value
    ):
        raise Problem(400, _('members 应为一列 {"value": 人员的 id}'), "invalidValue")
    return find_all(call, [each["value"] for each in value])


@scim("GET", "PUT", "PATCH", "DELETE")
def group(call: Call, key: str) -> HttpResponse:
    """One organisation or post."""
    if key.startswith("o-"):
        return _show_organisation(call, key[2:])
    matched = _ONE_POST.fullmatch(key)
    post = directory.list_posts(call.actor).filter(pk=int(matched[1])).first() if matched else None
    if post is None:
        raise Problem(404, _("没有这个岗位，或者不在管理范围内"))
    resource = _describe_posts([post])[0]
    if call.method == "GET":
        return answer_resource(call, resource)
    Post.objects.select_for_update(of=("self",), no_key=True).get(pk=post.pk)
    check_match(call, _describe_posts([post])[0])
    if call.method == "DELETE":
        close_post(actor=call.actor, post=post)
        return answer(None, 204)
    if call.method == "PUT":
        body = call.read()
        _rename(call, post, body.get("displayName"))
        _replace(call, post, _read_members(call, body.get("members", [])))
    else:
        for operation in read_operations(call.read()):
            _change(call, post, operation)
    post.refresh_from_db()
    return answer_resource(call, _describe_posts([post])[0])


def _show_organisation(call: Call, key: str) -> HttpResponse:
    try:
        wanted = UUID(key)
    except ValueError:
        raise Problem(404, _("没有这个机构，或者不在管理范围内")) from None
    organisations = visible(call.actor, directory.MANAGE_ORGANISATIONS, Organisation.objects.filter(is_active=True))
    found = organisations.filter(public_id=wanted).first()
    if found is None:
        raise Problem(404, _("没有这个机构，或者不在管理范围内"))
    if call.method != "GET":
        raise Problem(400, _("机构按三定方案在平台上调整，这里只能读"), "mutability")
    return answer_resource(call, _describe_organisations([found])[0])


def _rename(call: Call, post: Post, value: Any) -> None:
    title = read_text(value, "displayName", 60, is_required=True)
    if title != post.title:
        rename_post(actor=call.actor, post=post, title=title)


def _replace(call: Call, post: Post, wanted: list[StaffMember]) -> None:
    keep = {each.pk for each in wanted}
    leaving = [each for each in directory.list_members(post) if each.pk not in keep]
    directory.change_members(actor=call.actor, post=post, add=wanted, remove=leaving)


def _change(call: Call, post: Post, operation: Operation) -> None:
    path = operation.path.removeprefix(f"{GROUP}:")
    if path.lower() == "displayname" and operation.verb != "remove":
        return _rename(call, post, operation.value)
    if path.lower() == "members":
        if operation.verb == "remove" and operation.value is None:
            return _replace(call, post, [])
        named = _read_members(call, operation.value)
        if operation.verb == "replace":
            return _replace(call, post, named)
        is_added = operation.verb == "add"
        return directory.change_members(
            actor=call.actor, post=post, add=named if is_added else (), remove=() if is_added else named
        )
    one = _ONE_MEMBER.fullmatch(path)
    if one and operation.verb == "remove":
        gone = find_all(call, [one[1]])
        return directory.change_members(actor=call.actor, post=post, add=(), remove=gone)
    raise Problem(400, _("没有“%(path)s”这个可以改的属性") % {"path": operation.path[:60]}, "invalidPath")

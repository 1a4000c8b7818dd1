"""What SCIM 2.0 says on the wire: bearer tokens, errors, lists, entity tags (RFC 7644), around the resources' views."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from zhengtong.capabilities.signon.applications.authorizations import hash_of
from zhengtong.capabilities.signon.applications.domain import Scope
from zhengtong.capabilities.signon.applications.models import Application, ApplicationState
from zhengtong.capabilities.signon.staffing import directory
from zhengtong.capabilities.signon.staffing.filters import BadFilter
from zhengtong.core.identity.public import InvalidIdentifier, Refused, client_address
from zhengtong.kernel.policy import Actor, Denied

MEDIA_TYPE: Final = "application/scim+json"
ROOT: Final = "/scim/v2/"
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LARGEST_PAGE: Final = 200
LARGEST_BODY: Final = 512 * 1024
MOST_OPERATIONS: Final = 500
# What identity refuses because somebody has it already.
_TAKEN: Final = frozenset({"username-taken", "external-id", "title-taken", "appointed"})


class Problem(Exception):
    """An answer that isn't the resource: status, SCIM's word for what is wrong, and a sentence."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind


@dataclass(frozen=True)
class Call:
    """One request of a personnel system."""

    request: HttpRequest
    application: Application
    actor: Actor

    @property
    def method(self) -> str:
        return self.request.method or "GET"

    def read(self) -> dict[str, Any]:
        """Return the body. Raises Problem."""
        if len(self.request.body) > LARGEST_BODY:
            raise Problem(413, _("请求太大，最多 512 KB"))
        try:
            body = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise Problem(400, _("请求体不是 JSON"), "invalidSyntax") from None
        if not isinstance(body, dict):
            raise Problem(400, _("请求体应为一个 JSON 对象"), "invalidSyntax")
        if "\\u0000" in json.dumps(body):
            raise Problem(400, _("文字里有不能用的字符"), "invalidValue")
        return body


def answer(body: Mapping[str, Any] | None, status: int = 200, **headers: str) -> HttpResponse:
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=headers)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def answer_problem(problem: Problem) -> HttpResponse:
    body = {"schemas": [ERROR], "status": str(problem.status), "detail": problem.detail}
    response = answer(body | ({"scimType": problem.kind} if problem.kind else {}), problem.status)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="scim", error="invalid_token"'
    return response


def find_application(request: HttpRequest) -> Application:
    """Return whose bearer token a request carries. Raises Problem."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        raise Problem(401, _("请在 Authorization 头里带上访问令牌"))
    tokens = Token.objects.select_related("client__application__organisation")
    token = tokens.filter(
        type=Token.Type.ACCESS_TOKEN, hash=hash_of(value.strip()), user=None, expires_at__gt=timezone.now()
    ).first()
    application = token.client.application if token is not None and token.client is not None else None
    if token is None or application is None or application.state != ApplicationState.ENABLED:
        raise Problem(401, _("访问令牌无效或者已经过期，请用客户端编号和密钥重新领取"))
    if Scope.SCIM not in token.get_scopes() or Scope.SCIM not in application.scopes:
        raise Problem(403, _("这个应用系统没有申请“维护人员和岗位”"))
    return application


View = Callable[..., HttpResponse]


def scim(*methods: str) -> Callable[[Callable[..., HttpResponse]], View]:
    """Make a view for personnel systems: who it is, one transaction, and every refusal in SCIM's form."""

    def wrap(view: Callable[..., HttpResponse]) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                application = find_application(request)
                if request.method not in methods:
                    response = answer_problem(Problem(405, _("这个地址不支持这种请求方法")))
                    response.headers["Allow"] = ", ".join(methods)
                    return response
                rid = getattr(request, "request_id", "")
                actor = directory.get_actor(application, address=client_address(request), request_id=rid)
                with transaction.atomic():
                    return view(Call(request, application, actor), *args, **kwargs)
            except Problem as problem:
                return answer_problem(problem)
            except BadFilter as bad:
                return answer_problem(Problem(400, str(bad), "invalidFilter"))
            except Refused as refused:
                is_taken = refused.code in _TAKEN
                kind = "uniqueness" if is_taken else "invalidValue"
                return answer_problem(Problem(409 if is_taken else 400, str(refused.message), kind))
            except InvalidIdentifier as invalid:
                return answer_problem(Problem(400, _(invalid.template) % invalid.params, "invalidValue"))
            except Denied:
                sentence = _("这个人或岗位不在应用系统所属机构的管理范围内，或者须由安全保密管理员办理")
                return answer_problem(Problem(403, sentence))

        return guarded

    return wrap


# Versions


def tag_of(resource: Mapping[str, Any]) -> str:
    """Return the entity tag of a resource: the same content, the same tag."""
    content = json.dumps(resource, sort_keys=True, ensure_ascii=False).encode()
    return f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'


def with_meta(resource: dict[str, Any], kind: str, path: str, **more: str) -> dict[str, Any]:
    location = f"{settings.PUBLIC_URL}{ROOT}{path}"
    meta = {"resourceType": kind, "location": location, **more}
    return {**resource, "meta": {**meta, "version": tag_of({**resource, "meta": meta})}}


def check_match(call: Call, resource: Mapping[str, Any]) -> None:
    """Raise Problem when the caller means an older version."""
    wanted = call.request.headers.get("If-Match", "")
    known = [each.strip() for each in wanted.split(",")]
    if wanted and "*" not in known and resource["meta"]["version"] not in known:
        raise Problem(412, _("这条记录已被修改过，请重新读取后再改"))


def answer_resource(call: Call, resource: dict[str, Any], status: int = 200) -> HttpResponse:
    tag = resource["meta"]["version"]
    if call.method == "GET":
        known = [each.strip() for each in call.request.headers.get("If-None-Match", "").split(",")]
        if tag in known or "*" in known:
            return answer(None, 304, ETag=tag)
    headers = {"ETag": tag} | ({"Location": resource["meta"]["location"]} if status == 201 else {})
    return answer(select(call, resource), status, **headers)


def select(call: Call, resource: dict[str, Any]) -> dict[str, Any]:
    """Return what ``attributes`` and ``excludedAttributes`` ask for; schemas and id always (RFC 7644, 3.9)."""
    wanted, left_out = (
        {part.strip().partition(".")[0].lower() for part in call.request.GET.get(name, "").split(",") if part.strip()}
        for name in ("attributes", "excludedAttributes")
    )
    always = {"schemas", "id"}
    if wanted:
        return {name: value for name, value in resource.items() if name.lower() in wanted | always}
    return {name: value for name, value in resource.items() if name in always or name.lower() not in left_out}


# Lists


def read_page(call: Call) -> tuple[int, int]:
    """Return startIndex (from 1) and count. Raises Problem."""
    found = []
    for name, otherwise in (("startIndex", 1), ("count", 100)):
        text = call.request.GET.get(name, str(otherwise))
        try:
            found.append(int(text) if len(text) < 10 else 0)
        except ValueError:
            raise Problem(400, _("%(name)s 应为整数") % {"name": name}, "invalidValue") from None
    return max(1, found[0]), min(LARGEST_PAGE, max(0, found[1]))


def answer_list(resources: Sequence[Mapping[str, Any]], total: int, start: int) -> HttpResponse:
    return answer(
        {
            "schemas": [LIST],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": len(resources),
            "Resources": list(resources),
        }
    )


# Changes


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of a PATCH: ``add``, ``replace`` or ``remove``; ``path`` as it was written."""

    verb: str
    path: str
    value: Any


def read_operations(body: Mapping[str, Any]) -> list[Operation]:
    """Return the operations of a PATCH. Raises Problem."""
    if PATCH not in (body.get("schemas") or []):
        raise Problem(400, _("schemas 应含 %(name)s") % {"name": PATCH}, "invalidSyntax")
    operations = body.get("Operations")
    if not isinstance(operations, list) or not operations or len(operations) > MOST_OPERATIONS:
        raise Problem(400, _("Operations 应为 1 至 %(n)d 项") % {"n": MOST_OPERATIONS}, "invalidSyntax")
    found = []
    for each in operations:
        if (
            not isinstance(each, dict)
            or not isinstance(each.get("op"), str)
            or not isinstance(each.get("path", ""), str)
        ):
            raise Problem(400, _("Operations 的每一项要有 op，path 应为文字"), "invalidSyntax")
        verb, path = each["op"].lower(), str(each.get("path", "")).strip()
        if verb not in ("add", "replace", "remove"):
            raise Problem(400, _("op 只能是 add、replace、remove"), "invalidSyntax")
        if verb == "remove" and not path:
            raise Problem(400, _("remove 要写 path"), "noTarget")
        if verb != "remove" and "value" not in each:
            raise Problem(400, _("add、replace 要写 value"), "invalidValue")
        if not path:
            if not isinstance(each["value"], dict):
                raise Problem(400, _("没有 path 时 value 应为一个对象"), "invalidValue")
            found += [Operation(verb, str(name), value) for name, value in each["value"].items()]
        else:
            found.append(Operation(verb, path, each.get("value")))
    return found


def read_text(value: Any, name: str, longest: int, *, is_required: bool = False) -> str:
    """Return a text of the body. Raises Problem."""
    if value is None:
        value = ""
    if not isinstance(value, str) or len(value) > longest:
        raise Problem(400, _("%(name)s 应为最多 %(n)d 个字的文字") % {"name": name, "n": longest}, "invalidValue")
    if is_required and not value.strip():
        raise Problem(400, _("请填写 %(name)s") % {"name": name}, "invalidValue")
    return value.strip()

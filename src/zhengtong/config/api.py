"""The JSON interface at ``/api/``: collects each module's ``rest.router``, describes it, words its errors.

The description is at ``/api/openapi.json``. There is no page around it: such pages load their scripts from elsewhere.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from zhengtong import __version__
from zhengtong.config import errors
from zhengtong.config.errors import Problem, problem_json
from zhengtong.kernel.modules import ModuleConfig
from zhengtong.screens.rest import Unusable

NOT_FOUND = Problem(404, "not-found", _("没有找到"), _("接口地址可能有误，或者内容已经不在。"))
UNAUTHENTICATED = Problem(401, "sign-in", _("需要登录"), _("请先在网页上登录，再用同一个会话请求。"))
METHOD_NOT_ALLOWED = Problem(405, "method-not-allowed", _("这个地址不支持这种请求方法"), _("可用的方法在 Allow 头里。"))
INVALID = Problem(422, "invalid", _("请求的参数不符合要求"), _("请按 errors 里的说明逐项改正。"))

# What pydantic calls an error, and the sentence for it. ``name`` is the parameter's, the rest is pydantic's.
_SENTENCES: Final = {
    "missing": _("缺少 %(name)s。"),
    "extra_forbidden": _("没有 %(name)s 这个参数。"),
    "int_type": _("%(name)s 应为整数。"),
    "int_parsing": _("%(name)s 应为整数。"),
    "int_from_float": _("%(name)s 应为整数。"),
    "int_parsing_size": _("%(name)s 超出范围。"),
    "less_than_equal": _("%(name)s 不能大于 %(le)s。"),
    "greater_than_equal": _("%(name)s 不能小于 %(ge)s。"),
    "string_type": _("%(name)s 应为文字。"),
    "string_too_long": _("%(name)s 最多 %(max_length)s 个字符。"),
    "string_too_short": _("%(name)s 至少 %(min_length)s 个字符。"),
    "string_pattern_mismatch": _("%(name)s 的格式不对，应符合 %(pattern)s。"),
    "literal_error": _("%(name)s 应为 %(expected)s 之一。"),
}
_OTHERWISE: Final = _("%(name)s 的内容不能用。")

_PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457。code 是稳定的，程序据此判断；title、detail 按 Accept-Language 用中文或英文。",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "name", "detail"],
                "properties": {
                    "in": {"type": "string", "enum": ["path", "query", "body", "form", "header", "cookie", "file"]},
                    "name": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
# Only where somebody has to be signed in.
_OF_SESSIONS: Final = {401: "没有登录", 403: "没有权限"}
_DESCRIPTIONS: Final = {
    400: "请求读不懂：不是 JSON，或者含有不能用的字符",
    404: "没有找到",
    405: "方法不支持",
    413: "请求太大",
    422: "参数不符合要求，errors 逐项说明",
    429: "太频繁，Retry-After 是要等的秒数",
}


class ReadableJSON(JSONRenderer):
    """Chinese as it is, so that an answer can be read where it arrives."""

    json_dumps_params = {"ensure_ascii": False}


class PlatformAPI(NinjaAPI):
    """Ninja's API, whose description names the problems that every operation may answer."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["Problem"] = _PROBLEM_SCHEMA
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                said = _DESCRIPTIONS | (_OF_SESSIONS if "security" in operation else {})
                for status, description in said.items():
                    known = operation["responses"].setdefault(status, {"description": description})
                    known.setdefault("content", content)
        return schema


api = PlatformAPI(
    title="政通 Zhengtong",
    version=__version__,
    description=(
        "面向公众的开放接口：政务服务事项、办件进度、许可结果公示、文书核验，不需要登录，不含个人信息；"
        "各业务的数据只读接口，范围、条件、遮盖与页面相同，内部的用网页登录后的会话。\n"
        "时间是带时区的 ISO 8601。列表按键分页：把上一页的 next 作为 after 再取；next 为 null 是最后一页。"
    ),
    docs_url=None,
    renderer=ReadableJSON(),
    urls_namespace="api",
    openapi_extra={"info": {"license": {"name": "MulanPSL-2.0", "identifier": "MulanPSL-2.0"}}},
)


def list_routers() -> Iterator[Router]:
    """Yield the router of each module that has a ``rest.py``, in the order of the settings."""
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig) and find_spec(f"{config.name}.rest"):
            yield import_module(f"{config.name}.rest").router


for _router in list_routers():
    api.add_router("", _router)


def problem(request: HttpRequest, kind: Problem, detail: str = "", **more: Any) -> HttpResponse:
    return problem_json(kind, detail, instance=request.path, request_id=getattr(request, "request_id", ""), **more)


@api.exception_handler(ValidationError)
def answer_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which parameters can't be used and why, without sending back what was sent."""
    found = []
    for each in error.errors:
        where, *names = (str(part) for part in each["loc"])
        # A body's own parameter name is the function's, not the client's.
        name = ".".join(names[1:] if where == "body" else names) or where
        sentence = _SENTENCES.get(each["type"], _OTHERWISE)
        found.append({"in": where, "name": name, "detail": str(sentence) % {**each.get("ctx", {}), "name": name}})
    return problem(request, INVALID, "".join(each["detail"] for each in found), errors=found)


@api.exception_handler(Unusable)
def answer_unusable(request: HttpRequest, error: Unusable) -> HttpResponse:
    """A parameter that the reader's list doesn't have."""
    found = {"in": "query", "name": error.name, "detail": error.detail}
    return problem(request, INVALID, error.detail, errors=[found])


@api.exception_handler(AuthenticationError)
def answer_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, UNAUTHENTICATED)


@api.exception_handler(Http404)
def answer_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, NOT_FOUND)


@api.exception_handler(HttpError)
@api.exception_handler(RawPostDataException)
def answer_unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Ninja's own: a body that can't be parsed; and a form with files, which the middleware has read already."""
    return problem(request, errors.BAD_REQUEST, str(_("请求体应为 UTF-8 编码的 JSON。")))


def answer_in_words(view: Callable[..., HttpResponse], is_read_only: bool) -> Callable[..., HttpResponse]:
    """Answer HEAD as GET without a body (RFC 9110, 9.3.2), and a method that isn't there with a problem."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        elif is_read_only and request.method != "GET":
            response = HttpResponse(status=405, headers={"Allow": "GET"})
        if is_head or not is_read_only or request.method == "GET":
            response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allow = response.headers["Allow"]
            response = problem(request, METHOD_NOT_ALLOWED)
            response.headers["Allow"] = f"{allow}, HEAD" if "GET" in allow else allow
        if is_head:
            request.method = "HEAD"
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # operations that read a cookie only read
    return wrapped


_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    assert isinstance(_pattern, URLPattern)
    _pattern.callback = answer_in_words(_pattern.callback, is_read_only=_pattern.name in {"openapi-json", "api-root"})

urlpatterns = [path("", (_patterns, _app, _namespace))]

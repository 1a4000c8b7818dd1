"""Errors in words: a page that says what happened and what to do for a person, RFC 9457 for a program."""

import sys
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhengtong.screens.context_processors import look


@dataclass(frozen=True)
class Problem:
    """One kind of error. ``code`` is stable: programs and help lines rely on it."""

    status: int
    code: str
    title: str | Promise
    advice: str | Promise


BAD_REQUEST = Problem(400, "bad-request", _("这个请求看不懂"), _("请返回上一页，检查填写的内容后再试。"))
FORBIDDEN = Problem(
    403, "forbidden", _("您没有办理这件事的权限"), _("如果您认为应当有权限，请联系本单位的系统管理员。")
)
CSRF = Problem(
    403, "stale-page", _("页面停留太久，已经失效"), _("请返回上一页刷新后再提交，已填写的内容保存在草稿里。")
)
NOT_FOUND = Problem(404, "not-found", _("找不到这个页面"), _("地址可能有误，或者内容已经不在。可以从首页重新查找。"))
METHOD_NOT_ALLOWED = Problem(
    405, "method-not-allowed", _("这个地址不能这样打开"), _("请回到首页，从页面上的链接或者按钮进入。")
)
CONFLICT = Problem(409, "conflict", _("这件事刚刚被别人处理过"), _("请刷新页面，看到最新情况后再决定。"))
TOO_LARGE = Problem(413, "too-large", _("上传的内容太大"), _("请压缩文件或减少页数后再上传。"))
TOO_MANY = Problem(429, "too-many-requests", _("操作太频繁"), _("请稍等几分钟再试。"))
SERVER_ERROR = Problem(
    500, "server-error", _("系统出错了"), _("您的内容没有丢失。请稍后再试；如仍不行，请把下面的编号告诉我们。")
)
UNAVAILABLE = Problem(
    503,
    "unavailable",
    _("系统暂时连不上数据库"),
    _("这通常几分钟内就会恢复，已经提交成功的内容都在。请稍等片刻再试；很急的事请打热线或者到窗口办理。"),
)
SIGNER_AWAY = Problem(
    503,
    "signer-unavailable",
    _("签名服务没有应答"),
    _("这一步要用签名服务，没有办理，已经填写的内容没有丢失。请稍后再试；如果一直这样，请联系平台管理员。"),
)
# As long as a database takes to start again.
_RETRY_AFTER_SECONDS = 30


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        (request.accepts("application/problem+json") or request.accepts("application/json"))
        and not request.accepts("text/html")
    )


def answer(request: HttpRequest, problem: Problem, detail: str = "") -> HttpResponse:
    """Return ``problem`` in the form that the client reads."""
    rid = getattr(request, "request_id", "")
    if wants_json(request):
        return problem_json(problem, detail, instance=request.path, request_id=rid)
    context = {
        "title": problem.title,
        "happened": detail,
        "todo": problem.advice,
        "code": "-".join(filter(None, (problem.code, rid[:12]))),
        "status": problem.status,
        "at": timezone.now(),
        # Only what was read can be read again; a form is sent again by going back to it.
        "again": request.get_full_path() if request.method == "GET" else "",
        "home": settings.STAFF_HOME_URL if request.path.startswith(settings.STAFF_HOME_URL) else "/",
    }
    if problem.status >= SERVER_ERROR.status:
        # Without the request: its context processors, the session or the database may be what is broken.
        return HttpResponse(render_to_string("screens/error.html", {**context, **look(request)}), status=problem.status)
    return render(request, "screens/error.html", context, status=problem.status)


def problem_json(problem: Problem, detail: str = "", **more: Any) -> JsonResponse:
    """Return RFC 9457 problem details."""
    body = {
        "type": f"/problems/{problem.code}",
        "title": str(problem.title),
        "status": problem.status,
        "detail": detail or str(problem.advice),
        "code": problem.code,
        **more,
    }
    return JsonResponse(
        body,
        status=problem.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say whether the database is away, which mends itself, or something is broken.

    Django calls this while it handles the exception.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return answer(request, SERVER_ERROR)
    response = answer(request, UNAVAILABLE)
    response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, CSRF)

"""Error pages: what happened, what to do, and a code to quote. None of them touches the database."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from zhengtong.screens.context_processors import look


def show(request: HttpRequest, *, status: int, title: str, happened: str, todo: str, code: str = "") -> HttpResponse:
    """An error page with the given words; ``code`` defaults to the status with the request's id."""
    request_id = str(getattr(request, "request_id", "") or "")
    context = {
        "status": status,
        "title": title,
        "happened": happened,
        "todo": todo,
        "code": code or "-".join(filter(None, (str(status), request_id[:12]))),
        "debug": settings.DEBUG,
        **look(request),
    }
    # Rendered without the request: context processors and the session may be what is broken.
    return HttpResponse(render_to_string("screens/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show(
        request,
        status=400,
        title=_("这个请求无法处理"),
        happened=_("提交的内容不完整或格式不对，系统没有保存任何改动。"),
        todo=_("请返回上一页，核对后重新提交。"),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show(
        request,
        status=403,
        title=_("您没有办理这项操作的权限"),
        happened=_("当前的账号或岗位不能进行这项操作，系统没有保存任何改动。"),
        todo=_("请确认登录的账号和岗位；需要开通权限时，请联系本单位管理员。"),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show(
        request,
        status=404,
        title=_("没有找到这个页面"),
        happened=_("网址可能写错了，页面可能已经移走，或者您看不到它。"),
        todo=_("请检查网址，或者从首页搜索要办的事。"),
    )


def too_many_requests(request: HttpRequest, *, retry_after: int = 60) -> HttpResponse:
    """``retry_after`` in seconds, also sent as the header of that name (RFC 9110, 10.2.3)."""
    response = show(
        request,
        status=429,
        title=_("操作太频繁，请稍候再试"),
        happened=_("短时间内收到了太多次请求，为保护您的信息，系统暂时不再受理。"),
        todo=_("请在%(minutes)d分钟后再试。") % {"minutes": max(1, -(-retry_after // 60))},
    )
    response["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return show(
        request,
        status=500,
        title=_("系统出了问题"),
        happened=_("这次操作没有完成，系统已经记录下来，工作人员会检查。"),
        todo=_("请稍后再试；仍然不行时，请把下面的编号告诉我们。"),
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's ``CSRF_FAILURE_VIEW``: nearly always a tab left open since before signing in or out."""
    return show(
        request,
        status=403,
        title=_("这个页面放得太久了"),
        happened=_("打开页面以后登录状态已经变化，为安全起见没有保存这次提交。您填写的内容还在这台设备上。"),
        todo=_("请重新打开刚才的页面，填写的内容会自动恢复，再提交一次。"),
        code="403-form",
    )

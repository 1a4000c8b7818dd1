"""The authority's address for programs (RFC 3161, 3.4): the request is the body, and so is the answer."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zhengtong.capabilities.timestamps.domain.requests import LONGEST_REQUEST, Failure
from zhengtong.capabilities.timestamps.domain.tokens import write_refused
from zhengtong.capabilities.timestamps.services import answer_request
from zhengtong.core.crypto.public import Algorithm

QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"


@csrf_exempt
@never_cache
@require_POST
def post_query(request: HttpRequest, algorithm: str) -> HttpResponse:
    """Answer a query. What counts is in the body, so there is no session and no form token."""
    if request.content_type != QUERY_TYPE:
        say = _("时间戳请求的类型应为 %(type)s。") % {"type": QUERY_TYPE}
        return HttpResponse(say, status=415, content_type="text/plain; charset=utf-8")
    if not ratelimit.consume(request, action="time_stamp"):
        say = _("请求时间戳太频繁，请过几分钟再试。")
        return HttpResponse(say, status=429, content_type="text/plain; charset=utf-8")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_REQUEST:
        reply = write_refused(Failure.BAD_REQUEST, _("请求太长：时间戳请求不超过 4 KB。"))
    else:
        reply = answer_request(request.body, Algorithm(algorithm))
    return HttpResponse(reply, content_type=REPLY_TYPE)

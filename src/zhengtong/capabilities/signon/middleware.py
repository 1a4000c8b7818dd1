"""Two gates: an act that needs a proof leads to the page that asks for it; who must add a factor does that first."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.domain import weigh
from zhengtong.capabilities.signon.selectors import get_demand
from zhengtong.capabilities.signon.services.holding import hold_form
from zhengtong.capabilities.signon.session import KEY as PROOFS
from zhengtong.core.identity.public import Account
from zhengtong.kernel.assurance import AssuranceNeeded

DEMAND_KEY = "signon.demand"
# What whoever must add a factor can open until she did.
OPEN_TO_ALL = ("/account/", "/static/", "/i18n/", "/look/", "/healthz", "/readyz", "/metrics", "/messages/")
GetResponse = Callable[[HttpRequest], HttpResponse]


def note_demand(request: HttpRequest, account: Account) -> None:
    """Remember in the session what the rules ask of this person: read on each request, looked up once a sign-in."""
    demand = get_demand(account)
    request.session.pop(DEMAND_KEY, None)
    if demand is not None:
        request.session[DEMAND_KEY] = {"strength": int(demand.strength), "by": demand.by.isoformat()}


def is_demand_unmet(request: HttpRequest) -> bool:
    """Return whether the days of grace are over and this session isn't as strong as the rules ask."""
    demand = request.session.get(DEMAND_KEY)
    if not demand or date.fromisoformat(demand["by"]) > timezone.localdate():
        return False
    held = request.session.get(PROOFS) or {}
    strength = weigh([each["proof"] for each in held.get("entries", [])])
    return strength is None or strength < demand["strength"]


class ProofMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN_TO_ALL) and request.session.get(DEMAND_KEY) and is_demand_unmet(request):
            if _wants_json(request):
                return _problem(_("您的岗位要求用更强的方式登录，请先在网页上添加"))
            return _lead(request, reverse("signon:security"))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for the proof. What was typed waits, sealed; files can't, and the page says so."""
        if not isinstance(exception, AssuranceNeeded) or not isinstance(request.user, Account):
            return None
        if _wants_json(request):
            return _problem(_("这件事要先在网页上再次确认身份"))
        asked = {"act": exception.act, "next": request.get_full_path()}
        if request.headers.get("HX-Request"):
            asked["next"] = _page_of(request)
        elif request.method == "POST" and request.FILES:
            asked |= {"next": _page_of(request), "files": "1"}
        elif request.method == "POST":
            held = hold_form(account=request.user, path=request.get_full_path(), posted=request.POST)
            asked = {"act": exception.act, "held": str(held.pk), "next": _page_of(request)}
        return _lead(request, f"{reverse('signon:confirm')}?{urlencode(asked)}")


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _page_of(request: HttpRequest) -> str:
    """Return the page that the person was on, on this platform."""
    came = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    start = f"{request.scheme}://{request.get_host()}"
    return came.removeprefix(start) if came.startswith(f"{start}/") else request.path


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": _("需要确认身份"), "status": 403, "code": "proof-needed", "detail": detail}
    return JsonResponse(body, status=403, content_type="application/problem+json")

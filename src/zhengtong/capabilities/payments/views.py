"""Where the provider tells the platform of payments, and the test provider's own page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.payments.domain import Verdict
from zhengtong.capabilities.payments.models import TrialTrade
from zhengtong.capabilities.payments.providers import get_provider
from zhengtong.capabilities.payments.services.receiving import LONGEST_BODY, receive_notice
from zhengtong.capabilities.payments.tasks import trial_notify
from zhengtong.capabilities.payments.trial import TrialProvider, pay_trade
from zhengtong.kernel.jobs import enqueue

SIGNATURE = "X-Payment-Signature"
# What the provider has to send again, or is told is wrong; all else it is told we have.
_STATUS = {Verdict.WRONG_SIGNATURE: 401, Verdict.UNREADABLE: 400, Verdict.UNKNOWN_ORDER: 404, Verdict.WRONG_AMOUNT: 422}


@csrf_exempt
@never_cache
@require_POST
def notify(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's notification; what counts is its signature, so there is no session and no form token."""
    if provider != get_provider().code:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
        return HttpResponse("too long", status=413, content_type="text/plain")
    verdict = receive_notice(body=request.body, signature=request.headers.get(SIGNATURE, ""))
    return HttpResponse(str(verdict), status=_STATUS.get(verdict, 200), content_type="text/plain")


@never_cache
@require_http_methods(["GET", "POST"])
def show_trial(request: HttpRequest, trade: str) -> HttpResponse:
    """The test provider's page, on which the payer "pays". It knows trades, and nothing of who signed in."""
    if not settings.DEMO or get_provider().code != TrialProvider.code:
        raise Http404
    found = TrialTrade.objects.filter(trade=trade).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if "pay" in request.POST:
            pay_trade(trade)
            enqueue(trial_notify, trade=trade)
        return redirect(found.return_url)
    return render(request, "payments/trial.html", {"trade": found, "back": found.return_url or reverse("hall:home")})

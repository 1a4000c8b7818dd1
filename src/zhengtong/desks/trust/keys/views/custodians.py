"""密钥保管员: the three seats, the ceremony in which they are taken, and who takes over one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.keys import public as keys
from zhengtong.capabilities.keys.public import ASK, KEEP, VIEW, Work
from zhengtong.core.crypto.public import SignerRefused
from zhengtong.desks.trust.keys.assured import ACT, is_assured
from zhengtong.desks.trust.keys.forms import EnrollForm, ReplaceForm
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff


@require_GET
@for_staff(VIEW)
def show_custodians(request: HttpRequest) -> HttpResponse:
    return _show(request, EnrollForm())


def _show(request: HttpRequest, form: EnrollForm, status: int = 200) -> HttpResponse:
    custody, actor = keys.get_custody(), actor_of(request)
    seated = {each.slot: each for each in custody.custodians}
    awaited = {
        each.detail.get("account")
        for each in keys.list_requests()
        if each.work == Work.REPLACE_CUSTODIAN and each.state == "approved"
    }
    may_sit = custody.is_ceremony_open or str(actor.account) in awaited
    context = {
        "custody": custody,
        "seats": [(slot, seated.get(slot)) for slot in range(1, custody.seats + 1)],
        "form": form,
        "may_enroll": actor.has(KEEP) and may_sit and not custody.has(actor.account),
        "may_replace": actor.has(ASK) and not custody.is_ceremony_open,
    }
    if context["may_enroll"]:
        require_assurance(request, ACT)
    return render(request, "trust/keys/custodians.html", context, status=status)


@require_POST
@for_staff(KEEP)
def enroll(request: HttpRequest) -> HttpResponse:
    if not is_assured(request):
        return redirect("trust_desk:custodians")
    form = EnrollForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            slot = keys.enroll_custodian(actor=actor_of(request), secret=given["secret"], code=given["code"])
        except SignerRefused as error:
            name = {"weak_secret": "secret", "wrong_code": "code"}.get(error.code)
            form.add_error(name, str(error))
        else:
            messages.success(request, _("您已登记为第 %(slot)d 席密钥保管员。") % {"slot": slot})
            return redirect("trust_desk:custodians")
    return _show(request, form, 422)


@require_http_methods(["GET", "POST"])
@for_staff(ASK)
def replace(request: HttpRequest, slot: int) -> HttpResponse:
    custody = keys.get_custody()
    leaving = next((each for each in custody.custodians if each.slot == slot), None)
    if leaving is None or custody.is_ceremony_open:
        raise Http404
    candidates = [each for each in keys.list_candidates() if not custody.has(each.staff.account.public_id)]
    if request.method == "POST":
        require_assurance(request, ACT)
    form = ReplaceForm(request.POST or None, candidates=candidates)
    if request.method == "POST" and form.is_valid():
        try:
            number, code = keys.ask_custodians(
                actor=actor_of(request),
                work=Work.REPLACE_CUSTODIAN,
                subject=f"custodian-{slot}",
                reason=form.cleaned_data["reason"],
                successor=form.chosen,
            )
        except SignerRefused as error:
            form.add_error(None, str(error))
        else:
            said = _("已提出申请。接替人登记要用的登记码 %(code)s 只显示这一次，批准后交给接替人。")
            messages.success(request, said % {"code": code})
            return redirect("trust_desk:key_request", number)
    context = {"leaving": leaving, "form": form, "candidates": candidates}
    return render(request, "trust/keys/replace.html", context, status=422 if form.errors else 200)

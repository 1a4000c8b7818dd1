"""我的证书: what one has and applied for; applying, collecting, renewing, giving up. For citizens and for staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.pki import public as pki
from zhengtong.capabilities.pki.public import (
    ApplicationState,
    Certificate,
    CertificateApplication,
    CertificateRefused,
    CertificateState,
)
from zhengtong.desks.trust.certificates.acts import read_upload
from zhengtong.desks.trust.certificates.files import certificate_file
from zhengtong.desks.trust.certificates.forms import CollectForm, OwnApplicationForm, RevokeForm
from zhengtong.desks.trust.certificates.screens import application_tone, certificate_tone
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import paginate

View = Callable[..., HttpResponseBase]
SIZE, MOST_APPLICATIONS = 20, 20
HOME = "trust_desk:own_certificates"


def signed_in(view: View) -> View:
    """Let everybody in who has an account; others are asked to sign in."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor_of(request).kind not in (ActorKind.CITIZEN, ActorKind.STAFF):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return never_cache(wrapped)


@require_safe
@signed_in
def show_own(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = paginate(pki.list_own(actor), request.GET, order=("-id",), size=SIZE)
    waiting = pki.list_own_applications(actor).exclude(state=ApplicationState.ISSUED)[:MOST_APPLICATIONS]
    context = {
        "page": page,
        "rows": [(each, certificate_tone(each)) for each in page.rows],
        "applications": [(each, application_tone(each)) for each in waiting],
        "may_apply": bool(pki.list_for(actor)) and actor.representation is None,
        "is_citizen": actor.kind is ActorKind.CITIZEN,
    }
    return render(request, "trust/certificates/own.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def apply(request: HttpRequest, renews: int | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    old = get_object_or_404(pki.list_own(actor), pk=renews) if renews is not None else None
    capacity = "entity" if actor.legal_entity is not None else "person"
    profiles = [each for each in pki.list_for(actor) if capacity in each.applicants]
    profiles = [each for each in profiles if old is None or each.code == old.profile]
    if not profiles:
        raise Http404
    initial = {"profile": profiles[0].code, "algorithm": old.algorithm if old else "sm2"}
    form = OwnApplicationForm(request.POST or None, request.FILES or None, profiles=profiles, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            content = read_upload(given["request_file"], given["request_text"], "request_file")
            made = pki.apply_for_certificate(
                actor=actor,
                profile=given["profile"],
                algorithm=given["algorithm"],
                request=content,
                reason=given["reason"],
                with_encryption=given["with_encryption"],
                renews=old,
            )
        except CertificateRefused as error:
            field = {"request": "request_text"}.get(error.field, error.field)
            form.add_error(field if field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("申请 %s 已提交，审批后发消息告诉您。") % made.number)
            return redirect(HOME)
    status = 422 if form.errors else 200
    return render(request, "trust/certificates/apply.html", {"form": form, "old": old}, status=status)


def _application(request: HttpRequest, number: str) -> CertificateApplication:
    return get_object_or_404(pki.list_own_applications(actor_of(request)), number=number)


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
@signed_in
def collect(request: HttpRequest, number: str) -> HttpResponseBase:
    application = _application(request, number)
    if application.state not in (ApplicationState.APPROVED, ApplicationState.ISSUED):
        raise Http404
    form = CollectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            collected = pki.collect_certificate(
                actor=actor_of(request), application=application, password=form.cleaned_data["password"]
            )
        except CertificateRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            response = HttpResponse(collected.content, content_type="application/x-pkcs12")
            response.headers["Content-Disposition"] = f'attachment; filename="{application.number}.p12"'
            return response
    context = {
        "form": form,
        "application": application,
        "is_collected": application.state == ApplicationState.ISSUED and not form.errors,
    }
    return render(request, "trust/certificates/collect.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def withdraw(request: HttpRequest, number: str) -> HttpResponseBase:
    try:
        pki.withdraw_application(actor=actor_of(request), application=_application(request, number))
    except CertificateRefused as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("申请已撤回。"))
    return redirect(HOME)


@require_http_methods(["GET", "POST"])
@signed_in
def give_up(request: HttpRequest, certificate_id: int) -> HttpResponseBase:
    certificate = get_object_or_404(pki.list_own(actor_of(request)), pk=certificate_id)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pki.revoke_certificate(actor=actor_of(request), certificate=certificate, **form.cleaned_data)
        except CertificateRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("证书已吊销，马上失效。"))
            return redirect(HOME)
    context = {"form": form, "certificate": certificate, "is_revoked": certificate.state == CertificateState.REVOKED}
    return render(request, "trust/certificates/give_up.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in
def download(request: HttpRequest, certificate_id: int, form: str) -> HttpResponseBase:
    certificate: Certificate = get_object_or_404(
        pki.list_own(actor_of(request)).select_related("authority__parent"), pk=certificate_id
    )
    return certificate_file(certificate, form)

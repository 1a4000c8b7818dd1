"""Acts on the template of a kind of paper: begin, save, send, return, publish, give up, go back to the supplied one."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.core.identity.public import Refused
from zhengtong.core.papers.public import (
    PaperKind,
    TemplateVersion,
    abandon_template,
    get_open,
    publish_template,
    restore_supplied,
    return_template,
    save_template,
    start_template,
    submit_template,
)
from zhengtong.desks.administration.template_pages import OpinionForm, ReasonForm, RestoreForm, of_kind, render_draft
from zhengtong.screens.access import actor_of


def of_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Give the view the open draft of the kind. What is refused is told on the page of the draft, or of the kind."""

    @wraps(view)
    def found(request: HttpRequest, kind: PaperKind) -> HttpResponse:
        draft = get_open(kind.code)
        if draft is None:
            messages.warning(request, _("这份模板已经发布或者放弃，请看最新情况"))
            return redirect("administration:template", kind.code)
        try:
            return view(request, kind, draft)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect("administration:template_draft", kind.code)

    return require_POST(of_kind(found))


def _revision(request: HttpRequest) -> int:
    """Return the count of savings that the page was made from."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else -1


def _valid(form: forms.Form) -> forms.Form:
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refused("form", str(errors[0]), name)
    return form


@require_POST
@of_kind
def start(request: HttpRequest, kind: PaperKind) -> HttpResponse:
    start_template(actor=actor_of(request), kind=kind.code)
    return redirect("administration:template_draft", kind.code)


@require_POST
@of_kind
def restore(request: HttpRequest, kind: PaperKind) -> HttpResponse:
    """Propose to go back to the supplied template."""
    try:
        reason = _valid(RestoreForm(request.POST)).cleaned_data["reason"]
        restore_supplied(actor=actor_of(request), kind=kind.code, reason=reason)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("administration:template", kind.code)
    messages.success(request, _("已送审，另一位审核人发布后恢复系统自带的模板"))
    return redirect("administration:template_draft", kind.code)


@of_draft
def save(request: HttpRequest, kind: PaperKind, draft: TemplateVersion) -> HttpResponse:
    """Keep what was typed; what couldn't be kept isn't lost, it stands in the page."""
    typed = request.POST.get("source", "")
    try:
        save_template(actor=actor_of(request), version_id=draft.pk, revision=_revision(request), source=typed)
    except Refused as refused:
        return render_draft(request, kind, draft, text=typed, problem=str(refused.message))
    messages.success(request, _("已保存"))
    return redirect("administration:template_draft", kind.code)


@of_draft
def submit(request: HttpRequest, kind: PaperKind, draft: TemplateVersion) -> HttpResponse:
    reason = _valid(ReasonForm(request.POST)).cleaned_data["reason"]
    submit_template(actor=actor_of(request), version_id=draft.pk, revision=_revision(request), reason=reason)
    messages.success(request, _("已送审，等另一位审核人审核发布"))
    return redirect("administration:template_draft", kind.code)


@of_draft
def return_draft(request: HttpRequest, kind: PaperKind, draft: TemplateVersion) -> HttpResponse:
    opinion = _valid(OpinionForm(request.POST)).cleaned_data["opinion"]
    return_template(actor=actor_of(request), version_id=draft.pk, revision=_revision(request), opinion=opinion)
    messages.success(request, _("已退回编制人"))
    return redirect("administration:template", kind.code)


@of_draft
def publish(request: HttpRequest, kind: PaperKind, draft: TemplateVersion) -> HttpResponse:
    published = publish_template(actor=actor_of(request), version_id=draft.pk, revision=_revision(request))
    messages.success(request, _("已发布第 %(n)d 版，从现在起制发的文书用它") % {"n": published.number or 0})
    return redirect("administration:template", kind.code)


@of_draft
def abandon(request: HttpRequest, kind: PaperKind, draft: TemplateVersion) -> HttpResponse:
    abandon_template(actor=actor_of(request), version_id=draft.pk, revision=_revision(request))
    messages.success(request, _("已放弃这次修改，现行的模板不变"))
    return redirect("administration:template", kind.code)

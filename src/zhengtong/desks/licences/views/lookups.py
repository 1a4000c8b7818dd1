"""An organ's questions to see licences of others, and what their holders allowed."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from zhengtong.capabilities.cases.public import Unacceptable, say
from zhengtong.capabilities.licences.public import (
    LOOK_UP,
    LicenceLookup,
    LookupState,
    ask_lookup,
    list_lookups,
    open_lookup,
)
from zhengtong.core.files.public import file_response
from zhengtong.core.papers.public import ensure_rendered, get_status
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate


class AskForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("证照编号"), max_length=60)
    holder_number = forms.CharField(
        label=gettext_lazy("持证主体代码"), max_length=30, help_text=gettext_lazy("统一社会信用代码或者公民身份号码")
    )
    purpose = forms.CharField(label=gettext_lazy("用途"), max_length=200, help_text=gettext_lazy("持证主体会看到"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(LOOK_UP)
def list_all(request: HttpRequest) -> HttpResponse:
    """What this organ asked for; and the form to ask for another."""
    actor = actor_of(request)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_lookup(actor=actor, **form.cleaned_data)
        except Unacceptable as error:
            form.add_error(error.field if error.field in form.fields else None, say(error))
        else:
            messages.success(request, _("已发给持证主体，同意后可以查看。"))
            return redirect("licences_desk:lookups")
    page = paginate(list_lookups(actor), request.GET, order=("-id",))
    columns = [
        ("licence", _("证照"), "main"),
        ("purpose", _("用途"), ""),
        ("by", _("申请人"), ""),
        ("state", _("状态"), ""),
        ("ends", _("截止时间"), ""),
    ]
    context = {"form": form, "page": page, "columns": columns, "rows": [_line(each) for each in page.rows]}
    return render(request, "licences_desk/lookups.html", context, status=422 if form.is_bound and form.errors else 200)


def _line(lookup: LicenceLookup) -> dict[str, object]:
    is_over = lookup.ends_at <= timezone.now()
    return {
        "url": reverse("licences_desk:lookup", args=[lookup.pk]) if _is_open(lookup) else "",
        "cells": {
            "licence": f"{lookup.licence.paper.title} {lookup.licence.number}",
            "purpose": lookup.purpose,
            "by": lookup.asked_by.staff.name,
            "state": _("已过期") if is_over else lookup.get_state_display(),
            "ends": cn_datetime(lookup.ends_at),
        },
    }


def _is_open(lookup: LicenceLookup) -> bool:
    return lookup.state == LookupState.ALLOWED and lookup.ends_at > timezone.now()


@require_GET
@for_staff(LOOK_UP)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The licence that its holder lets this organ see; each look is recorded."""
    lookup = get_object_or_404(list_lookups(actor_of(request)), pk=pk)
    try:
        licence = open_lookup(actor=actor_of(request), lookup=lookup)
    except Unacceptable as error:
        messages.error(request, say(error))
        return redirect("licences_desk:lookups")
    context = {"lookup": lookup, "licence": licence, "status": get_status(licence.paper)}
    return render(request, "licences_desk/lookup.html", context)


@require_GET
@for_staff(LOOK_UP)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    lookup = get_object_or_404(list_lookups(actor_of(request)), pk=pk)
    try:
        licence = open_lookup(actor=actor_of(request), lookup=lookup)
    except Unacceptable as error:
        raise Http404 from error
    paper = ensure_rendered(licence.paper)
    assert paper.file is not None  # ensure_rendered gives it one
    return file_response(paper.file, actor=actor_of(request), as_attachment=False)

"""How an entry begins: by hand, or out of a source's table."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.catalogue.public import (
    COMPILE,
    EMPTY,
    get_usable_source,
    list_places,
    list_usable_sources,
    read_place,
    start_entry,
    start_from_place,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.catalogue.forms import HeadForm, NewForm, PlaceForm, text_of
from zhengtong.screens.access import actor_of, for_staff


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(COMPILE)
def begin(request: HttpRequest) -> HttpResponse:
    """The head of a new entry; its items come on the next page."""
    actor = actor_of(request)
    names = [name for name in HeadForm.base_fields if name != "classification"]
    initial = {name: getattr(EMPTY, name) for name in names}
    form = NewForm(request.POST or None, actor=actor, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = start_entry(actor=actor, provider=form.cleaned_data["provider"], text=text_of(form, ()))
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            else:
                messages.success(request, _("已建立草稿，接着填写信息项"))
                return redirect("catalogue_desk:edit", version.pk)
    return render(request, "catalogue_desk/new.html", {"form": form}, status=status)


@require_safe
@for_staff(COMPILE)
def choose_source(request: HttpRequest) -> HttpResponse:
    sources = list(list_usable_sources(actor_of(request))[:200])
    return render(request, "catalogue_desk/sources.html", {"sources": sources})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(COMPILE)
def read_source(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a table of a source; its columns become items, the guessed ones wait to be confirmed."""
    actor = actor_of(request)
    source = get_usable_source(actor, pk)
    if source is None:
        raise Http404
    try:
        places = list_places(source)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("catalogue_desk:sources")
    form = PlaceForm(request.POST or None, places=places)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                version = start_from_place(
                    actor=actor,
                    source=source,
                    table=read_place(source, given["place"]),
                    classification=given["classification"].code,
                    name=given["name"],
                )
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            else:
                messages.success(request, _("已读出各列，请核对推测的内容"))
                return redirect("catalogue_desk:edit", version.pk)
    context = {"form": form, "source": source, "count": len(places)}
    return render(request, "catalogue_desk/read_source.html", context, status=status)

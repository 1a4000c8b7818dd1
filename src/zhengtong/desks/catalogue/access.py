"""Which entry or version a page is about, and what is told when something can't be done."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from zhengtong.capabilities.catalogue.public import VIEW, Resource, ResourceVersion, list_entries, list_versions
from zhengtong.core.identity.public import Refused
from zhengtong.screens.access import actor_of, for_staff

View = Callable[..., HttpResponseBase]


def of_version(view: View) -> View:
    """Give the view the version that its address names; to an outsider it doesn't exist. Refusals go to its page."""

    @wraps(view)
    def found(request: HttpRequest, pk: int, *args: Any, **options: Any) -> HttpResponseBase:
        version: ResourceVersion | None = list_versions(actor_of(request)).filter(pk=pk).first()
        if version is None:
            raise Http404
        try:
            return view(request, version, *args, **options)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect("catalogue_desk:version", version.pk)

    return for_staff(VIEW)(found)


def of_entry(view: View) -> View:
    """Give the view the entry that its address names; to an outsider it doesn't exist. Refusals go to its page."""

    @wraps(view)
    def found(request: HttpRequest, pk: int, *args: Any, **options: Any) -> HttpResponseBase:
        resource: Resource | None = list_entries(actor_of(request)).filter(pk=pk).first()
        if resource is None:
            raise Http404
        try:
            return view(request, resource, *args, **options)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect("catalogue_desk:entry", resource.pk)

    return for_staff(VIEW)(found)


def read_revision(request: HttpRequest) -> int:
    """Return the count of savings that the page was made from; -1 where it can't be read."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1

"""Which draft a page is about, and what is told when something can't be done."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from zhengtong.capabilities.cases.public import ItemDraft, list_drafts
from zhengtong.core.identity.public import Refused
from zhengtong.screens.access import actor_of, for_staff

COMPILE, PUBLISH = "items.compile", "items.publish"
DraftView = Callable[..., HttpResponseBase]


def of_draft(view: DraftView) -> DraftView:
    """Give the view the draft that its address names; to an outsider it doesn't exist.

    What is refused is told on the page of the draft.
    """

    @wraps(view)
    def found(request: HttpRequest, pk: int, *args: Any, **options: Any) -> HttpResponseBase:
        related = ("organisation__region", "item", "standard", "standard_version", "based_on", "submitted_by__staff",
                   "reviewed_by__staff", "started_by__staff")  # fmt: skip
        draft = list_drafts(actor_of(request)).select_related(*related).filter(pk=pk).first()
        if draft is None:
            raise Http404
        try:
            return view(request, draft, *args, **options)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect("items_desk:draft", draft.pk)

    return for_staff(COMPILE)(found)


def read_number(request: HttpRequest, draft: ItemDraft) -> int:
    """Return the count of savings that the page was made from."""
    typed = request.POST.get("number", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1

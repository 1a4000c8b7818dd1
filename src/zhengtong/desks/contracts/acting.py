"""Pages of one act: a form, the service, and its refusals beside what was typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhengtong.core.files.public import UploadRefused
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of

REFUSALS = (Refused, UploadRefused)


@dataclass(frozen=True)
class ActPage:
    """One act on one kind of row: who may and when, what is typed, which service, what is said before and after.

    ``make(actor, row)`` returns what makes the form; ``call(actor, row, given)`` does it.
    """

    code: str
    title: Text
    is_for: Callable[[Actor, Any], bool]
    make: Callable[[Actor, Any], Callable[..., forms.Form]]
    call: Callable[[Actor, Any, dict[str, Any]], object]
    done: Text
    lead: Text = ""
    is_grave: bool = False


def add_refusal(form: forms.Form, error: Exception) -> None:
    """Put a refusal beside its field, or above the form."""
    name = getattr(error, "field", "")
    said = str(getattr(error, "message", "") or error)
    form.add_error(name if name in form.fields else None, said)


def offer(actor: Actor, row: Any, acts: Sequence[ActPage], url: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the acts that the reader may do now, with their addresses: the first is the main one."""
    return [
        {"title": act.title, "url": url(act.code), "is_grave": act.is_grave} for act in acts if act.is_for(actor, row)
    ]


def show_act(
    request: HttpRequest, *, acts: Sequence[ActPage], code: str, row: Any, back: str, subject: str
) -> HttpResponse:
    """Show the page of an act, or do it. Raises Http404 for one that isn't there."""
    act = next((each for each in acts if each.code == code), None)
    if act is None:
        raise Http404
    actor, is_sent = actor_of(request), request.method == "POST"
    if not is_sent and not act.is_for(actor, row):
        return redirect(back)
    form = act.make(actor, row)(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            act.call(actor, row, form.cleaned_data)
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            messages.success(request, str(act.done))
            return redirect(back)
    context = {"act": act, "form": form, "back": back, "subject": subject}
    return render(request, "contracts_desk/act.html", context, status=422 if form.errors else 200)

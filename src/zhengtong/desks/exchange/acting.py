"""Pages of one act: a form, the service, and its refusals beside what was typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhengtong.core.identity.public import Refused
from zhengtong.desks.exchange.forms import ConfirmForm
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of


@dataclass(frozen=True)
class ActPage:
    """One act on one kind of row: for which rows and whom, which service, what is said before and after."""

    code: str
    title: Text
    service: Callable[..., Any]
    row: str
    is_for: Callable[[Actor, Any], bool]
    done: Text
    form: Callable[..., forms.Form] = ConfirmForm
    lead: Text = ""
    is_grave: bool = False


def offer(actor: Actor, row: Any, acts: Sequence[ActPage], url: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the acts that the reader may do now, with their addresses: the first is the main one."""
    found = [act for act in acts if act.is_for(actor, row)]
    return [{"title": act.title, "url": url(act.code), "is_grave": act.is_grave} for act in found]


def add_refusal(form: forms.Form, error: Refused) -> None:
    """Put a refusal beside its field, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))


def show_act(
    request: HttpRequest, *, acts: Sequence[ActPage], code: str, row: Any, back: str, subject: str
) -> HttpResponse:
    """Show the page of an act, or do it. Raises Http404 for one that isn't there."""
    act = next((each for each in acts if each.code == code), None)
    if act is None:
        raise Http404
    actor, is_sent = actor_of(request), request.method == "POST"
    form = act.form(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            act.service(actor=actor, **{act.row: row}, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, str(act.done))
            return redirect(back)
    if not is_sent and not act.is_for(actor, row):
        return redirect(back)
    context = {"act": act, "form": form, "back": back, "subject": subject}
    return render(request, "exchange_desk/act.html", context, status=422 if form.errors else 200)

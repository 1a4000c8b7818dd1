"""Pages of one act: a form, the service, and its refusals beside what was typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhengtong.capabilities.seals.public import SealingRefused
from zhengtong.core.crypto.public import SignerRefused
from zhengtong.core.files.public import UploadRefused
from zhengtong.core.identity.public import Refused
from zhengtong.desks.seals.forms import ConfirmForm
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.access import actor_of

REFUSALS = (Refused, SealingRefused, SignerRefused, UploadRefused)


@dataclass(frozen=True)
class ActPage:
    """One act on one kind of row: who may, when, what is typed, which service, what is said before and after."""

    code: str
    title: Text
    permission: str
    service: Callable[..., Any]
    row: str
    states: Sequence[str]
    done: Text
    form: Callable[..., forms.Form] = ConfirmForm
    lead: Text = ""
    is_grave: bool = False
    # For these a person may have to prove anew who she is, by the policy of her role.
    is_assured: bool = False
    make_form: Callable[[Any], Callable[..., forms.Form]] | None = None
    initial: Callable[[Any], dict[str, Any]] = field(default=lambda _row: {})

    def is_for(self, actor: Actor, row: Model, state: str) -> bool:
        return state in self.states and can(actor, self.permission, row)


def add_refusal(form: forms.Form, error: Exception) -> None:
    """Put a refusal beside its field, or above the form."""
    name = getattr(error, "field", "")
    said = str(getattr(error, "message", "") or error)
    form.add_error(name if name in form.fields else None, said)


def offer(
    actor: Actor, row: Model, state: str, acts: Sequence[ActPage], url: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Return the acts that the reader may do now, with their addresses: the first is the main one."""
    found = [act for act in acts if act.is_for(actor, row, state)]
    return [{"title": act.title, "url": url(act.code), "is_grave": act.is_grave} for act in found]


def show_act(
    request: HttpRequest, *, acts: Sequence[ActPage], code: str, row: Any, state: str, back: str, subject: str
) -> HttpResponse:
    """Show the page of an act, or do it. Raises Http404 for one that isn't there."""
    act = next((each for each in acts if each.code == code), None)
    if act is None:
        raise Http404
    actor = actor_of(request)
    if act.is_assured:
        require_assurance(request, "seal")
    make = act.make_form(row) if act.make_form else act.form
    is_sent = request.method == "POST"
    form = make(request.POST if is_sent else None, initial=act.initial(row))
    if is_sent and form.is_valid():
        try:
            act.service(actor=actor, **{act.row: row}, **form.cleaned_data)
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            messages.success(request, str(act.done))
            return redirect(back)
    if not is_sent and not act.is_for(actor, row, state):
        return redirect(back)
    context = {"act": act, "form": form, "back": back, "subject": subject}
    return render(request, "seals_desk/act.html", context, status=422 if form.errors else 200)


def url_of(name: str, *parts: Any) -> Callable[[str], str]:
    """Return what makes an act's address."""
    return lambda code: reverse(f"seals_desk:{name}", args=[*parts, code])

"""Pages of one act: a form, the service, and its refusals beside what was typed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhengtong.capabilities.sources.public import SourceError
from zhengtong.core.crypto.public import SignerRefused
from zhengtong.core.identity.public import Refused
from zhengtong.desks.nodes.forms import ConfirmForm
from zhengtong.kernel.modules import Text

REFUSALS = (Refused, SignerRefused, SourceError)


@dataclass(frozen=True)
class ActPage:
    """One act: who may, when, what is typed, which service, what is said before and after."""

    code: str
    title: Text
    permission: str
    when: Callable[[Any], bool]
    service: Callable[..., Any]
    done: Text
    form: Callable[..., forms.Form] = ConfirmForm
    lead: Text = ""
    is_grave: bool = False


def add_refusal(form: forms.Form, error: Exception) -> None:
    """Put a refusal beside its field, or above the form."""
    name = getattr(error, "field", "")
    form.add_error(name if name in form.fields else None, str(getattr(error, "message", "") or error))


def show_form(
    request: HttpRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    title: Text,
    done: Text,
    back: str,
    subject: str = "",
    button: Text = "",
    lead: Text = "",
    to: str = "",
    is_grave: bool = False,
    is_file: bool = False,
) -> HttpResponse:
    """Show a form, or do what it is for and go on ``to`` (``back`` when nothing is named)."""
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            messages.success(request, str(done))
            return redirect(to or back)
    context = {
        "form": form,
        "title": title,
        "button": button or title,
        "lead": lead,
        "back": back,
        "subject": subject,
        "is_grave": is_grave,
        "is_file": is_file,
    }
    return render(request, "nodes_desk/form.html", context, status=422 if form.errors else 200)

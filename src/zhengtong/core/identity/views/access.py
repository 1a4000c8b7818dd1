"""What the account's pages share: who may open them, where to go on to, how a refusal is said."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from zhengtong.core.identity import forms, services
from zhengtong.core.identity.domain import InvalidIdentifier
from zhengtong.core.identity.models import Account, AccountKind

View = Callable[..., HttpResponse]
NEXT = "next"


def signed_in(view: View) -> View:
    """Only for people who are signed in; never kept by the browser, so that going back shows nothing afterwards."""
    return never_cache(login_required(view))


def citizens_only(view: View) -> View:
    """For citizens; to staff the page doesn't exist. Passes the citizen on."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = request.user
        if not isinstance(account, Account) or account.kind != AccountKind.CITIZEN:
            raise Http404
        return view(request, account.citizen, *args, **kwargs)

    return signed_in(wrapped)


def get_account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def next_or(request: HttpRequest, name: str) -> HttpResponse:
    """Go to the address that the request asks to go to next, when it is one of ours; else to ``name``."""
    return redirect(get_next_redirect_url(request, NEXT) or reverse(name))


def explain(form: Form, error: services.Refused | InvalidIdentifier, field: str = "") -> None:
    if isinstance(error, InvalidIdentifier):
        form.add_error(field, forms.in_words(error))
    else:
        form.add_error(error.field or None, str(error.message))


def read_number(text: str | None) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Http404
    return int(text)

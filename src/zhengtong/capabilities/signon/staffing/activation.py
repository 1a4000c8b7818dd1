"""A new account is opened by its owner: a link that works once, for a week, leads to setting a password."""

import secrets
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.signon.applications.authorizations import hash_of
from zhengtong.capabilities.signon.staffing.models import Activation
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, Refused
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of

LASTS = timedelta(days=7)
LONGEST_PASSWORD = 128


@transaction.atomic
def make_activation(*, actor: Actor, account: Account) -> tuple[str, datetime]:
    """Return the address that opens ``account``, and until when; an earlier one stops working."""
    now, code = timezone.now(), secrets.token_urlsafe(24)
    Activation.objects.filter(account=account, used_at=None, expires_at__gt=now).update(expires_at=now)
    made = Activation.objects.create(account=account, code_hash=hash_of(code), made_at=now, expires_at=now + LASTS)
    record(actor, "signon.activation_made", account, after={"expires_at": made.expires_at})
    return settings.PUBLIC_URL + reverse("signon:activate", args=[code]), made.expires_at


@transaction.atomic
def activate(*, actor: Actor, code: str, password: str) -> Account:
    """Set the first password of an account. Raises Refused: the link was used, is too old, or never was one."""
    found = Activation.objects.select_for_update(of=("self",)).select_related("account").filter(code_hash=hash_of(code))
    activation = found.first()
    if activation is None or activation.used_at or activation.expires_at <= timezone.now():
        raise Refused("activation", gettext("这个链接已经用过或者过期，请向本单位的人事或账号管理员要一个新的"))
    if not activation.account.is_active:
        raise Refused("closed", gettext("这个账号已经停用，请联系本单位的账号管理员"))
    activation.used_at = timezone.now()
    activation.save(update_fields=["used_at"])
    account = activation.account
    account.set_password(password)
    account.save(update_fields=["password"])
    record(actor, "signon.account_activated", account)
    return account


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("设置密码"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=_("至少 8 位，不能全是数字，也不要用常见的密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("请填写密码")},
    )
    again = forms.CharField(
        label=_("再输入一次"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("请再输入一次密码")},
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def clean(self) -> None:
        typed = self.cleaned_data
        if typed.get("password") and typed.get("again") and typed["password"] != typed["again"]:
            self.add_error("again", gettext("两次输入的密码不一样"))


@require_http_methods(["GET", "POST"])
@never_cache
def show_activation(request: HttpRequest, code: str) -> HttpResponse:
    """Let a new member of staff set her password; looking at the page uses nothing up."""
    known = Activation.objects.filter(code_hash=hash_of(code), used_at=None, expires_at__gt=timezone.now())
    activation = known.select_related("account__staff").first()
    if activation is None:
        return render(request, "signon/activation_over.html", status=404)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            activate(actor=actor_of(request), code=code, password=form.cleaned_data["password"])
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            return redirect(settings.LOGIN_URL)
    return render(request, "signon/activation.html", {"form": form, "account": activation.account})

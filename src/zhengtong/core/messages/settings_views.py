"""A person's settings: which notices by text and by e-mail, and where her e-mail goes."""

from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.core.identity.public import Account, AccountKind, Refused
from zhengtong.core.messages import choices
from zhengtong.core.messages.services import send_message
from zhengtong.kernel.policy import Actor

View = Callable[[HttpRequest, Account, Actor], HttpResponse]


class MailForm(forms.Form):
    """Where e-mail should go; what is wrong with it the service says."""

    address = forms.CharField(
        label=gettext_lazy("电子邮箱"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("请填写邮箱")},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("邮件里的验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": gettext_lazy("请填写 6 位验证码")},
    )


def of_herself(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """For citizens, as themselves; to staff the page doesn't exist: their messages are within the platform."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        account = request.user
        if not isinstance(account, Account) or account.kind != AccountKind.CITIZEN:
            raise Http404
        actor: Actor = request.actor  # type: ignore[attr-defined]  # put there by identity's middleware
        return view(request, account, actor)

    return never_cache(login_required(wrapped))


@require_http_methods(["GET", "POST"])
@of_herself
def edit_settings(request: HttpRequest, account: Account, actor: Actor) -> HttpResponse:
    if request.method == "POST":
        wanted = [
            (topic, channel)
            for topic, at, channel in (each.partition(":") for each in request.POST.getlist("wanted")[:100])
            if at
        ]
        choices.choose_notices(actor=actor, account=account, wanted=wanted)
        messages.success(request, _("通知方式已保存"))
        return redirect("messages:settings")
    return _render(request, account)


@require_http_methods(["GET", "POST"])
@of_herself
def edit_mail(request: HttpRequest, account: Account, actor: Actor) -> HttpResponse:
    """Enter an address, for which a code is sent; or enter the code."""
    if request.method != "POST":
        return redirect("messages:settings")
    if limited := ratelimit.consume_or_429(request, action="mail_code", user=request.user):
        return limited
    is_code = "code" in request.POST
    form: forms.Form = CodeForm(request.POST) if is_code else MailForm(request.POST)
    if form.is_valid():
        try:
            if is_code:
                choices.verify_mail_address(actor=actor, account=account, code=form.cleaned_data["code"])
                messages.success(request, _("邮箱已核验，以后的通知会同时发到邮箱"))
            else:
                kept, code = choices.set_mail_address(
                    actor=actor, account=account, address=form.cleaned_data["address"]
                )
                context = {"code": code, "minutes": choices.CODE_MINUTES}
                send_message(
                    actor=actor, recipient=None, template="messages.mail_code", context=context, mail=kept.address
                )
                messages.info(request, _("验证码已发到邮箱，请在下面填写"))
            return redirect("messages:settings")
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
    return _render(request, account, form, 422)


@require_POST
@of_herself
def remove_mail(request: HttpRequest, account: Account, actor: Actor) -> HttpResponse:
    choices.drop_mail_address(actor=actor, account=account)
    messages.success(request, _("邮箱已删除，以后不再发邮件"))
    return redirect("messages:settings")


def _render(
    request: HttpRequest, account: Account, refused: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "choices": choices.list_choices(account),
        "mail": choices.get_mail_address(account),
        "mail_form": refused if isinstance(refused, MailForm) else MailForm(),
        "code_form": refused if isinstance(refused, CodeForm) else CodeForm(),
        "refused_form": refused,
    }
    return render(request, "messaging/settings.html", context, status=status)

"""An operator types in what somebody says on the phone or at the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.letters.public import ACCEPT, LetterRefused, record_letter
from zhengtong.desks.letters.forms import IntakeForm
from zhengtong.screens.access import actor_of, for_staff


@require_http_methods(["GET", "POST"])
@for_staff(ACCEPT)
def record(request: HttpRequest) -> HttpResponse:
    form = IntakeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            letter, code = record_letter(actor=actor_of(request), channel=given.pop("channel"), **given)
        except LetterRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            told = _("已登记 %(number)s。请把编号和查询码 %(code)s 告诉来信人，查询码只显示这一次。")
            messages.success(request, told % {"number": letter.number, "code": code})
            return redirect("letters_desk:case", letter.number)
    return render(request, "letters_desk/new.html", {"form": form}, status=422 if form.errors else 200)

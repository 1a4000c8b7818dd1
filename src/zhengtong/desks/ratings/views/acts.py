"""The steps: contact, rectify, verify or send back. A form each; what is wrong stands next to its field."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.letters.public import redact_text
from zhengtong.capabilities.ratings import public as ratings
from zhengtong.capabilities.ratings.public import FollowUp, StaleFollowUp
from zhengtong.core.identity.public import Refused
from zhengtong.desks.ratings.forms import ContactForm, RectifyForm, ReturnForm, StepForm, VerifyForm
from zhengtong.desks.ratings.views.desk import find_follow_up, render_follow_up, say_stars
from zhengtong.screens.access import actor_of, for_staff


def _perform(
    request: HttpRequest,
    public_id: UUID,
    form_class: type[StepForm],
    service: Callable[..., FollowUp],
    title: str,
    done: str,
    initial: Callable[[FollowUp], dict[str, Any]] = lambda _follow_up: {},
) -> HttpResponse:
    follow_up = find_follow_up(request, public_id)
    if request.method != "POST":
        form: forms.Form = form_class(initial={"version": follow_up.version, **initial(follow_up)})
        return _ask(request, follow_up, form, title)
    form = form_class(request.POST)
    if not form.is_valid():
        return _ask(request, follow_up, form, title, 422)
    try:
        service(actor=actor_of(request), follow_up_id=follow_up.pk, **form.cleaned_data)
    except StaleFollowUp as error:
        return render_follow_up(request, find_follow_up(request, public_id), str(error.message), 409)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _ask(request, follow_up, form, title, 422)
    messages.success(request, done)
    return redirect("ratings_desk:follow_up", public_id)


def _ask(request: HttpRequest, follow_up: FollowUp, form: forms.Form, title: str, status: int = 200) -> HttpResponse:
    context = {
        "follow_up": follow_up,
        "case": follow_up.case,
        "form": form,
        "title": title,
        "first": say_stars(follow_up.appraisal.score),
    }
    return render(request, "ratings_desk/act.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_staff(ratings.HANDLE)
def contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _perform(request, public_id, ContactForm, ratings.note_contact, _("登记联系情况"), _("联系情况已登记"))


@require_http_methods(["GET", "POST"])
@for_staff(ratings.HANDLE)
def put_right(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _perform(
        request, public_id, RectifyForm, ratings.rectify, _("填写整改和答复"), _("已提交核实，并请评价人再评价一次")
    )


@require_http_methods(["GET", "POST"])
@for_staff(ratings.VERIFY)
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _perform(
        request, public_id, VerifyForm, ratings.verify, _("核实并办结"), _("差评整改已办结"), _propose_publication
    )


def _propose_publication(follow_up: FollowUp) -> dict[str, Any]:
    """Return comment and reply without what identifies a person; whoever verifies looks at them again."""
    case = follow_up.case
    known = [each for each in (case.applicant_name, case.applicant_phone) if each]
    return {
        "is_satisfied": "" if follow_up.is_satisfied is None else "yes" if follow_up.is_satisfied else "no",
        "public_comment": redact_text(follow_up.appraisal.comment, known),
        "public_reply": redact_text(follow_up.reply, known),
    }


@require_http_methods(["GET", "POST"])
@for_staff(ratings.VERIFY)
def send_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _perform(
        request, public_id, ReturnForm, ratings.return_to_office, _("退回重新整改"), _("已退回承办单位重新整改")
    )

"""Surveys as the public meets them: taken once with an account, their results when they have ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import LetterRefused
from zhengtong.desks.letters.views.results import show_results
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip


@require_safe
def list_all(request: HttpRequest) -> HttpResponse:
    page = paginate(letters.list_surveys(), request.GET, order=("-closes_at", "-id"), size=20)
    rows = [
        (each, chip(_("进行中"), "info") if letters.is_open(each) else chip(_("已结束"), "neutral"))
        for each in page.rows
    ]
    return render(request, "letters_desk/public_surveys.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_survey(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    survey = letters.list_surveys().filter(public_id=public_id).first()
    if survey is None:
        raise Http404
    actor = actor_of(request)
    errors: dict[str, str] = {}
    questions = list(survey.questions.all())
    given: dict[int, Any] = {each.pk: request.POST.getlist(f"q{each.pk}")[:40] for each in questions}
    if request.method == "POST":
        if actor.kind is ActorKind.ANONYMOUS:
            return redirect_to_login(request.get_full_path())
        if actor.kind is not ActorKind.CITIZEN:
            messages.error(request, _("工作人员账号不能填写，请用个人账号登录。"))
            return redirect("letters_desk:survey", survey.public_id)
        try:
            letters.take_survey(actor=actor, survey=survey, answers=given)
        except LetterRefused as error:
            errors[error.field or f"q{questions[0].pk}"] = str(error)
        else:
            messages.success(request, _("谢谢您的参与，结束以后在这里公布结果。"))
            return redirect("letters_desk:survey", survey.public_id)
    is_ended = survey.closes_at <= timezone.now()
    context: dict[str, Any] = {
        "survey": survey,
        "is_open": letters.is_open(survey),
        "is_ended": is_ended,
        "has_taken": letters.has_taken(actor, survey),
        "is_citizen": actor.kind is ActorKind.CITIZEN,
        "questions": [
            (question, f"q{question.pk}", errors.get(f"q{question.pk}", ""), given[question.pk])
            for question in questions
        ],
        "errors": [(f"q{number}", text) for number, text in ((key[1:], text) for key, text in errors.items())],
        "scores": ["5", "4", "3", "2", "1"],
    }
    if is_ended:
        context |= show_results(survey)
    return render(request, "letters_desk/survey.html", context, status=422 if errors else 200)

"""Surveys at the desk: put together, published, ended, concluded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import SURVEY, LetterRefused, Survey, SurveyState
from zhengtong.desks.letters.forms import ConclusionForm, QuestionForm, SurveyForm
from zhengtong.desks.letters.views.results import show_results
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip


def find_survey(request: HttpRequest, public_id: UUID) -> Survey:
    survey = letters.list_office_surveys(actor_of(request)).filter(public_id=public_id).first()
    if survey is None:
        raise Http404
    return survey


def phase(survey: Survey) -> tuple[str, str]:
    """Return what a survey is doing in a word, and its tone."""
    now = timezone.now()
    if survey.state == SurveyState.DRAFT:
        return _("编制中"), "neutral"
    if now < survey.opens_at:
        return _("未开始"), "paused"
    return (_("进行中"), "info") if now < survey.closes_at else (_("已结束"), "success")


@require_GET
@for_staff(SURVEY)
def list_all(request: HttpRequest) -> HttpResponse:
    page = paginate(letters.list_office_surveys(actor_of(request)), request.GET, order=("-id",))
    context = {
        "page": page,
        "columns": [
            ("title", _("标题"), "main"),
            ("kind", _("形式")),
            ("organisation", _("主办单位")),
            ("state", _("状态")),
            ("closes", _("结束"), "nowrap"),
        ],
        "rows": [
            {
                "url": reverse("letters_desk:desk_survey", args=[survey.public_id]),
                "key": survey.pk,
                "cells": {
                    "title": survey.title,
                    "kind": survey.get_kind_display(),
                    "organisation": survey.organisation.name,
                    "state": chip(*phase(survey)),
                    "closes": cn_datetime(survey.closes_at),
                },
            }
            for survey in page.rows
        ],
    }
    return render(request, "letters_desk/surveys.html", context)


@require_http_methods(["GET", "POST"])
@for_staff(SURVEY)
def create(request: HttpRequest) -> HttpResponse:
    form = SurveyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            survey = letters.create_survey(actor=actor_of(request), **form.cleaned_data)
        except LetterRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("letters_desk:desk_survey", survey.public_id)
    context = {"form": form, "title": _("新建调查征集"), "back": reverse("letters_desk:desk_surveys")}
    return render(request, "letters_desk/survey_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_staff(SURVEY)
def amend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    survey = find_survey(request, public_id)
    initial = {name: getattr(survey, name) for name in ("kind", "title", "lead")}
    initial |= {name: timezone.localtime(getattr(survey, name)) for name in ("opens_at", "closes_at")}
    form = SurveyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            letters.amend_survey(actor=actor_of(request), survey=survey, **form.cleaned_data)
        except LetterRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("letters_desk:desk_survey", survey.public_id)
    back = reverse("letters_desk:desk_survey", args=[survey.public_id])
    context = {"form": form, "title": _("修改调查征集"), "back": back}
    return render(request, "letters_desk/survey_form.html", context, status=422 if form.errors else 200)


def _render(request: HttpRequest, survey: Survey, form: QuestionForm | None = None, status: int = 200) -> HttpResponse:
    is_ended = survey.state == SurveyState.PUBLISHED and survey.closes_at <= timezone.now()
    context: dict[str, Any] = {
        "survey": survey,
        "phase": chip(*phase(survey)),
        "is_draft": survey.state == SurveyState.DRAFT,
        "is_running": letters.is_open(survey),
        "is_ended": is_ended,
        "questions": survey.questions.all(),
        "form": form or QuestionForm(),
        "conclusion_form": ConclusionForm(initial={"conclusion": survey.conclusion}),
        "summary": [
            (_("形式"), survey.get_kind_display()),
            (_("主办单位"), survey.organisation.name),
            (_("开始"), cn_datetime(survey.opens_at)),
            (_("结束"), cn_datetime(survey.closes_at)),
        ],
    }
    if is_ended:
        context |= show_results(survey)
    return render(request, "letters_desk/desk_survey.html", context, status=status)


@require_GET
@for_staff(SURVEY)
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _render(request, find_survey(request, public_id))


@require_POST
@for_staff(SURVEY)
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    survey = find_survey(request, public_id)
    form = QuestionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            letters.add_question(
                actor=actor_of(request),
                survey=survey,
                kind=given["kind"],
                text=given["text"],
                choices=given["choices"].splitlines(),
                is_required=given["is_required"],
            )
        except LetterRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("letters_desk:desk_survey", survey.public_id)
    return _render(request, survey, form, 422)


@require_POST
@for_staff(SURVEY)
def act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish, end, conclude; take a question out or move it up."""
    survey, actor, given = find_survey(request, public_id), actor_of(request), request.POST
    number = given.get("question", "")
    question = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    try:
        match given.get("act"):
            case "publish":
                letters.publish_survey(actor=actor, survey=survey)
                messages.success(request, _("已发布"))
            case "end":
                letters.end_survey(actor=actor, survey=survey)
                messages.success(request, _("已结束，结果已公布"))
            case "conclude":
                conclusion = given.get("conclusion", "")
                letters.conclude_survey(actor=actor, survey=survey, conclusion=conclusion)
                messages.success(request, _("已公布采纳情况"))
            case "remove":
                letters.remove_question(actor=actor, survey=survey, question_id=question)
            case "move":
                letters.move_question(actor=actor, survey=survey, question_id=question)
    except LetterRefused as error:
        messages.error(request, str(error))
    return redirect("letters_desk:desk_survey", survey.public_id)

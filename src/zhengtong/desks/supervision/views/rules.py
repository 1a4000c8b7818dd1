"""Rules of supervision: the list, one with its versions and failures, writing one with a check, the test bench."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.cases.public import RuleBroken, Unacceptable, say
from zhengtong.capabilities.supervision.public import (
    NAMES,
    SECTIONS,
    Level,
    RuleText,
    RuleVersion,
    SupervisionRule,
    Told,
    Trial,
    begin_trial,
    count_cards_by_rule,
    get_trial,
    list_all_rules,
    list_trials,
    publish_rule,
    read_condition,
    switch_rule,
)
from zhengtong.desks.supervision.rule_forms import RuleForm, TrialForm
from zhengtong.desks.supervision.views.cards import TONES
from zhengtong.kernel.expressions import ExpressionError
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.templatetags.look import chip

WATCH, COMPILE = "supervision.watch", "supervision.compile_rule"
UNPROCESSABLE = 422
YEAR = timedelta(days=365)


@require_GET
@for_staff(WATCH)
def show_rules(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    counted = count_cards_by_rule(timezone.localdate() - YEAR, sorted(actor.reach(WATCH)))
    current = {version.rule_id: version for version in RuleVersion.objects.order_by("number")}
    rows = []
    for rule in list_all_rules():
        version, found = current[rule.pk], counted.get(rule.pk, {"cards": 0, "cancelled": 0})
        rows.append(
            {
                "url": reverse("supervision:rule", args=[rule.code]),
                "key": rule.code,
                "label": rule.name,
                "cells": {
                    "name": rule.name,
                    "level": chip(version.get_level_display(), tone=TONES[Level(version.level)]),
                    "points": f"{version.points.normalize():f}",
                    "version": version.number,
                    "cards": found["cards"],
                    "cancelled": found["cancelled"],
                    "failures": rule.stumbled or 0,  # type: ignore[attr-defined]  # annotated by the selector
                    "state": chip(_("启用"), tone="success") if rule.is_enabled else chip(_("停用")),
                },
            }
        )
    columns = [
        ("name", _("规则"), "main"),
        ("level", _("亮牌"), "nowrap"),
        ("points", _("扣分"), "number"),
        ("version", _("版本"), "number"),
        ("cards", _("一年内亮牌"), "number"),
        ("cancelled", _("其中撤销"), "number"),
        ("failures", _("算不出来"), "number"),
        ("state", _("状态"), "nowrap"),
    ]
    context = {"rows": rows, "columns": columns, "may_compile": actor.has(COMPILE)}
    return render(request, "supervision/rules.html", context)


def _find(code: str) -> SupervisionRule:
    rule = SupervisionRule.objects.filter(code=code).first()
    if rule is None:
        raise Http404
    return rule


@require_http_methods(["GET", "POST"])
@for_staff(WATCH)
def show_rule(request: HttpRequest, code: str) -> HttpResponseBase:
    """One rule: its current text to change, its versions, what it couldn't answer."""
    actor, rule = actor_of(request), _find(code)
    versions = list(rule.versions.select_related("published_by__staff").order_by("-number"))
    current = versions[0]
    initial = {name: getattr(current, name) for name in ("expression", "level", "points", "tells", "legal_note")} | {
        "name": rule.name,
        "based_on": current.number,
        "effective_from": timezone.localdate(),
    }
    if request.method == "POST" and not actor.has(COMPILE):
        raise Http404
    form = RuleForm(
        request.POST or None,
        initial=initial,
        check_url=reverse("supervision:rule_check"),
        code=rule.code,
        is_lamp=bool(rule.lamp),
    )
    if request.method == "POST" and form.is_valid() and _publish(request, form, rule.code, current):
        return redirect("supervision:rule", rule.code)
    draft = request.POST.get("expression") or current.expression
    context = {
        "rule": rule,
        "current": current,
        "level": chip(current.get_level_display(), tone=TONES[Level(current.level)]),
        "tells": "、".join(str(Told(each).label) for each in current.tells) or "—",
        "versions": versions,
        "failures": [
            (failure, reverse("supervision:case", args=[failure.case.number]) if failure.case.number else "")
            for version in versions
            for failure in version.stumbles.select_related("case")[:20]
        ],
        "failed": sum(version.failures for version in versions),
        "form": form,
        "trial": TrialForm(initial={"expression": draft, "code": rule.code}),
        "may_compile": actor.has(COMPILE),
        "cards_url": f"{reverse('supervision:cards')}?rule={rule.code}",
        **_names(),
    }
    return render(request, "supervision/rule.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def write_rule(request: HttpRequest) -> HttpResponseBase:
    """A new rule."""
    form = RuleForm(request.POST or None, check_url=reverse("supervision:rule_check"))
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if _publish(request, form, code, None):
            return redirect("supervision:rule", code)
    context = {
        "form": form,
        "trial": TrialForm(initial={"expression": request.POST.get("expression", "")}),
        "may_compile": True,
        **_names(),
    }
    return render(request, "supervision/rule_new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _publish(request: HttpRequest, form: RuleForm, code: str, current: RuleVersion | None) -> bool:
    given = form.cleaned_data
    text = RuleText(
        expression=given.get("expression") or (current.expression if current else ""),
        level=given.get("level") or (current.level if current else ""),
        points=Decimal(given["points"]),
        tells=given["tells"],
        legal_note=given["legal_note"],
        effective_from=given["effective_from"],
        reason=given["reason"],
    )
    try:
        version = publish_rule(
            actor=actor_of(request),
            code=code,
            name=given["name"],
            text=text,
            based_on=given["based_on"],
            accepts_failures=given.get("accepts_failures", False),
        )
    except RuleBroken as error:
        name = error.field if isinstance(error, Unacceptable) else ""
        form.add_error(name if name in form.fields else None, say(error))
        return False
    messages.success(request, _("已发布第%(number)d版") % {"number": version.number})
    return True


def _names() -> dict[str, Any]:
    return {
        "sections": [
            (title, [name for name in NAMES.values() if name.section == section]) for section, title in SECTIONS.items()
        ]
    }


@require_POST
@for_staff(COMPILE)
def check(request: HttpRequest) -> HttpResponse:
    """What a draft means, while it is typed: which names it asks for and when it is judged, or what is wrong."""
    context: dict[str, Any] = {}
    try:
        condition = read_condition(request.POST.get("expression", ""))
    except ExpressionError as error:
        context["problem"] = str(error)
    else:
        acts = NAMES["event.act"].choices or {}
        context["names"] = [(name.code, name.title) for name in condition.names]
        context["is_of_clock"] = condition.is_of_clock
        context["is_always"] = condition.acts is None
        context["acts"] = [str(acts.get(act, act)) for act in sorted(condition.acts or ())]
    return render(request, "supervision/rule_check.html", context)


@require_POST
@for_staff(COMPILE)
def switch(request: HttpRequest, code: str) -> HttpResponseBase:
    on = request.POST.get("on") == "1"
    try:
        rule = switch_rule(actor=actor_of(request), code=code, is_enabled=on)
    except RuleBroken:
        raise Http404 from None
    said = _("已启用“%(name)s”") if on else _("已停用“%(name)s”")
    messages.success(request, said % {"name": rule.name})
    return redirect("supervision:rule", code)


# The test bench


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def show_trials(request: HttpRequest) -> HttpResponseBase:
    """Begin a trial; one's own last ones."""
    is_draft = "draft" in request.POST  # on its way from the page on which the rule is written
    given = {"expression": request.POST.get("expression", ""), "code": request.POST.get("code", "")}
    form = TrialForm(initial=given) if is_draft or request.method == "GET" else TrialForm(request.POST)
    if request.method == "POST" and not is_draft and form.is_valid():
        try:
            trial = begin_trial(actor=actor_of(request), **form.cleaned_data)
        except RuleBroken as error:
            name = error.field if isinstance(error, Unacceptable) else ""
            form.add_error(name if name in ("first", "last", "sample") else None, say(error))
        else:
            return redirect("supervision:trial", trial.pk)
    context = {"form": form, "trials": list(list_trials(actor_of(request)))}
    return render(request, "supervision/trials.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_GET
@for_staff(COMPILE)
def show_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a trial is and what it has hit; asked for again by the page while it runs."""
    trial = get_trial(actor_of(request), pk)
    if trial is None:
        raise Http404
    context = {"trial": trial, "percent": _percent(trial), "hits": _hits(trial), "stumbles": trial.stumbles}
    template = "supervision/trial_body.html" if request.GET.get("part") else "supervision/trial.html"
    return render(request, template, context)


def _percent(trial: Trial) -> int:
    return trial.done * 100 // trial.total if trial.total else (100 if trial.finished_at else 0)


def _hits(trial: Trial) -> list[dict[str, Any]]:
    return [
        {
            **hit,
            "at": parse_datetime(hit["at"]),
            "url": reverse("supervision:case", args=[hit["number"]]),
            "values": [(str(NAMES[code].title) if code in NAMES else code, v) for code, v in hit["values"].items()],
        }
        for hit in trial.examples
    ]

"""Pages of the templates of papers: every kind, its versions, the text being edited beside its preview."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from zhengtong.core.identity.public import Refused
from zhengtong.core.papers.public import (
    FontsMissing,
    Paper,
    PaperKind,
    SetPaper,
    TemplateFault,
    TemplateStatus,
    TemplateVersion,
    compare_lines,
    get_open,
    list_kinds,
    list_trials,
    list_versions,
    preview_template,
    read_live,
    read_supplied,
)
from zhengtong.desks.administration.templates_menu import COMPILE, PUBLISH
from zhengtong.kernel.modules import registry
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date
from zhengtong.screens.templatetags.look import chip

KindView = Callable[..., HttpResponseBase]
TONES = {
    TemplateStatus.COMPILING: "neutral",
    TemplateStatus.IN_REVIEW: "warning",
    TemplateStatus.RETURNED: "danger",
    TemplateStatus.PUBLISHED: "success",
    TemplateStatus.ABANDONED: "neutral",
}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("为什么修改"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("如：按新办法第十二条，告知书增加申诉的期限。"),
    )


class RestoreForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("为什么恢复"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "id": "id_restore"})
    )


class OpinionForm(forms.Form):
    opinion = forms.CharField(
        label=gettext_lazy("要修改什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def of_kind(view: KindView) -> KindView:
    """Give the view the kind of paper that its address names, to those who keep templates."""

    @wraps(view)
    def found(request: HttpRequest, kind: str, *args: Any, **options: Any) -> HttpResponseBase:
        try:
            declared = registry.get(PaperKind, kind)
        except LookupError:
            raise Http404 from None
        return view(request, declared, *args, **options)

    return for_staff(COMPILE)(found)


@require_safe
@for_staff(COMPILE)
def show_kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of paper: which text is in force, what is being edited."""
    rows = []
    for each in list_kinds():
        live = _("系统自带")
        if each.live is not None and each.is_edited:
            live = _("第 %(n)d 版") % {"n": each.live.number or 0}
        state: Any = "—"
        if each.draft is not None:
            state = chip(each.draft.get_status_display(), TONES[TemplateStatus(each.draft.status)])
        elif each.faults:
            state = chip(_("有 %(n)d 份文书没能用上") % {"n": each.faults}, "danger")
        rows.append(
            {
                "url": reverse("administration:template", args=[each.kind.code]),
                "key": each.kind.code,
                "cells": {
                    "title": str(each.kind.title),
                    "code": each.kind.code,
                    "live": live,
                    "since": cn_date(each.live.published_at) if each.live and each.live.published_at else "—",
                    "state": state,
                },
            }
        )
    columns = [
        ("title", _("文书"), "main wrap"),
        ("code", _("代码")),
        ("live", _("现行模板"), "nowrap"),
        ("since", _("生效日期"), "nowrap"),
        ("state", _("修改"), "nowrap"),
    ]
    return render(request, "administration/templates.html", {"columns": columns, "rows": rows})


@require_safe
@of_kind
def show_kind(request: HttpRequest, kind: PaperKind) -> HttpResponse:
    """One kind: its versions, the text in force with its preview, the ways to change it."""
    return _show_text(request, kind, None)


@require_safe
@of_kind
def show_version(request: HttpRequest, kind: PaperKind, number: int) -> HttpResponse:
    """A version that was published; 0 is the supplied one."""
    version = list_versions(kind.code).filter(number=number).first() if number else None
    if number and version is None:
        raise Http404
    return _show_text(request, kind, version, is_supplied=number == 0)


def _show_text(
    request: HttpRequest, kind: PaperKind, version: TemplateVersion | None, *, is_supplied: bool = False
) -> HttpResponse:
    versions = list(list_versions(kind.code)[:50])
    live = versions[0] if versions else None
    shown = version or (None if is_supplied else live)
    text = shown.text if shown else read_supplied(kind)
    older = {0: read_supplied(kind)} | {each.number or 0: each.text for each in versions}
    current = (shown.number or 0) if shown else 0
    against = request.GET.get("against", "")
    chosen = int(against) if against.isdecimal() and int(against) in older else None
    if chosen is None:
        chosen = max((number for number in older if number < current), default=0)
    choices = [(number, _name_version(number)) for number in sorted(older) if number != current]
    context = {
        "kind": kind,
        "versions": versions,
        "version": shown,
        "current": current,
        "is_live": (live.number if live else 0) == current,
        "name": _name_version(current),
        "lines": text.splitlines(),
        "draft": get_open(kind.code),
        "choices": choices,
        "against": chosen,
        "against_name": _name_version(chosen),
        "differences": compare_lines(older[chosen], text) if choices else [],
        "restore_form": RestoreForm(),
        "must_show": [str(words) for _key, words in kind.must_show],
        **try_out(request, kind, text),
    }
    return render(request, "administration/template.html", context)


def _name_version(number: int) -> str:
    return _("第 %(n)d 版") % {"n": number} if number else _("系统自带")


@require_safe
@of_kind
def show_draft(request: HttpRequest, kind: PaperKind) -> HttpResponse:
    """The text that is being edited, beside what it makes of the sample."""
    draft = get_open(kind.code)
    if draft is None:
        return redirect("administration:template", kind.code)
    return render_draft(request, kind, draft)


def render_draft(
    request: HttpRequest, kind: PaperKind, draft: TemplateVersion, *, text: str | None = None, problem: str = ""
) -> HttpResponse:
    """Show the draft; ``text`` is what was typed and couldn't be kept."""
    actor = actor_of(request)
    shown = draft.text if text is None else text
    live = read_live(kind)
    context = {
        "kind": kind,
        "draft": draft,
        "text": shown,
        "lines": shown.splitlines(),
        "status": (draft.get_status_display(), TONES[TemplateStatus(draft.status)]),
        "can_edit": draft.status in (TemplateStatus.COMPILING, TemplateStatus.RETURNED),
        "may_publish": draft.status == TemplateStatus.IN_REVIEW and actor.has(PUBLISH),
        "is_own": actor.appointment in (draft.submitted_by_id, draft.changed_by_id),
        "differences": compare_lines(live, shown),
        "reason_form": ReasonForm(initial={"reason": draft.reason}),
        "opinion_form": OpinionForm(),
        "must_show": [str(words) for _key, words in kind.must_show],
        "problem": problem,
        **try_out(request, kind, shown),
    }
    return render(request, "administration/template_draft.html", context, status=409 if problem else 200)


def try_out(request: HttpRequest, kind: PaperKind, text: str) -> dict[str, Any]:
    """Return the preview of ``text`` on what was chosen, or what is wrong with it."""
    actor = actor_of(request)
    trials = list_trials(actor, kind.code)
    paper = find_trial(trials, request.GET.get("paper", ""))
    made: SetPaper | None = None
    fault: TemplateFault | None = None
    trouble = ""
    try:
        made = preview_template(actor=actor, kind=kind, source=text, paper=paper)
    except TemplateFault as error:
        fault = error
    except (Refused, FontsMissing) as error:
        trouble = str(error.message if isinstance(error, Refused) else error)
    choices = [("", _("示例数据")), *((each.pk, each.number or each.shown_code) for each in trials)]
    return {
        "made": made,
        "fault": fault,
        "trouble": trouble,
        "trial_choices": choices if trials else [],
        "trial": paper.pk if paper else "",
    }


def find_trial(trials: list[Paper], typed: str) -> Paper | None:
    """Return the paper that was chosen, of those that she may try a template on."""
    return next((each for each in trials if str(each.pk) == typed), None)


@require_safe
@of_kind
def show_pdf(request: HttpRequest, kind: PaperKind) -> HttpResponse:
    """The preview as a file: of the draft, of a version, or of what is in force."""
    actor = actor_of(request)
    number = request.GET.get("version", "")
    draft = get_open(kind.code) if number == "draft" else None
    version = (
        list_versions(kind.code).filter(number=int(number)).first() if number.isdecimal() and number != "0" else None
    )
    found = draft or version
    text = found.text if found else (read_supplied(kind) if number == "0" else read_live(kind))
    paper = find_trial(list_trials(actor, kind.code), request.GET.get("paper", ""))
    try:
        made = preview_template(actor=actor, kind=kind, source=text, paper=paper)
    except (TemplateFault, Refused, FontsMissing) as error:
        said = str(error.message if isinstance(error, Refused) else error)
        return HttpResponse(said, content_type="text/plain; charset=utf-8", status=422)
    response = HttpResponse(made.pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{kind.code}.pdf"'
    return response

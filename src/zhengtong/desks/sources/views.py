"""Pages on which sources are registered and amended by their kind, checked now, and read for their tables."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.sources import public as sources
from zhengtong.capabilities.sources.public import (
    MANAGE,
    SHAPES,
    ColumnKind,
    Source,
    SourceError,
    SourceKind,
    list_sources,
    open_source,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.sources.forms import AboutForm, RegisterForm, SecretsForm
from zhengtong.kernel.policy import require
from zhengtong.screens.access import actor_of, for_staff

MOST_TABLES = 500
KIND_WORDS = {
    ColumnKind.TEXT: gettext_lazy("文本"),
    ColumnKind.INTEGER: gettext_lazy("整数"),
    ColumnKind.DECIMAL: gettext_lazy("小数"),
    ColumnKind.REAL: gettext_lazy("浮点数"),
    ColumnKind.BOOLEAN: gettext_lazy("是否"),
    ColumnKind.DATE: gettext_lazy("日期"),
    ColumnKind.DATETIME: gettext_lazy("日期时间"),
    ColumnKind.TIME: gettext_lazy("时间"),
    ColumnKind.BINARY: gettext_lazy("二进制"),
    ColumnKind.JSON: "JSON",
}


def _find(request: HttpRequest, code: str) -> Source:
    """Return a source that the reader manages; one that she only sees is refused."""
    found = get_object_or_404(list_sources(actor_of(request)), code=code)
    require(actor_of(request), MANAGE, found)
    return found


def _page_of(source: Source) -> str:
    return reverse("screens:sources.sources.detail", args=[source.pk])


@require_safe
@for_staff(MANAGE)
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what kind of source it is."""
    kinds = [(kind.label, reverse("sources_desk:register", args=[kind.value])) for kind in SourceKind if kind in SHAPES]
    return render(request, "sources_desk/choose.html", {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(MANAGE)
def register(request: HttpRequest, source_kind: str) -> HttpResponse:
    if source_kind not in SHAPES:
        raise Http404
    actor = actor_of(request)
    form = RegisterForm(source_kind, actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = sources.register_source(actor=actor, kind=source_kind, **form.values())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("已登记，请检查能不能连上"))
            return redirect(_page_of(source))
    context = {
        "form": form,
        "title": _("登记数据源：%(kind)s") % {"kind": SourceKind(source_kind).label},
        "button": _("登记"),
        "back": reverse("sources_desk:choose"),
    }
    return render(request, "sources_desk/form.html", context, status=422 if form.errors else 200)


def _show_form(request: HttpRequest, source: Source, form: Any, service: Any, words: tuple[str, str]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            service(actor=actor_of(request), source=source, **form.values())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, words[1])
            return redirect(_page_of(source))
    context = {
        "form": form,
        "title": words[0],
        "subject": source.name,
        "button": _("保存"),
        "back": _page_of(source),
    }
    return render(request, "sources_desk/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(MANAGE)
def amend(request: HttpRequest, code: str) -> HttpResponse:
    source = _find(request, code)
    if source.kind not in SHAPES:
        raise Http404
    form = AboutForm(source.kind, request.POST or None, source=source)
    return _show_form(request, source, form, sources.amend_source, (_("修改数据源"), _("已保存")))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(MANAGE)
def change_secrets(request: HttpRequest, code: str) -> HttpResponse:
    source = _find(request, code)
    if source.kind not in SHAPES or not SHAPES[SourceKind(source.kind)].secrets:
        raise Http404
    form = SecretsForm(source.kind, request.POST or None)
    return _show_form(request, source, form, sources.change_secrets, (_("更换口令"), _("已更换，请检查能不能连上")))


@require_POST
@for_staff(MANAGE)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Connect now and say what answered."""
    source = _find(request, code)
    answer = sources.check_source(actor=actor_of(request), source=source)
    if answer.code:
        messages.error(request, answer.trouble)
    else:
        messages.success(request, _("连上了：%(answered)s") % {"answered": answer.answered})
    return redirect(_page_of(source))


@require_safe
@for_staff(MANAGE)
def show_tables(request: HttpRequest, code: str) -> HttpResponse:
    """The source's tables as they are now, and the columns of the one that is chosen."""
    source = _find(request, code)
    name = request.GET.get("table", "")[:250]
    context: dict[str, Any] = {"source": source, "back": _page_of(source), "chosen": name}
    try:
        with open_source(source) as connection:
            names = connection.list_tables()
            context["names"], context["more"] = names[:MOST_TABLES], max(0, len(names) - MOST_TABLES)
            if name:
                context["table"] = table = connection.read_table(name)
                context["columns"] = [(column, KIND_WORDS[column.kind]) for column in table.columns]
    except SourceError as error:
        context["trouble"] = error.message
    return render(request, "sources_desk/tables.html", context)

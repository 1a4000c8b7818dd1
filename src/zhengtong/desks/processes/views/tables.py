"""Decision tables: the list, the editor, the trial with values, publishing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengtong.capabilities.workflow.public import (
    DecisionTable,
    DecisionTableVersion,
    HitPolicy,
    TableError,
    VersionStatus,
    WorkflowRefused,
    check_table,
    create_table,
    publish_table,
    read_table,
    save_table_draft,
)
from zhengtong.desks.processes.finding import find_table, may_change, open_tables, to_lines
from zhengtong.desks.processes.forms import TableForm
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.desks.processes.simulating import nest
from zhengtong.desks.processes.table_text import TableText, read_posted, start_text, text_of
from zhengtong.desks.processes.views.listing import UNPROCESSABLE, desk_tabs
from zhengtong.kernel.expressions import ExpressionError, parse
from zhengtong.kernel.policy import require
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

CONFLICT = 409


@require_GET
@for_staff(COMPILE)
def show_tables(request: HttpRequest) -> HttpResponse:
    page = paginate(open_tables(actor_of(request)).select_related("organisation"), request.GET, order=("-id",))
    versions = DecisionTableVersion.objects.filter(table__in=page.rows).exclude(status=VersionStatus.RETIRED)
    states = {(each.table_id, each.status): each for each in versions}
    lines = [
        {
            "table": each,
            "live": states.get((each.pk, VersionStatus.PUBLISHED)),
            "draft": states.get((each.pk, VersionStatus.DRAFT)),
        }
        for each in page.rows
    ]
    return render(request, "processes/tables.html", {"tabs": desk_tabs("tables"), "lines": lines, "page": page})


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def new_table(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = TableForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            table = create_table(actor=actor, **form.cleaned_data)
        except WorkflowRefused as error:
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
        else:
            return redirect("processes:table", code=table.code)
    context = {"form": form, "title": _("新建决策表"), "act": _("开始编"), "back": reverse("processes:tables")}
    return render(request, "processes/begin.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def edit_table(request: HttpRequest, code: str) -> HttpResponse:
    """Every act of the editor keeps what is typed as the draft, so that nothing is lost between them."""
    actor = actor_of(request)
    table = find_table(request, code)
    draft, live = (
        table.versions.filter(status=each).first() for each in (VersionStatus.DRAFT, VersionStatus.PUBLISHED)
    )
    newest = draft or live
    if request.method == "GET":
        return _show(request, table, text_of(newest) if newest else start_text(), newest)
    text, act = read_posted(request.POST), request.POST.get("act", "")
    if act == "try":
        return _show(request, table, text, newest, trial=_try(table, text, request))
    require(actor, COMPILE, table)
    if request.POST.get("stamp", "") != (newest.digest if newest else ""):
        said = _("别人刚刚改过这张表，您的修改没有保存。请记下要改的内容，刷新页面后再改。")
        return _show(request, table, text, newest, problem=said, status=CONFLICT)
    text.act(act)
    try:
        kept = save_table_draft(actor=actor, table=table, **text.arguments())
        if act == "publish":
            publish_table(actor=actor, table=table, digest=kept.digest)
            messages.success(request, _("已发布。以后发布的流程用这一版，已经发布的流程照旧。"))
            return redirect("processes:table", code=code)
    except WorkflowRefused as error:
        newest = table.versions.filter(status=VersionStatus.DRAFT).first()
        return _show(request, table, text, newest, problem=error.sentence, status=UNPROCESSABLE)
    if act == "save":
        messages.success(request, _("已保存。"))
    return redirect(f"{request.path}#rules")


def _show(
    request: HttpRequest,
    table: DecisionTable,
    text: TableText,
    newest: DecisionTableVersion | None,
    *,
    problem: str = "",
    status: int = 200,
    trial: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "table": table,
        "text": text,
        "inputs": [{**each, "options": "，".join(each.get("options", ()))} for each in text.inputs],
        "version": newest,
        "stamp": newest.digest if newest else "",
        "policies": HitPolicy.choices,
        "aggregations": [
            ("", _("列出全部")),
            ("sum", _("求和")),
            ("min", _("最小")),
            ("max", _("最大")),
            ("count", _("个数")),
        ],
        "input_types": [("number", _("数字")), ("choice", _("选项")), ("date", _("日期")), ("boolean", _("是否"))],
        "output_types": [("text", _("文字")), ("number", _("数字")), ("date", _("日期")), ("boolean", _("是否"))],
        "findings": to_lines(check_table(text.described(table))),
        "problem": problem,
        "trial": trial,
        "asked": _asked(text, request),
        "may_change": may_change(actor_of(request), table),
    }
    return render(request, "processes/table.html", context, status=status)


def _asked(text: TableText, request: HttpRequest) -> list[dict[str, str]]:
    """Return the values that the inputs' expressions ask for, as typed for the trial."""
    names: dict[str, None] = {}
    for each in text.inputs:
        try:
            names.update(dict.fromkeys(sorted(parse(each.get("expression", "")).names)))
        except ExpressionError:
            continue
    return [{"name": name, "value": request.POST.get(f"given-{name}", "")} for name in names]


def _try(table: DecisionTable, text: TableText, request: HttpRequest) -> dict[str, Any]:
    """Return what the table answers to the typed values, or why it doesn't."""
    given = {each["name"]: each["value"].strip()[:200] for each in _asked(text, request)}
    described = text.described(table)
    try:
        read = read_table(
            described["code"],
            described["name"],
            described["policy"],
            described["inputs"],
            described["outputs"],
            described["rows"],
            described["aggregation"],
        )
        answer = read.evaluate(nest(given))
    except (TableError, ExpressionError) as error:
        return {"problem": str(error)}
    names = {each.key: each.name for each in read.outputs}
    shown = {names[key]: _words(value) for key, value in answer.items()}
    return {"answers": list(shown.items())}


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_words(each) for each in value) or _("没有")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return _("没有") if value is None else str(value)

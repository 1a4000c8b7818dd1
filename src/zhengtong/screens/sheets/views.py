"""Lists as files, and files as rows: the addresses of exports and of each step of an import."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.core.audit.public import record
from zhengtong.core.files.public import describe_size, upload_limit
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.policy import Actor, can, require
from zhengtong.screens import presenting
from zhengtong.screens.declaration import STAFF, ModelScreens
from zhengtong.screens.listing import Listing
from zhengtong.screens.routing import Route, url_of
from zhengtong.screens.sheets import exporting, services, template
from zhengtong.screens.sheets.differences import show_changes
from zhengtong.screens.sheets.formats import FORMATS
from zhengtong.screens.sheets.models import SheetRun, State, Verdict
from zhengtong.screens.sheets.problems import FileRefused, Problem
from zhengtong.screens.sheets.receiving import ACCEPT
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.target import Target

SHOWN = 200
RECENT = 10
# Parameters that say how, not which rows.
SHEET, PURPOSE = "sheet", "purpose"
XLSX = FORMATS["xlsx"].content_type


def _streamed(chunks: Any, content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _file_name(screens: ModelScreens, what: str, extension: str) -> str:
    return f"{screens.title}{what}{timezone.localtime():%Y%m%d-%H%M}.{extension}"


@require_GET
def export(request: HttpRequest, screens: ModelScreens, actor: Actor, *, extension: str) -> HttpResponseBase:
    """The list as it is shown, whole: its filters, its columns, its masks. ``?sheet=1``: in the form of its import.

    A sheet's personal values are masked, unless the actor may reveal them and says what for (``purpose``).
    """
    if screens.audience == STAFF:
        require_assurance(request, "export")
    form = FORMATS[extension]
    listing = Listing(screens, actor, request.GET, further=(SHEET, PURPOSE))
    asked: dict[str, Any] = {"filters": _filters(request)}
    if request.GET.get(SHEET) and screens.sheet is not None:
        shape = Shape(screens)
        purpose = request.GET.get(PURPOSE, "").strip()[:200]
        is_whole = bool(shape.personal and purpose and screens.reveal and can(actor, screens.reveal))
        if is_whole:
            actor = actor.stating(purpose)
        shape.columns = [column for column in shape.columns if listing.may_ask(column.name)]
        cells = exporting.cells_of_sheet(shape, form, is_whole=is_whole)
        found = listing.matching.order_by(*listing.order)
        asked |= {"columns": [column.name for column in shape.columns], "is_whole": is_whole}
    else:
        cells, found = exporting.cells_of_list(listing.columns, form), listing.found
        asked["columns"] = [column.name for column in listing.columns]
    chunks = exporting.stream_file(actor=actor, screens=screens, found=found, cells=cells, form=form, asked=asked)
    return _streamed(chunks, form.content_type, _file_name(screens, "", extension))


def _filters(request: HttpRequest) -> dict[str, str]:
    """What narrowed the list, for the journal; what was searched for may be a person's number and is only named."""
    return {
        name: "…" if name == "q" else value[:100]
        for name, value in request.GET.items()
        if isinstance(value, str) and value
    }


def export_csv(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponseBase:
    return export(request, screens, actor, extension="csv")


def export_xlsx(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponseBase:
    return export(request, screens, actor, extension="xlsx")


# Import --------------------------------------------------------------------------------------------------


def _require(screens: ModelScreens, actor: Actor) -> None:
    assert screens.sheet is not None
    require(actor, screens.sheet.permission)


def _own_runs(screens: ModelScreens, actor: Actor) -> QuerySet[SheetRun]:
    assert actor.account_id is not None
    return SheetRun.objects.filter(screens=screens.key, account_id=actor.account_id).select_related("file")


def _get_run(screens: ModelScreens, actor: Actor, run: UUID) -> SheetRun:
    _require(screens, actor)
    if (row := _own_runs(screens, actor).filter(public_id=run).first()) is None:
        raise Http404
    return row


def start_import(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    """The form that takes a file, and the last imports of whoever looks."""
    _require(screens, actor)
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            error = _("请先选择要导入的表格文件。")
        else:
            try:
                run = services.receive_sheet(actor=actor, screens=screens, upload=upload)
            except FileRefused as refused:
                error = refused.message
            else:
                return redirect(url_of(screens, "import_run", run=run.public_id))
    shape = Shape(screens)
    runs = _own_runs(screens, actor).order_by("-id")[:RECENT]
    context = presenting.shell(
        request,
        screens,
        actor,
        name=_("从表格导入"),
        errors=[error] if error else [],
        accept=ACCEPT,
        columns=shape.columns,
        key_title=shape.title_of(shape.sheet.key),
        limit=describe_size(upload_limit()),
        max_mb=upload_limit() >> 20,
        template_url=url_of(screens, "import_template"),
        runs=[(run, url_of(screens, "import_run", run=run.public_id)) for run in runs],
    )
    return render(request, "screens/model/import.html", context, status=422 if error else 200)


@require_GET
def show_run(request: HttpRequest, screens: ModelScreens, actor: Actor, run: UUID) -> HttpResponse:
    """One import as it stands: how far it is, what would change, what came of it. Its own part for polling."""
    found = _get_run(screens, actor, run)
    context = presenting.shell(request, screens, actor, **_describe(screens, found))
    part = "part" in request.GET and request.headers.get("HX-Request")
    return render(request, "screens/model/import_body.html" if part else "screens/model/import_run.html", context)


def _describe(screens: ModelScreens, run: SheetRun) -> dict[str, Any]:
    here = {verb: url_of(screens, verb, run=run.public_id) for verb in _RUN_VERBS}
    context: dict[str, Any] = {
        "name": _("从表格导入"),
        "run": run,
        "urls": here,
        "import_url": url_of(screens, "import"),
        "states": State,
    }
    context["percent"] = min(100, run.done * 100 // run.total) if run.total else 0
    if run.is_running:
        return context
    shape = Shape(screens)
    titles = {column.name: column.title for column in shape.columns}
    context["changed"] = [
        {"line": row.line, "key": _show_key(shape, row.key), "changes": show_changes(row, shape)}
        for row in run.rows.filter(verdict=Verdict.CHANGED).order_by("line")[:SHOWN]
    ]
    context["new"] = [{"line": line, "key": _show_key(shape, key)} for line, key in _list_new(run, shape)]
    context["refused"] = [
        {"line": row.line, "key": _show_key(shape, row.key), "problems": _problems(row.content, titles)}
        for row in run.rows.filter(verdict=Verdict.REFUSED).order_by("line")[:SHOWN]
    ]
    context["stale"] = [
        {"line": row.line, "key": _show_key(shape, row.key)}
        for row in run.rows.filter(verdict=Verdict.STALE).order_by("line")[:SHOWN]
    ]
    cells = run.notes.get("cells", [])[:20]
    context["noted"] = [(line, titles.get(name, name), typed, read) for line, name, typed, read in cells]
    context["unread"] = run.notes.get("unread", [])
    context["shown"] = SHOWN
    return context


def _list_new(run: SheetRun, shape: Shape) -> list[tuple[int, str]]:
    if run.state == State.CHECKED and run.new_count:
        return Target(shape, run.notes["names"], run.stage).peek_new(SHOWN)
    return list(run.rows.filter(verdict=Verdict.NEW).order_by("line").values_list("line", "key")[:SHOWN])


def _show_key(shape: Shape, key: str) -> str:
    column = shape.by_name.get(shape.sheet.key)
    return (column.mask(key) if column.mask else key) if column else ""


def _problems(content: dict[str, Any], titles: dict[str, str]) -> list[tuple[str, str, str]]:
    """Column, what was typed, what to do."""
    problems = [Problem.of(each) for each in content["problems"]]
    return [(titles.get(each.column, each.column), each.typed, each.sentence) for each in problems]


@require_POST
def confirm(request: HttpRequest, screens: ModelScreens, actor: Actor, run: UUID) -> HttpResponse:
    found = _get_run(screens, actor, run)
    services.confirm_run(actor=actor, run=found)
    return redirect(url_of(screens, "import_run", run=run))


@require_POST
def cancel(request: HttpRequest, screens: ModelScreens, actor: Actor, run: UUID) -> HttpResponse:
    found = _get_run(screens, actor, run)
    services.cancel_run(actor=actor, run=found)
    return redirect(url_of(screens, "import_run", run=run))


@require_POST
def check_again(request: HttpRequest, screens: ModelScreens, actor: Actor, run: UUID) -> HttpResponse:
    found = _get_run(screens, actor, run)
    services.check_again(actor=actor, run=found)
    return redirect(url_of(screens, "import_run", run=run))


@require_GET
def take_template(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponseBase:
    _require(screens, actor)
    return _streamed(
        template.stream_template(Shape(screens)), XLSX, _("%(title)s导入模板.xlsx") % {"title": screens.title}
    )


@require_GET
def take_refused(request: HttpRequest, screens: ModelScreens, actor: Actor, run: UUID) -> HttpResponseBase:
    found = _get_run(screens, actor, run)
    if found.is_running or not found.refused_count:
        raise Http404
    record(actor, "sheets.take_refused_rows", found, after={"rows": found.refused_count})
    chunks = template.stream_refused(found, Shape(screens))
    return _streamed(chunks, XLSX, _file_name(screens, _("退回的行"), "xlsx"))


_RUN_VERBS = ("import_run", "import_confirm", "import_cancel", "import_check", "import_refused")


def _has_sheet(screens: ModelScreens) -> bool:
    return screens.sheet is not None


def _exports(screens: ModelScreens) -> bool:
    return screens.exports


ROUTES = (
    Route("export.csv", "export.csv", export_csv, _exports),
    Route("export.xlsx", "export.xlsx", export_xlsx, _exports),
    Route("import", "import/", start_import, _has_sheet),
    Route("import_template", "import/template.xlsx", take_template, _has_sheet),
    Route("import_run", "import/<uuid:run>/", show_run, _has_sheet),
    Route("import_confirm", "import/<uuid:run>/confirm/", confirm, _has_sheet),
    Route("import_cancel", "import/<uuid:run>/cancel/", cancel, _has_sheet),
    Route("import_check", "import/<uuid:run>/check/", check_again, _has_sheet),
    Route("import_refused", "import/<uuid:run>/refused.xlsx", take_refused, _has_sheet),
)

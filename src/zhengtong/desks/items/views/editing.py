"""A section of a draft: single values and rows, saved as typed, whether the whole is complete or not."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.cases.public import (
    ItemDraft,
    describe_condition,
    find_materials,
    list_form,
    save_item_draft,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.items.access import of_draft, read_number
from zhengtong.desks.items.navigation import frame, is_editable
from zhengtong.desks.items.parts import Part, parts_of
from zhengtong.desks.items.rowsets import EditedRow, begin_rows, read_rows, rearrange
from zhengtong.screens.access import actor_of


def find_part(draft: ItemDraft, key: str) -> Part:
    part = next((each for each in parts_of(draft) if each.key == key), None)
    if part is None:
        raise Http404
    return part


@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def edit_part(request: HttpRequest, draft: ItemDraft, part: str) -> HttpResponse:
    """Show and save one section. A row is moved, added or taken out without saving; the script does it in place."""
    chosen = find_part(draft, part)
    saved = chosen.read_rows(draft)
    if request.method != "POST":
        form = chosen.form(draft=draft, initial=chosen.read(draft)) if chosen.form else None
        rows = begin_rows(chosen.row, draft, saved) if chosen.row else []
        return _show(request, draft, chosen, form, rows)
    act = request.POST.get("act", "save")
    form = _bind(request, draft, chosen)
    rows = read_rows(chosen.row, draft, request.POST, saved) if chosen.row and not chosen.rows_locked(draft) else []
    if chosen.row and act.partition("-")[0] in ("up", "down", "remove", "add", "pick"):
        return _rearrange(request, draft, chosen, form, rows, act)
    checked = [each.is_valid() for each in (form, *(row.form for row in rows)) if each is not None]
    if not all(checked):
        return _show(request, draft, chosen, form, rows, status=422)
    kept = [{**(saved[row.was] if row.was is not None else {}), **row.form.cleaned_data} for row in rows]
    changes = chosen.write(
        draft,
        form.cleaned_data if form else None,
        kept if chosen.row and not chosen.rows_locked(draft) else None,
    )
    try:
        save_item_draft(actor=actor_of(request), draft_id=draft.pk, number=read_number(request, draft), changes=changes)
    except Refused as refused:
        target = form if form is not None and refused.field in form.fields else None
        if target is not None:
            target.add_error(refused.field, str(refused.message))
        return _show(request, draft, chosen, form, rows, problem="" if target else str(refused.message), status=409)
    if act.startswith("condition-"):
        place = next((number for number, row in enumerate(rows) if row.token == act.partition("-")[2]), None)
        if place is not None:
            return redirect("items_desk:condition", draft.pk, chosen.key, place)
    messages.success(request, _("已保存"))
    if act == "next":
        keys = [each.key for each in parts_of(draft)]
        following = keys[keys.index(chosen.key) + 1 :]
        return (
            redirect("items_desk:part", draft.pk, following[0]) if following else redirect("items_desk:draft", draft.pk)
        )
    return redirect("items_desk:part", draft.pk, chosen.key)


def _bind(request: HttpRequest, draft: ItemDraft, part: Part) -> Any:
    if part.form is None:
        return None
    form = part.form(request.POST, draft=draft, initial=part.read(draft))
    _lock(form, part, draft)
    return form


def _lock(form: Any, part: Part, draft: ItemDraft) -> None:
    for name in part.locked(draft):
        if name in form.fields:
            form.fields[name].disabled = True


def _rearrange(
    request: HttpRequest, draft: ItemDraft, part: Part, form: Any, rows: list[EditedRow], act: str
) -> HttpResponse:
    assert part.row is not None
    given = None
    if act.startswith("pick-"):
        found = find_materials(request.POST.get("q", ""))
        place = act.partition("-")[2]
        given = found[int(place)] if place.isdecimal() and len(place) < 4 and int(place) < len(found) else None
        if given is not None:
            given = {**given, "required": True}
            act = "add"
    rows = rearrange(rows, act, part.row, draft, given)
    if request.headers.get("HX-Request"):
        return render(request, "items/rows.html", {"draft": draft, "part": part, "rows": rows, "can_edit": True})
    for row in rows:
        row.form.is_valid()
    return _show(request, draft, part, form, rows)


def _show(
    request: HttpRequest,
    draft: ItemDraft,
    part: Part,
    form: Any,
    rows: list[EditedRow],
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    can_edit = is_editable(request, draft)
    if form is not None:
        _lock(form, part, draft)
        if not can_edit:
            for field in form.fields.values():
                field.disabled = True
    labels = {each["key"]: each["label"] for section in list_form({"form": [], **draft.definition})
              for each in section["fields"]}  # fmt: skip
    saved = part.read_rows(draft)
    for row in rows:
        raw = saved[row.was].get("condition") if row.was is not None and row.was < len(saved) else None
        row.condition = describe_condition(raw, labels) if raw else ""
    rows_locked = part.rows_locked(draft) or not can_edit
    if rows_locked:
        for row in rows:
            for field in row.form.fields.values():
                field.disabled = True
    context = {
        **frame(request, draft, part.key),
        "part": part,
        "form": form,
        "rows": rows,
        "can_edit": can_edit,
        "rows_locked": part.rows_locked(draft),
        "is_locked": bool(draft.standard_id) and bool(part.rows_locked(draft) or part.locked(draft) & _names(form)),
        "problem": problem,
        "errors": [each for each in (form, *(row.form for row in rows)) if each is not None and each.errors],
        "query": request.POST.get("q", ""),
    }
    return render(request, part.template, context, status=status)


def _names(form: Any) -> set[str]:
    return set(form.fields) - {"code"} if form is not None else set()


@require_safe
@of_draft
def search_materials(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    """The materials called so, while one types; each is taken over by its button."""
    query = request.GET.get("q", "").replace("\x00", "")
    return render(
        request, "items/found_materials.html", {"found": find_materials(query), "draft": draft, "query": query}
    )

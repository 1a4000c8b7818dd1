"""When a material, a step or an item of a bundle applies: chosen from dropdowns, without any syntax."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import CaseKind, ItemDraft, describe_condition, save_item_draft
from zhengtong.core.identity.public import Refused
from zhengtong.desks.items.access import of_draft, read_number
from zhengtong.desks.items.conditions import (
    MOST_LINES,
    Line,
    list_asked,
    list_thresholds,
    read_lines,
    read_posted,
    write_condition,
)
from zhengtong.desks.items.navigation import address_of, frame, is_editable
from zhengtong.desks.items.parts import parts_of
from zhengtong.screens.access import actor_of


def _place(draft: ItemDraft, part: str) -> tuple[str, str]:
    """Return the key of the rows and the key of a row's condition. Raises Http404."""
    if part == "items" and draft.kind == CaseKind.BUNDLE:
        return "items", "when"
    found = next((each for each in parts_of(draft) if each.key == part and each.has_conditions), None)
    if found is None or found.rows_locked(draft):
        raise Http404
    return found.rows_key, "condition"


@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def edit_condition(request: HttpRequest, draft: ItemDraft, part: str, row: int) -> HttpResponse:
    """Show, change and save the condition of one row."""
    rows_key, key = _place(draft, part)
    rows = draft.definition.get(rows_key) or []
    if row >= len(rows):
        raise Http404
    asked = {each.key: each for each in list_asked(draft, part)}
    labels = {each.key: each.label for each in asked.values()}
    raw = rows[row].get(key)
    read = read_lines(raw)
    join, lines = read or ("all", [])
    wrong: list[str] = []
    if request.method == "POST":
        if not is_editable(request, draft):
            raise Refused("closed", _("这份内容已经送审或者办结，不能再改"))
        join, lines = read_posted(request.POST)
        act = request.POST.get("act", "save")
        condition, wrong = write_condition(join, lines, asked) if act == "save" else (None, [])
        if act in ("save", "clear") and not wrong:
            _save(request, draft, rows_key, key, row, condition, labels)
            return redirect(address_of(draft, part))
        if act == "add" and len(lines) < MOST_LINES:
            lines.append(Line())
        elif act.startswith("remove-"):
            lines = [each for number, each in enumerate(lines) if str(number) != act.partition("-")[2]]
    elif not lines:
        lines = [Line()]
    context = {
        **frame(request, draft, part),
        "part_key": part,
        "row": row,
        "row_name": rows[row].get("name") or rows[row].get("label") or rows[row].get("code", ""),
        "join": join,
        "lines": [_show(line, asked) for line in lines],
        "asked": [(each.key, each.label) for each in asked.values()],
        "thresholds": list_thresholds(),
        "is_complex": read is None and request.method != "POST",
        "words": describe_condition(raw, labels) if raw else "",
        "wrong": [("lines", each) for each in wrong],
        "back": address_of(draft, part),
        "can_edit": is_editable(request, draft),
        "last": len(lines) - 1,
    }
    is_partial = bool(request.headers.get("HX-Request"))
    template = "items/condition_lines.html" if is_partial else "items/condition.html"
    return render(request, template, context, status=422 if wrong and not is_partial else 200)


def _show(line: Line, asked: Any) -> dict[str, Any]:
    question = asked.get(line.field)
    return {
        "line": line,
        "question": question,
        "comparisons": question.comparisons if question else [],
        "is_number": question is not None and not question.options and question.type in ("number", "calculated"),
        "options": [(option, option in line.values) for option in question.options] if question else [],
        "text": line.values[0] if line.values else "",
    }


def _save(
    request: HttpRequest, draft: ItemDraft, rows_key: str, key: str, row: int, condition: Any, labels: dict[str, str]
) -> None:
    rows = [dict(each) for each in draft.definition[rows_key]]
    rows[row].pop(key, None)
    rows[row].pop("condition_text", None)
    if condition is not None:
        rows[row][key] = condition
        if key == "condition":
            rows[row]["condition_text"] = _("%(condition)s的") % {"condition": describe_condition(condition, labels)}
    save_item_draft(
        actor=actor_of(request), draft_id=draft.pk, number=read_number(request, draft), changes={rows_key: rows}
    )
    messages.success(request, _("条件已保存"))

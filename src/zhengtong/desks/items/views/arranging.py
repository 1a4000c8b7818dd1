"""A bundle composed by moving items: which, in which order, what waits for what; checked while it is arranged."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.bundles.public import check_arrangement
from zhengtong.capabilities.cases.public import (
    CaseKind,
    ItemDraft,
    describe_condition,
    get_item,
    list_items,
    save_item_draft,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.items.access import of_draft, read_number
from zhengtong.desks.items.navigation import frame, is_editable
from zhengtong.screens.access import actor_of

MOST_ITEMS = 30
MOST_OFFERED = 1000


def _read(draft: ItemDraft, posted: QueryDict) -> list[dict[str, Any]]:
    """Return the items in the page's order, with what only the saved text says of each."""
    kept = {each["code"]: each for each in draft.definition.get("items") or []}
    rows = []
    for code in list(dict.fromkeys(posted.getlist("item")))[:MOST_ITEMS]:
        row = dict(kept.get(code, {}))
        row["code"] = code[:60]
        after = [each[:60] for each in posted.getlist(f"after-{code}")][:MOST_ITEMS]
        why = posted.get(f"why-{code}", "").replace("\x00", "").strip()[:300]
        row |= {"after": after, "why": why}
        rows.append({key: value for key, value in row.items() if value not in ([], "") or key == "code"})
    return rows


def _move(rows: list[dict[str, Any]], act: str) -> list[dict[str, Any]]:
    verb, _sep, code = act.partition("-")
    place = next((number for number, row in enumerate(rows) if row["code"] == code), -1)
    if verb == "remove":
        kept = [row for row in rows if row["code"] != code]
        return [{**row, "after": [each for each in row.get("after", ()) if each != code]} for row in kept]
    other = place - 1 if verb == "up" else place + 1
    if place >= 0 and verb in ("up", "down") and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def arrange(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    """Choose the items of a bundle and their order. Every act saves, so that nothing is lost on the way."""
    if draft.kind != CaseKind.BUNDLE:
        raise Http404
    if request.method == "POST":
        act = request.POST.get("act", "save")
        rows = _move(_read(draft, request.POST), act)
        if act == "add":
            rows = _add(rows, request.POST.get("code", ""))
        save_item_draft(
            actor=actor_of(request), draft_id=draft.pk, number=read_number(request, draft), changes={"items": rows}
        )
        if act.startswith("condition-"):
            codes = [row["code"] for row in rows]
            if (code := act.removeprefix("condition-")) in codes:
                return redirect("items_desk:condition", draft.pk, "items", codes.index(code))
        messages.success(request, _("已保存"))
        return redirect("items_desk:arrange", draft.pk)
    rows = draft.definition.get("items") or []
    labels = {each["key"]: each["label"] for each in draft.definition.get("questions") or []}
    items = {item.code: item for item in list_items().filter(kind=CaseKind.LICENCE)[:MOST_OFFERED]}
    context = {
        **frame(request, draft, "items"),
        "rows": [
            {
                **row,
                "name": items[row["code"]].name if row["code"] in items else row["code"],
                "condition": describe_condition(row["when"], labels) if row.get("when") else "",
                "others": [
                    (
                        other["code"],
                        items[other["code"]].name if other["code"] in items else other["code"],
                        other["code"] in row.get("after", ()),
                    )
                    for other in rows
                    if other["code"] != row["code"]
                ],
            }
            for row in rows
        ],
        "offered": [(code, item.name) for code, item in items.items() if code not in {row["code"] for row in rows}],
        "arrangement": check_arrangement(draft.definition),
        "can_edit": is_editable(request, draft),
    }
    return render(request, "items/arrange.html", context)


def _add(rows: list[dict[str, Any]], typed: str) -> list[dict[str, Any]]:
    code = typed.strip()[:60]
    item = get_item(code)
    if item is None or item.kind != CaseKind.LICENCE:
        raise Refused("unknown", _("没有代码为“%(code)s”的已发布事项") % {"code": code})
    if len(rows) >= MOST_ITEMS:
        raise Refused("many", _("一件事最多 %(n)d 个事项") % {"n": MOST_ITEMS})
    return rows if any(row["code"] == code for row in rows) else [*rows, {"code": code}]


@require_POST
@of_draft
def check(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    """What is wrong with the arrangement as it lies on the page; nothing is saved."""
    if draft.kind != CaseKind.BUNDLE:
        raise Http404
    found = check_arrangement({**draft.definition, "items": _read(draft, request.POST)})
    return render(request, "items/arrangement_findings.html", {"arrangement": found})

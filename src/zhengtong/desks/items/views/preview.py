"""A draft as a citizen will see it: the same guide that the hall shows."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengtong.capabilities.cases.public import (
    CaseKind,
    ItemDraft,
    UnreadableCondition,
    UnusableDefinition,
    describe_guide,
    parse_definition,
    settle_today,
)
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.items.access import of_draft
from zhengtong.desks.items.navigation import check


def _offices(draft: ItemDraft) -> list[Any]:
    rows = draft.definition.get("offices", ())
    found = Organisation.objects.select_related("region").in_bulk(
        [each[key] for each in rows for key in ("organisation", "window") if each.get(key)]
    )
    return [
        SimpleNamespace(
            **{**each, "organisation": found[each["organisation"]], "window": found[each["window"]]},
            region=found[each["organisation"]].region,
        )
        for each in rows
        if each.get("organisation") in found and each.get("window") in found
    ]


@require_safe
@of_draft
def show_preview(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    """What is missing is left out; a text that can't be read at all says why."""
    base = {"form": [], "materials": [], "channels": {}, "fee": {}, "guide": {}}
    context: dict[str, Any] = {"draft": draft, "findings": [each for each in check(draft) if each.is_blocking]}
    offices = _offices(draft)
    try:
        text = settle_today({**base, **draft.definition, "code": draft.code})
        if draft.kind == CaseKind.BUNDLE:
            limits = {"statutory": text.get("statutory"), "promised_days": text.get("promised_days")}
            text = {**text, "form": [], "materials": [], "limits": limits}
        context |= describe_guide(parse_definition(text), request.GET)
    except (UnusableDefinition, UnreadableCondition, LookupError, TypeError, ValueError, AttributeError) as error:
        context["problem"] = str(error)
    context |= {"offices": offices, "office": offices[0] if offices else None}
    return render(request, "items/preview.html", context)

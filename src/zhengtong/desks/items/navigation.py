"""What every page of a draft shows around its section: tabs with what is missing, state, acts."""

from collections import Counter
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.public import check_bundle_draft
from zhengtong.capabilities.cases.public import CaseKind, DraftStatus, Finding, ItemDraft, check_draft
from zhengtong.desks.items.access import COMPILE
from zhengtong.desks.items.parts import parts_of
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of

TONES = {
    DraftStatus.COMPILING: "info",
    DraftStatus.IN_REVIEW: "warning",
    DraftStatus.RETURNED: "danger",
    DraftStatus.PUBLISHED: "success",
    DraftStatus.ABANDONED: "neutral",
}
EDITABLE = (DraftStatus.COMPILING, DraftStatus.RETURNED)


def check(draft: ItemDraft) -> list[Finding]:
    return check_bundle_draft(draft) if draft.kind == CaseKind.BUNDLE else check_draft(draft)


def is_editable(request: HttpRequest, draft: ItemDraft) -> bool:
    return draft.status in EDITABLE and can(actor_of(request), COMPILE, draft)


def address_of(draft: ItemDraft, section: str) -> str:
    """Return where a section is edited; "" of one that no page edits yet."""
    if section == "items":
        return reverse("items_desk:arrange", args=[draft.pk])
    if section == "form":
        try:
            return reverse("items_desk:form", args=[draft.pk])
        except NoReverseMatch:  # the designer isn't installed
            return ""
    return reverse("items_desk:part", args=[draft.pk, section])


def frame(request: HttpRequest, draft: ItemDraft, current: str) -> dict[str, Any]:
    """Return the context of ``items/frame.html``."""
    findings = check(draft) if draft.status in (*EDITABLE, DraftStatus.IN_REVIEW) else []
    missing = Counter(each.section for each in findings if each.is_blocking)
    titles = [(part.key, part.title) for part in parts_of(draft)]
    if draft.kind == CaseKind.BUNDLE:
        titles.insert(1, ("items", _("事项和顺序")))
    elif address_of(draft, "form"):
        titles.append(("form", _("表单")))
    tabs = [(_("检查和发布"), reverse("items_desk:draft", args=[draft.pk]), current == "draft", "")]
    tabs += [(title, address_of(draft, key), key == current, missing[key] or "") for key, title in titles]
    names = dict(titles)
    return {
        "draft": draft,
        "status": (draft.get_status_display(), TONES[DraftStatus(draft.status)]),
        "tabs": tabs,
        "findings": [(each, address_of(draft, each.section), names.get(each.section, "")) for each in findings],
        "blocking": sum(missing.values()),
    }

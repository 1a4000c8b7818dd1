"""A draft as a whole: what is missing, what changes, and the acts that end it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from zhengtong.capabilities.bundles.public import publish_bundle_draft
from zhengtong.capabilities.cases.public import (
    CaseKind,
    CleanCharField,
    DraftStatus,
    ItemDraft,
    abandon_item_draft,
    list_changes,
    publish_item_draft,
    return_item_draft,
    submit_item_draft,
    take_over_standard,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.items.access import PUBLISH, of_draft, read_number
from zhengtong.desks.items.navigation import frame, is_editable
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of

MOST_CHANGES = 300
_UNSAID = ("offices", "digest", "bundle")


class ReasonForm(forms.Form):
    reason = CleanCharField(
        label=gettext_lazy("为什么编制或者修改"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("如：新办法自某日起施行，期限由 20 日改为 15 日。"),
    )  # fmt: skip


class OpinionForm(forms.Form):
    opinion = CleanCharField(
        label=gettext_lazy("要修改什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


def _changes(draft: ItemDraft) -> list[Any]:
    """Return how the draft differs from the version it was made of."""
    if draft.based_on is None or draft.kind == CaseKind.BUNDLE:
        return []
    text = {key: value for key, value in draft.definition.items() if key not in _UNSAID}
    return list_changes(draft.based_on.definition, text)[:MOST_CHANGES]


@require_safe
@of_draft
def show_draft(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    actor = actor_of(request)
    may_publish = draft.status == DraftStatus.IN_REVIEW and can(actor, PUBLISH, draft)
    newest = (
        draft.standard.versions.order_by("-number").values_list("pk", flat=True).first() if draft.standard else None
    )
    context = {
        **frame(request, draft, "draft"),
        "can_edit": is_editable(request, draft),
        "may_publish": may_publish,
        "is_own": draft.submitted_by_id == actor.appointment,
        "changes": _changes(draft),
        "is_outdated": draft.standard is not None and newest != draft.standard_version_id,
        "reason_form": ReasonForm(initial={"reason": draft.reason}),
        "opinion_form": OpinionForm(),
    }
    return render(request, "items/draft.html", context)


def _first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])


@require_POST
@of_draft
def submit(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    """Send to a second person, once nothing is missing."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("reason", _first_error(form))
    if blocking := frame(request, draft, "draft")["blocking"]:
        raise Refused("unfinished", _("还有 %(n)d 处没有填好，填好后再送审") % {"n": blocking})
    submit_item_draft(
        actor=actor_of(request),
        draft_id=draft.pk,
        number=read_number(request, draft),
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("已送审，等另一位审核人审核发布"))
    return redirect("items_desk:draft", draft.pk)


@require_POST
@of_draft
def return_draft(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    form = OpinionForm(request.POST)
    if not form.is_valid():
        raise Refused("opinion", _first_error(form))
    return_item_draft(
        actor=actor_of(request),
        draft_id=draft.pk,
        number=read_number(request, draft),
        opinion=form.cleaned_data["opinion"],
    )
    messages.success(request, _("已退回编制人修改"))
    return redirect("items_desk:draft", draft.pk)


@require_POST
@of_draft
def publish(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    act = publish_bundle_draft if draft.kind == CaseKind.BUNDLE else publish_item_draft
    version = act(actor=actor_of(request), draft_id=draft.pk, number=read_number(request, draft))
    messages.success(request, _("已发布第 %(n)d 版，大厅里马上能看到") % {"n": version.number})
    return redirect("items_desk:draft", draft.pk)


@require_POST
@of_draft
def abandon(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    abandon_item_draft(actor=actor_of(request), draft_id=draft.pk, number=read_number(request, draft))
    messages.success(request, _("已放弃这份编制"))
    return redirect("items_desk:list")


@require_POST
@of_draft
def take_over(request: HttpRequest, draft: ItemDraft) -> HttpResponse:
    """Take the newest standard over, in one step."""
    take_over_standard(actor=actor_of(request), draft_id=draft.pk, number=read_number(request, draft))
    messages.success(request, _("已采用新的上级标准，本地填写的内容没有变"))
    return redirect("items_desk:draft", draft.pk)

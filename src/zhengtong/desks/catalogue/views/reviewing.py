"""A version's page: what it says, what it changes, what is still missing, and the acts that move it on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhengtong.capabilities.catalogue.public import (
    APPROVE,
    COMPILE,
    EDITABLE,
    OPEN,
    REVIEW,
    VERDICT_TONES,
    VERDICT_WORDS,
    ResourceVersion,
    Verdict,
    VersionStatus,
    compare,
    discard_version,
    find_base,
    find_gaps,
    list_uses,
    pass_version,
    publish_version,
    read_text,
    return_version,
    say_changes,
    submit_version,
    verdict_of,
    withdraw_version,
)
from zhengtong.core.identity.public import Refused, is_same_person
from zhengtong.desks.catalogue.access import of_version, read_revision
from zhengtong.desks.catalogue.forms import OpinionForm, ReturnForm
from zhengtong.desks.catalogue.presenting import (
    STATUS_TONES,
    item_columns,
    show_head,
    show_items,
    timeline_of,
)
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of

_REVIEWS = {VersionStatus.DEPARTMENT_REVIEW: REVIEW, VersionStatus.AUTHORITY_REVIEW: APPROVE}


@require_safe
@of_version
def show_version(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    actor = actor_of(request)
    text = read_text(version)
    base = find_base(version) if version.status in OPEN else None
    if base is not None:
        found = compare(read_text(base), text)
        changes, verdict = say_changes(found), str(verdict_of(found))
    else:
        changes, verdict = say_changes(version.changes), version.verdict
    permission = _REVIEWS.get(VersionStatus(version.status))
    # Whoever had a part in it leaves the review to another person.
    parts = [version.compiled_by_id]
    if version.status == VersionStatus.AUTHORITY_REVIEW:
        parts.append(version.reviewed_by_id)
    may_compile = can(actor, COMPILE, version)
    context: dict[str, Any] = {
        "version": version,
        "resource": version.resource,
        "tone": STATUS_TONES[VersionStatus(version.status)],
        "head": show_head(version.resource, text, version.classification),
        "columns": item_columns(),
        "items": show_items(text.fields),
        "count": len(text.fields),
        "has_base": version.number > 1 and bool(base or version.verdict),
        "changes": changes,
        "verdict": (VERDICT_WORDS[verdict], VERDICT_TONES[Verdict(verdict)]) if verdict else None,
        "is_breaking": verdict == Verdict.BREAKING,
        "uses": list_uses(version.resource) if version.status in OPEN and version.resource.current_id else [],
        "gaps": find_gaps(version) if version.status in EDITABLE else [],
        "due": get_calendar().last_date(version.due_at) if version.due_at else None,
        "timeline": timeline_of(version),
        "may_edit": may_compile and version.status in EDITABLE,
        "may_withdraw": may_compile and version.status == VersionStatus.DEPARTMENT_REVIEW,
        "may_discard": may_compile and version.status in OPEN,
        "may_review": permission is not None and can(actor, permission, version),
        "is_own": is_same_person(actor, parts),
        "is_last": version.status == VersionStatus.AUTHORITY_REVIEW,
        "opinion_form": OpinionForm(),
        "return_form": ReturnForm(prefix="back"),
    }
    return render(request, "catalogue_desk/version.html", context)


def _read(form: forms.Form) -> str:
    """Raises Refused with the form's first error."""
    if not form.is_valid():
        raise Refused("opinion", str(next(iter(form.errors.values()))[0]))
    said: str = form.cleaned_data["opinion"]
    return said


@require_POST
@of_version
def submit(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    submit_version(actor=actor_of(request), version=version)
    messages.success(request, _("已送部门审核"))
    return redirect("catalogue_desk:version", version.pk)


@require_POST
@of_version
def withdraw(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    withdraw_version(actor=actor_of(request), version=version)
    messages.success(request, _("已撤回，可以接着修改"))
    return redirect("catalogue_desk:version", version.pk)


@require_POST
@of_version
def approve(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    """Pass the review that the version waits for: the department's on to the authority, or the last one."""
    opinion, revision = _read(OpinionForm(request.POST)), read_revision(request)
    # What the page showed decides; when the version has moved on since, the service tells.
    if request.POST.get("step") == "authority":
        publish_version(actor=actor_of(request), version=version, revision=revision, opinion=opinion)
        messages.success(request, _("已发布"))
    else:
        pass_version(actor=actor_of(request), version=version, revision=revision, opinion=opinion)
        messages.success(request, _("部门审核通过，已送目录主管审核"))
    return redirect("catalogue_desk:version", version.pk)


@require_POST
@of_version
def send_back(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    opinion = _read(ReturnForm(request.POST, prefix="back"))
    return_version(actor=actor_of(request), version=version, revision=read_revision(request), opinion=opinion)
    messages.success(request, _("已退回编制人修改"))
    return redirect("catalogue_desk:version", version.pk)


@require_POST
@of_version
def discard(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    discard_version(actor=actor_of(request), version=version)
    messages.success(request, _("已放弃这一版"))
    return redirect("catalogue_desk:entry", version.resource_id)

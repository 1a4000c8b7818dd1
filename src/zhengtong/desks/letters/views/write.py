"""Writing a letter: its kind, then one thing a page, a look at the whole, a number and a code."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import FILES_MOST, LetterDraft, LetterKind, LetterRefused
from zhengtong.core.files.public import PAPERS_AND_PHOTOS, UploadRefused, accept_attribute, describe_kinds, upload_limit
from zhengtong.core.identity.public import Citizen, Region
from zhengtong.desks.letters.forms import ContentForm, KindForm, PlaceForm, WriterForm
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of

PARTS: dict[str, type[django_forms.Form]] = {"content": ContentForm, "place": PlaceForm, "writer": WriterForm}
ORDER = ["content", "place", "writer", "check"]
SESSION = "letter_drafts"


def _titles() -> dict[str, str]:
    return {"content": _("是什么事"), "place": _("在哪里"), "writer": _("怎样联系您"), "check": _("核对")}


@require_http_methods(["GET", "POST"])
@never_cache
def choose_kind(request: HttpRequest) -> HttpResponse:
    """Choose what kind of letter to write, in plain words."""
    form = KindForm(request.POST if request.method == "POST" else None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        if limited := ratelimit.consume_or_429(request, action="letter_write"):
            return limited
        draft = letters.start_draft(actor=actor_of(request), kind=form.cleaned_data["kind"])
        # Whoever isn't signed in has her draft by this browser.
        request.session[SESSION] = [*request.session.get(SESSION, [])[-9:], str(draft.public_id)]
        return redirect("letters_desk:part", draft.public_id, "content")
    return render(request, "letters_desk/write.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, public_id: UUID) -> LetterDraft:
    """Return the draft that this browser or account began; another's doesn't exist."""
    draft = letters.get_draft(public_id)
    is_hers = draft is not None and (
        str(public_id) in request.session.get(SESSION, [])
        or (draft.account_id is not None and draft.account_id == actor_of(request).account_id)
    )
    if draft is None or not is_hers:
        raise Http404
    return draft


def _steps(draft: LetterDraft) -> list[tuple[str, str]]:
    titles = _titles()
    return [(titles[part], reverse("letters_desk:part", args=[draft.public_id, part])) for part in ORDER[:3]] + [
        (titles["check"], "")
    ]


def _initial(request: HttpRequest, draft: LetterDraft) -> dict[str, Any]:
    given = dict(draft.content)
    actor = actor_of(request)
    if "writer_name" not in given and actor.kind is ActorKind.CITIZEN and actor.account_id:
        known = Citizen.objects.filter(account_id=actor.account_id).first()
        if known is not None:
            given |= {"writer_name": known.name, "writer_phone": known.phone}
    return given


@require_http_methods(["GET", "POST"])
@never_cache
def edit_part(request: HttpRequest, public_id: UUID, part: str) -> HttpResponse:
    """One thing on a page; what is right so far is kept."""
    draft = _find(request, public_id)
    if part not in PARTS:
        raise Http404
    if draft.letter_id is not None:
        return redirect("letters_desk:receipt", draft.public_id)
    posted = request.POST if request.method == "POST" else None
    form = PARTS[part](posted, initial=_initial(request, draft))
    refused: list[str] = []
    if posted is not None:
        if part == "content":
            refused = _take_files(request, draft)
        if form.is_valid() and not refused:
            letters.save_draft(draft=draft, answers=form.cleaned_data)
            if "stay" in request.POST:
                return redirect("letters_desk:part", draft.public_id, part)
            after = ORDER[ORDER.index(part) + 1]
            if after == "check":
                return redirect("letters_desk:check", draft.public_id)
            return redirect("letters_desk:part", draft.public_id, after)
    context = {
        "draft": draft,
        "kind": LetterKind(draft.content["kind"]).label,
        "form": form,
        "part": part,
        "title": _titles()[part],
        "steps": _steps(draft),
        "current": ORDER.index(part),
        "previous": _steps(draft)[ORDER.index(part) - 1][1] if part != "content" else "",
        "files": draft.files.select_related("file") if part == "content" else (),
        "refused": refused,
        "accept": accept_attribute(PAPERS_AND_PHOTOS),
        "hint": _("最多 %(n)s 个。%(kinds)s") % {"n": FILES_MOST, "kinds": describe_kinds(PAPERS_AND_PHOTOS)},
        "max_mb": upload_limit() // (1024 * 1024),
    }
    return render(request, "letters_desk/part.html", context, status=422 if form.errors or refused else 200)


def _take_files(request: HttpRequest, draft: LetterDraft) -> list[str]:
    refused = []
    for upload in request.FILES.getlist("files")[:FILES_MOST]:
        try:
            letters.attach_file(actor=actor_of(request), draft=draft, upload=upload)
        except UploadRefused as error:
            refused.append(f"{upload.name}：{error.message}")
        except LetterRefused as error:
            refused.append(str(error))
    return refused


@require_POST
def remove(request: HttpRequest, public_id: UUID, file_id: int) -> HttpResponse:
    """Take an attachment out again."""
    draft = _find(request, public_id)
    letters.remove_file(draft=draft, file_id=file_id)
    return redirect("letters_desk:part", draft.public_id, "content")


@require_http_methods(["GET", "POST"])
@never_cache
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole letter once more; sending it."""
    draft = _find(request, public_id)
    if draft.letter_id is not None:
        return redirect("letters_desk:receipt", draft.public_id)
    missing = next((part for part, form in PARTS.items() if not _is_filled(draft, form)), None)
    if missing is not None:
        messages.warning(request, _("还有内容没有填写。"))
        return redirect("letters_desk:part", draft.public_id, missing)
    problem = ""
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="letter_write"):
            return limited
        try:
            letters.submit_draft(actor=actor_of(request), draft=draft)
        except LetterRefused as error:
            problem = str(error)
        else:
            return redirect("letters_desk:receipt", draft.public_id)
    given = draft.content
    region = Region.objects.select_related("parent").filter(pk=given["region"]).first()
    category = letters.list_categories().filter(pk=given["category"]).first()
    sections = [
        (
            "content",
            [
                (_("类型"), LetterKind(given["kind"]).label),
                (_("标题"), given["title"]),
                (_("详细情况"), given["body"]),
                (_("类别"), category.name if category else "—"),
                (_("附件"), "、".join(each.file.name for each in draft.files.select_related("file")) or _("没有")),
            ],
        ),
        ("place", [(_("所在区划"), region.name if region else "—"), (_("具体地点"), given.get("place") or "—")]),
        (
            "writer",
            [
                (_("称呼"), given["writer_name"]),
                (_("手机号码"), given["writer_phone"]),
                (_("保密"), _("对承办单位保密") if given.get("is_confidential") else _("不需要")),
                (pgettext("letter", "公开"), _("同意隐去个人信息后公开") if given.get("may_publish") else _("不公开")),
            ],
        ),
    ]
    titles = _titles()
    context = {
        "draft": draft,
        "steps": _steps(draft),
        "sections": [
            (titles[part], reverse("letters_desk:part", args=[draft.public_id, part]), rows) for part, rows in sections
        ],
        "problem": problem,
    }
    return render(request, "letters_desk/check.html", context, status=422 if problem else 200)


def _is_filled(draft: LetterDraft, form: type[django_forms.Form]) -> bool:
    return all(draft.content.get(name) or not field.required for name, field in form.base_fields.items())


@require_GET
@never_cache
def show_receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Number and code, for a day, to whoever sent it."""
    draft = _find(request, public_id)
    if draft.letter is None:
        return redirect("letters_desk:check", draft.public_id)
    context = {"letter": draft.letter, "code": draft.content.get("code", "")}
    return render(request, "letters_desk/receipt.html", context)

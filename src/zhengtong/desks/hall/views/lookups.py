"""What anyone may look up without signing in: progress by number, published grants, whether a paper is genuine."""

from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.bundles.public import BundlePart, get_bundle_of
from zhengtong.capabilities.cases.public import Case, get_case_for_progress, list_published_grants
from zhengtong.core.papers.public import (
    MistypedCode,
    Paper,
    PaperDescription,
    Standing,
    VerificationPage,
    describe,
    get_paper_by_code,
    read_code,
)
from zhengtong.desks.hall.access import HallRequest
from zhengtong.desks.hall.forms import CodeForm, IssuedFileForm, ProgressForm
from zhengtong.desks.hall.paging import paginate
from zhengtong.desks.hall.selectors import get_paper_of_file, list_shown_grants
from zhengtong.desks.hall.standing import get_bundle_status, get_joined_timeline, show_parts
from zhengtong.desks.hall.status import get_status, get_timeline, is_ended
from zhengtong.kernel.modules import registry

# How the answer of a verification looks: tone, shape, and the words that say it from afar.
_ANSWERS = {
    Standing.IN_FORCE: ("success", "check", gettext_lazy("真实、有效")),
    Standing.EXPIRED: ("warning", "alert", gettext_lazy("真实，但已过期")),
    Standing.SUSPENDED: ("warning", "pause", gettext_lazy("真实，但已暂停")),
    Standing.REPLACED: ("warning", "alert", gettext_lazy("真实，但已被替换")),
    Standing.REVOKED: ("danger", "stop", gettext_lazy("已撤销，不再有效")),
    Standing.CANCELLED: ("danger", "stop", gettext_lazy("已注销，不再有效")),
}


@sensitive_post_parameters("phone_tail")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_progress(request: HallRequest) -> HttpResponse:
    """A case by its number and the phone's last digits. A wrong number and wrong digits get one and the same answer."""
    posted = request.POST if request.method == "POST" else None
    form = ProgressForm(posted, initial={"number": request.GET.get("number", "")[:40]})
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if limited := ratelimit.consume_or_429(request, action="case_progress", key=number):
            return limited
        case = get_case_for_progress(number, form.cleaned_data["phone_tail"])
        if case is None:
            form.add_error(None, _("没有找到这个办件。请核对编号和手机号后 4 位，两项都对才能查到。"))
        else:
            status = get_status(case)
            context |= {"case": case, "status": status, "timeline": [*map(_impersonal, get_timeline(case, status))]}
            if found := get_bundle_of(case):
                context |= _of_bundle(case, *found)
    return render(request, "hall/progress.html", context)


def _of_bundle(case: Case, parent: Case, parts: list[BundlePart]) -> dict[str, object]:
    """Return what the progress of a bundle, or of one of its parts, tells besides: how each part stands."""
    context: dict[str, object] = {"bundle": parent, "parts": show_parts(parts)}
    if case.pk == parent.pk:
        status = get_bundle_status(parent, parts)
        headline = "" if is_ended(parent) else status.headline
        context["status"] = status
        context["timeline"] = [*map(_impersonal, get_joined_timeline(parent, parts, headline))]
    return context


def _impersonal(event: object) -> dict[str, object]:
    """Leave out who: whoever has a receipt in her hand needn't learn the name."""
    assert isinstance(event, dict)
    return {key: value for key, value in event.items() if key != "who"}


@require_safe
def list_grants(request: HallRequest) -> HttpResponse:
    """Granted licences are public (行政许可法 第四十条)."""
    query = request.GET.get("q", "").strip()[:100]
    page = paginate(list_published_grants(query), request, "decided_at")
    context = {"query": query, "page": page, "grants": list_shown_grants(page.rows)}
    return render(request, "hall/publicity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify(request: HallRequest) -> HttpResponse:
    """Type a code, or compare a file byte for byte with what was issued."""
    code_form, file_form = CodeForm(), IssuedFileForm()
    if "code" in request.GET:
        code_form = CodeForm(request.GET)
        if code_form.is_valid():
            return _to_answer(code_form.cleaned_data["code"])
    if request.method == "POST":
        file_form = IssuedFileForm(request.POST, request.FILES)
        if file_form.is_valid():
            return _compare(request, file_form, None)
    others = registry.of(VerificationPage)
    return render(request, "hall/verify.html", {"code_form": code_form, "file_form": file_form, "others": others})


def _to_answer(typed: str) -> HttpResponse:
    try:
        return redirect("hall:verify_code", read_code(typed))
    except MistypedCode:
        # Only what can stand in an address: the page says that it was mistyped.
        kept = "".join(c for c in typed if c.isalnum())[:40]
        return redirect("hall:verify_code", kept or "-")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify_code(request: HallRequest, code: str) -> HttpResponse:
    """The answer for one code: genuine and in force, expired, revoked, never issued, or mistyped."""
    try:
        paper = get_paper_by_code(code)
    except MistypedCode:
        context = {"code_form": CodeForm({"code": code[:60]})}
        return render(request, "hall/verify_mistyped.html", context, status=404)
    if paper is None:
        return render(request, "hall/verify_unknown.html", {"code": read_code(code)}, status=404)
    file_form = IssuedFileForm(request.POST, request.FILES) if request.method == "POST" else IssuedFileForm()
    if file_form.is_bound and file_form.is_valid():
        return _compare(request, file_form, paper)
    return _answer(request, describe(paper), file_form)


def _compare(request: HallRequest, form: IssuedFileForm, expected: Paper | None) -> HttpResponse:
    paper = get_paper_of_file(form.cleaned_data["file"])
    if paper is None or (expected is not None and paper.pk != expected.pk):
        return render(request, "hall/verify_other_file.html", {"paper": expected, "file_form": IssuedFileForm()})
    return _answer(request, describe(paper), IssuedFileForm(), is_same_file=True)


def _answer(
    request: HallRequest, paper: PaperDescription, form: IssuedFileForm, *, is_same_file: bool = False
) -> HttpResponse:
    tone, shape, words = _ANSWERS[paper.status.standing]
    context = {
        "paper": paper,
        # A licence tells its number among its facts.
        "number": "" if paper.number in dict(paper.public_facts).values() else paper.number,
        "tone": tone,
        "shape": shape,
        "words": words,
        "file_form": form,
        "is_same_file": is_same_file,
    }
    return render(request, "hall/verify_answer.html", context)

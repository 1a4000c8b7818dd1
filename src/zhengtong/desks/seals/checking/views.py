"""Anyone brings a sealed file and reads what was checked. The file is gone when the answer is there."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.seals.public import Check, Outcome, Report, Verdict, check_file
from zhengtong.desks.seals.checking.forms import SealedFileForm
from zhengtong.kernel.modules import Text

# Tone, shape: read from afar before any word is.
_LOOKS = {
    Verdict.GENUINE: ("success", "check"),
    Verdict.DOUBTFUL: ("warning", "alert"),
    Verdict.INVALID: ("danger", "stop"),
    Verdict.CHANGED: ("danger", "stop"),
    Verdict.UNSEALED: ("warning", "alert"),
    Verdict.UNREADABLE: ("warning", "alert"),
}
OUTCOME_LOOKS = {
    Outcome.PASSED: ("success", "check", _("通过")),
    Outcome.FAILED: ("danger", "stop", _("不通过")),
    Outcome.UNKNOWN: ("warning", "alert", _("无法确认")),
}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify_file(request: HttpRequest) -> HttpResponse:
    """Show the form, or what was found about the file that came with it."""
    form = SealedFileForm()
    if request.method == "POST":
        form = SealedFileForm(request.POST, request.FILES)
        if form.is_valid():
            if limited := ratelimit.consume_or_429(request, action="verify_file"):
                return limited
            upload = form.cleaned_data["file"]
            report = check_file(upload.read(), password=form.cleaned_data["password"])
            if report.code in ("password_needed", "wrong_password"):
                form.add_error("password", report.sentence)
            else:
                return render(request, "seals_desk/verify_file_answer.html", _describe(report, upload.name))
    return render(request, "seals_desk/verify_file.html", {"form": form}, status=422 if form.errors else 200)


def _describe(report: Report, name: str) -> dict[str, object]:
    tone, shape = _LOOKS[report.verdict]
    return {
        "report": report,
        "name": name,
        "tone": tone,
        "shape": shape,
        "seals": [(seal, [_show(check) for check in seal.checks]) for seal in report.seals],
        "checks": [] if report.code else [_show(check) for check in report.checks],
        "checked_at": timezone.now(),
    }


def _show(check: Check) -> tuple[Check, tuple[str, str, Text]]:
    return check, OUTCOME_LOOKS[check.outcome]

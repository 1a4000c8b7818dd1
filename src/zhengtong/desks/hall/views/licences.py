"""Her licences, to be shown, downloaded and verified; and what she asks about one: a change, a renewal, its end."""

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.cases.public import Unacceptable, say
from zhengtong.capabilities.licences.public import (
    Licence,
    RequestKind,
    list_licences,
    list_possible,
    start_request,
)
from zhengtong.capabilities.payments.public import exclude_unpaid
from zhengtong.core.files.public import file_response
from zhengtong.core.papers.public import Standing, ensure_rendered, get_status
from zhengtong.desks.hall.access import HallRequest, applicants_only
from zhengtong.desks.hall.paging import paginate

TONES = {Standing.IN_FORCE: "success", Standing.EXPIRED: "warning", Standing.SUSPENDED: "warning"}


def _list_handed_over(request: HallRequest) -> QuerySet[Licence]:
    """Return her licences, without those whose fee isn't paid yet."""
    return exclude_unpaid(list_licences(request.actor))


@require_safe
@applicants_only
def list_own(request: HallRequest) -> HttpResponse:
    page = paginate(_list_handed_over(request), request, "paper__issued_at")
    context = {"page": page, "licences": [describe(licence) for licence in page.rows]}
    return render(request, "hall/licences.html", context)


def describe(licence: Licence) -> dict[str, object]:
    status = get_status(licence.paper)
    return {
        "licence": licence,
        "status": status,
        "tone": TONES.get(status.standing, "danger"),
        "may_ask": bool(list_possible(licence, timezone.localdate())),
    }


HELP = {
    RequestKind.CHANGE: _("名称、经营项目等登记的内容变了。编号和有效期不变。"),
    RequestKind.RENEW: _("有效期快到了，继续经营。新的有效期从原有效期满的次日算起。"),
    RequestKind.CORRECT: _("证照上有错字、错项。"),
    RequestKind.CANCEL: _("不再从事许可的活动。"),
}


class RequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("要办什么"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, kinds: list[RequestKind], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what was posted, or nothing
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, f"{kind.label}：{HELP[kind]}") for kind in kinds]


@require_http_methods(["GET", "POST"])
@applicants_only
def ask(request: HallRequest, number: str) -> HttpResponse:
    """Ask for a change, a renewal, a correction or the end of one licence: a draft with all that is known already."""
    licence = _list_handed_over(request).filter(number=number).first()
    if licence is None:
        raise Http404
    form = RequestForm(list_possible(licence, timezone.localdate()), request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            case = start_request(actor=request.actor, number=number, **form.cleaned_data)
        except Unacceptable as error:
            problem = say(error)
        else:
            return redirect("hall:draft", public_id=case.public_id)
    status = 422 if form.is_bound else 200
    context = {"licence": licence, "form": form, "problem": problem}
    return render(request, "hall/licence_request.html", context, status=status)


@require_safe
@applicants_only
def download(request: HallRequest, number: str) -> FileResponse:
    """The electronic licence, made now if its job hasn't come to it yet."""
    licence = _list_handed_over(request).filter(number=number).first()
    if licence is None:
        raise Http404
    paper = ensure_rendered(licence.paper)
    assert paper.file is not None  # ensure_rendered gives it one
    return file_response(paper.file, actor=request.actor, as_attachment="open" not in request.GET)

"""An urging as whoever was asked sees it, and her answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import TASK_PERMISSIONS, RuleBroken, say, task_url
from zhengtong.capabilities.supervision.public import answer_urging, get_urging, may_answer
from zhengtong.desks.supervision.answer_forms import AnswerForm
from zhengtong.screens.access import actor_of, for_staff

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
@for_staff("cases.view_case", *TASK_PERMISSIONS.values())
def show_urging(request: HttpRequest, urging_id: int) -> HttpResponseBase:
    """Only those who were asked, who lead the office and who watch it find it; others don't learn that it is there."""
    actor = actor_of(request)
    urging = get_urging(actor, urging_id)
    if urging is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    is_open = urging.answered_at is None and may_answer(actor, urging)
    if request.method == "POST" and form.is_valid():
        try:
            answer_urging(actor=actor, urging_id=urging.pk, words=form.cleaned_data["words"])
        except RuleBroken as error:
            form.add_error("words", say(error))
        else:
            messages.success(request, _("已说明办理情况，催办人会收到消息。"))
            return redirect("supervision:urging", urging.pk)
    context = {
        "urging": urging,
        "case": urging.case,
        "form": form if is_open or form.errors else None,
        "case_url": task_url(urging.case, urging.task.node),
    }
    return render(request, "supervision/urging.html", context, status=UNPROCESSABLE if form.errors else 200)

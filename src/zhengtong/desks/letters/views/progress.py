"""A writer's own letters, and one letter by its number and code: how it stands, rating it, urging."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import Letter, LetterRefused, State
from zhengtong.core.files.public import file_response
from zhengtong.desks.letters.forms import ProgressForm, RatingForm
from zhengtong.desks.letters.views.desk import state_chip
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import paginate

OPENED = "letters_opened"


@require_GET
@never_cache
def list_mine(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    if actor.kind is ActorKind.ANONYMOUS:
        return redirect_to_login(request.get_full_path())
    if actor.kind is not ActorKind.CITIZEN:
        return redirect(settings.STAFF_HOME_URL)
    page = paginate(letters.list_own_letters(actor), request.GET, order=("-id",), size=20)
    rows = [(letter, state_chip(letter)) for letter in page.rows]
    return render(request, "letters_desk/mine.html", {"rows": rows, "page": page})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Number and code open a letter; a wrong number and a wrong code get one and the same answer."""
    form = ProgressForm(
        request.POST if request.method == "POST" else None, initial={"number": request.GET.get("number", "")[:40]}
    )
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if limited := ratelimit.consume_or_429(request, action="letter_progress", key=number):
            return limited
        letter = letters.find_by_code(number, form.cleaned_data["code"])
        if letter is not None:
            request.session[OPENED] = [*request.session.get(OPENED, [])[-9:], str(letter.public_id)]
            return redirect("letters_desk:letter", letter.public_id)
        form.add_error(None, _("没有找到这封来信。请核对编号和查询码，两项都对才能查到。"))
    return render(request, "letters_desk/progress.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, public_id: UUID) -> tuple[Letter | None, bool]:
    """Return a letter that is this citizen's or that this browser opened by its code, and whether it is hers."""
    own = letters.get_own_letter(actor_of(request), public_id)
    if own is not None:
        return own, True
    if str(public_id) in request.session.get(OPENED, []):
        return Letter.objects.select_related("category", "organisation").filter(public_id=public_id).first(), False
    return None, False


def _refuse(request: HttpRequest) -> HttpResponseBase:
    if actor_of(request).kind is ActorKind.ANONYMOUS:
        return redirect_to_login(request.get_full_path())
    raise Http404


def _headline(letter: Letter) -> str:
    return {
        State.RECEIVED: _("已收到，等待受理"),
        State.NOT_ACCEPTED: _("不予受理"),
        State.ACCEPTED: _("已受理，正在派发"),
        State.RETURNED: _("已受理，正在重新派发"),
        State.DISPATCHED: _("已派发承办单位"),
        State.HANDLING: _("承办单位正在办理"),
        State.APPROVING: _("承办单位正在办理"),
        State.REOPENED: _("正在重新办理"),
        State.ANSWERED: _("已答复，请您评价"),
        State.CLOSED: _("已办结"),
    }[State(letter.state)]


def _render(request: HttpRequest, letter: Letter, form: RatingForm | None = None, status: int = 200) -> HttpResponse:
    calendar = get_calendar(letter.region.code)
    answer = letter.answers.exclude(sent_at=None).last()
    is_over = letter.state in (State.ANSWERED, State.CLOSED, State.NOT_ACCEPTED)
    context: dict[str, Any] = {
        "letter": letter,
        "state": state_chip(letter),
        "headline": _headline(letter),
        "due": None if is_over else calendar.last_date(letter.due_at),
        "answer": answer,
        "may_rate": letter.state in (State.ANSWERED, State.CLOSED) and letter.score is None and answer is not None,
        "may_urge": not is_over,
        "form": form or RatingForm(),
        "events": letters.list_events(letter, is_for_writer=True),
        "files": letter.files.select_related("file"),
        "is_signed_in": actor_of(request).kind is ActorKind.CITIZEN,
    }
    return render(request, "letters_desk/own_letter.html", context, status=status)


@require_GET
@never_cache
def show_letter(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    letter, _is_own = _find(request, public_id)
    return _refuse(request) if letter is None else _render(request, letter)


@require_POST
@never_cache
def rate(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    letter, is_own = _find(request, public_id)
    if letter is None:
        return _refuse(request)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _render(request, letter, form, 422)
    actor = actor_of(request)
    try:
        if is_own:
            letters.rate_letter(actor=actor, letter_id=letter.pk, **form.cleaned_data)
        else:
            letters.rate_by_code(actor=actor, letter=letter, **form.cleaned_data)
    except LetterRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("谢谢您的评价。"))
    return redirect("letters_desk:letter", letter.public_id)


@require_POST
@never_cache
def urge(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    letter, is_own = _find(request, public_id)
    if letter is None:
        return _refuse(request)
    actor = actor_of(request)
    try:
        if is_own:
            letters.urge_letter(actor=actor, letter_id=letter.pk)
        else:
            letters.urge_by_code(actor=actor, letter=letter)
    except LetterRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已提醒承办单位尽快办理。"))
    return redirect("letters_desk:letter", letter.public_id)


@require_GET
@never_cache
def open_file(request: HttpRequest, public_id: UUID, file_id: int) -> HttpResponseBase:
    letter, _is_own = _find(request, public_id)
    if letter is None:
        return _refuse(request)
    attached = letter.files.select_related("file").filter(pk=file_id).first()
    if attached is None:
        raise Http404
    return file_response(attached.file, actor=actor_of(request), as_attachment=False)

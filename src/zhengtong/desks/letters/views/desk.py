"""What waits, all letters, one letter with its acts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import ANY, RECEPTION, Letter, LetterConflict, LetterRefused, Node, State
from zhengtong.core.files.public import file_response
from zhengtong.core.identity.public import mask_name, mask_phone
from zhengtong.core.worklist.public import WorkItem, WorkRefused, list_mine, list_office
from zhengtong.desks.letters.acts import ACTS, BY_CODE, LetterAct, Situation
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Denied
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import count_capped, paginate
from zhengtong.screens.templatetags.look import chip, deadline

TABS: dict[str, tuple[Node, ...]] = {
    "acceptance": (Node.ACCEPTANCE,),
    "dispatch": (Node.DISPATCH, Node.EXTENSION),
    "handling": (Node.HANDLING, Node.COOPERATION, Node.RECTIFICATION),
    "approval": (Node.APPROVAL,),
    "callback": (Node.CALLBACK, Node.RECHECK),
    "publication": (Node.PUBLICATION,),
}
TONES = {
    State.RECEIVED: "info",
    State.ACCEPTED: "info",
    State.DISPATCHED: "info",
    State.RETURNED: "warning",
    State.REOPENED: "warning",
    State.HANDLING: "info",
    State.APPROVING: "info",
    State.ANSWERED: "success",
    State.CLOSED: "neutral",
    State.NOT_ACCEPTED: "neutral",
}


def _titles() -> dict[str, str]:
    return {
        "acceptance": _("受理"),
        "dispatch": pgettext("act", "派发"),
        "handling": pgettext("letter", "办理"),
        "approval": _("审核"),
        "callback": _("回访"),
        "publication": pgettext("letter", "公开"),
    }


def _days_left(item: WorkItem) -> int | None:
    if item.due_at is None:
        return None
    calendar = get_calendar(item.organisation.region.code)
    return calendar.working_days_between(calendar.local_date(timezone.now()), calendar.last_date(item.due_at))


def _row(item: WorkItem) -> dict[str, Any]:
    left = _days_left(item)
    late = item.due_at is not None and item.due_at <= timezone.now()
    tone = "danger" if late else {"yellow": "warning", "red": "danger"}.get(item.level, "")
    return {
        "url": item.url,
        "key": item.reference,
        "tone": tone,
        "cells": {
            "reference": item.reference,
            "title": item.title,
            "party": item.party,
            "step": _(item.step),
            "opened": cn_datetime(item.opened_at),
            "due": deadline(left, due=item.due_at, unit="short"),
        },
    }


@require_GET
@for_staff(*ANY)
def show_queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person's offices and for herself, by step."""
    actor = actor_of(request)
    titles = _titles()
    found = {
        key: [node.kind for node in nodes if actor.has(letters.NODE_PERMISSIONS[node])] for key, nodes in TABS.items()
    }
    shown = {key: kinds for key, kinds in found.items() if kinds}
    scope = request.GET.get("step", "")
    kinds = shown.get(scope) or [kind for each in shown.values() for kind in each]
    is_mine = request.GET.get("scope") == "mine"
    items = (list_mine(actor) if is_mine else list_office(actor)).filter(kind__in=kinds)
    page = paginate(items.select_related("organisation__region"), request.GET, order=("due_at", "id"))
    here = reverse("letters_desk:queue")

    def count(kinds: list[str]) -> int:
        return (
            count_capped(list_office(actor).filter(kind__in=kinds))[0]
            + count_capped(list_mine(actor).filter(kind__in=kinds))[0]
        )

    context = {
        "page": page,
        "columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("类型和类别"), "main"),
            ("party", _("来信人")),
            ("step", _("环节")),
            ("opened", _("到达"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "rows": [_row(item) for item in page.rows],
        "tabs": [
            (_("全部"), here, scope not in shown, count([k for each in shown.values() for k in each])),
            *((titles[key], f"{here}?step={key}", key == scope, count(each)) for key, each in shown.items()),
        ],
        "scopes": [
            (_("待领"), f"{here}?step={scope}", not is_mine),
            (_("我领办的"), f"{here}?step={scope}&scope=mine", is_mine),
        ],
        "may_record": actor.has(letters.ACCEPT),
        "may_view": actor.has(letters.VIEW),
    }
    return render(request, "letters_desk/queue.html", context)


@require_GET
@for_staff(letters.VIEW)
def show_all(request: HttpRequest) -> HttpResponse:
    """All letters of her organisations, the newest first, narrowed by state, kind, category and lateness."""
    actor = actor_of(request)
    found = letters.list_letters(actor).defer("title", "body", "place", "writer_phone", "score_comment")
    given = request.GET
    state, kind, category = given.get("state", ""), given.get("kind", ""), given.get("category", "")
    if state in list(State):
        found = found.filter(state=state)
    if kind in letters.LetterKind.values:
        found = found.filter(kind=kind)
    if category.isascii() and category.isdigit() and len(category) < 10:
        found = found.filter(category_id=int(category))
    if given.get("late"):
        found = found.filter(letters.COUNTING, due_at__lte=timezone.now())
    query = given.get("q", "").strip().upper()[:20]
    if query:
        found = found.filter(number__startswith=query)
    page = paginate(found, given, order=("-id",))
    context = {
        "page": page,
        "columns": [
            ("number", _("编号"), "nowrap"),
            ("subject", _("类型和类别"), "main"),
            ("party", _("来信人")),
            ("office", _("当前单位")),
            ("state", _("状态")),
            ("received", _("收到"), "nowrap"),
        ],
        "rows": [
            {
                "url": reverse("letters_desk:case", args=[letter.number]),
                "key": letter.number,
                "cells": {
                    "number": letter.number,
                    "subject": letter.subject,
                    "party": letters.party_of(letter),
                    "office": letter.organisation.name,
                    "state": state_chip(letter),
                    "received": cn_datetime(letter.received_at),
                },
            }
            for letter in page.rows
        ],
        "query": query,
        "states": [("", _("全部状态")), *letters.LETTER_STATES],
        "kinds": [("", _("全部类型")), *letters.LetterKind.choices],
        "categories": [("", _("全部类别")), *((str(c.pk), c.name) for c in letters.list_categories())],
        "state": state,
        "kind": kind,
        "category": category,
        "late": bool(given.get("late")),
    }
    return render(request, "letters_desk/all.html", context)


def state_chip(letter: Letter) -> Any:
    return chip(letter.get_state_display(), TONES.get(State(letter.state), "neutral"))


def find_letter(request: HttpRequest, number: str) -> Letter:
    letter = letters.get_letter(actor_of(request), number)
    if letter is None:
        raise Http404
    return letter


def render_letter(
    request: HttpRequest, letter: Letter, problem: str = "", status: int = 200, *, is_revealed: bool = False
) -> HttpResponse:
    situation = Situation.of(letter, actor_of(request))
    calendar = get_calendar(letter.region.code)
    left = calendar.working_days_between(calendar.local_date(timezone.now()), calendar.last_date(letter.due_at))
    acts = [(act, reverse("letters_desk:act", args=[letter.number, act.code])) for act in ACTS if act.is_for(situation)]
    may_publish = (
        situation.may(letters.PUBLISH)
        and letter.state in (State.ANSWERED, State.CLOSED)
        and letter.may_publish
        and not letter.is_confidential
        and not hasattr(letter, "published")
    )
    knows = any(situation.may(each) for each in RECEPTION)
    sees = not letter.is_confidential or knows
    context = {
        "letter": letter,
        "state": state_chip(letter),
        "summary": [
            (_("类型"), letter.get_kind_display()),
            (_("类别"), letter.category.name),
            (_("来源"), letter.get_channel_display()),
            (_("收到"), cn_datetime(letter.received_at)),
            (_("所在区划"), letter.region.name),
            (_("地点"), letter.place or "—"),
            (_("当前单位"), letter.organisation.name),
            (pgettext("letter", "公开"), _("同意公开") if letter.may_publish else _("不公开")),
        ],
        "writer": (letter.writer_name if is_revealed else mask_name(letter.writer_name)) if sees else _("（要求保密）"),
        "phone": (letter.writer_phone if is_revealed else mask_phone(letter.writer_phone)) if sees else "",
        "may_reveal": sees and not is_revealed,
        # The main act is one that waits for somebody; what is only possible stands in the menu.
        "main": acts[0] if acts and acts[0][0].node is not None and not may_publish else None,
        "acts": acts[1:] if acts and acts[0][0].node is not None and not may_publish else acts,
        "may_publish": may_publish,
        "items": [(item, str(letters.STEP_TITLES[Node(item.kind.partition(".")[2])])) for item in situation.items],
        "left": left,
        "is_counting": letter.state not in (State.ANSWERED, State.CLOSED, State.NOT_ACCEPTED),
        "answers": letter.answers.select_related("drafted_by__staff", "decided_by__staff").order_by("-id"),
        "cooperations": letter.cooperations.select_related("organisation"),
        "calls": letter.calls.select_related("by__staff"),
        "follow_up": getattr(letter, "follow_up", None),
        "extension": getattr(letter, "extension", None),
        "published": getattr(letter, "published", None),
        "files": letter.files.select_related("file"),
        "events": letters.list_events(letter),
        "problem": problem,
        "is_conflict": status == 409,
    }
    return render(request, "letters_desk/letter.html", context, status=status)


@require_GET
@for_staff(*ANY)
def show_letter(request: HttpRequest, number: str) -> HttpResponse:
    return render_letter(request, find_letter(request, number))


@require_POST
@for_staff(*ANY)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show name and phone once, for the purpose that was given."""
    letter = find_letter(request, number)
    try:
        letters.reveal_contact(actor=actor_of(request), letter=letter, purpose=request.POST.get("purpose", ""))
    except LetterRefused as error:
        return render_letter(request, letter, str(error), 422)
    return render_letter(request, letter, is_revealed=True)


@require_GET
@for_staff(*ANY)
def open_file(request: HttpRequest, number: str, file_id: int) -> HttpResponseBase:
    attached = find_letter(request, number).files.select_related("file").filter(pk=file_id).first()
    if attached is None:
        raise Http404
    return file_response(attached.file, actor=actor_of(request), as_attachment=False)


@require_http_methods(["GET", "POST"])
@for_staff(*ANY)
def act_on_letter(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Show an act's form, or do it."""
    letter = find_letter(request, number)
    act = BY_CODE.get(code)
    if act is None:
        raise Http404
    situation = Situation.of(letter, actor_of(request))
    back = reverse("letters_desk:case", args=[letter.number])
    if not act.is_for(situation):
        if request.method == "POST":
            gone = _("这封来信现在不能“%(act)s”，情况可能已经变了。请看最新情况。") % {"act": act.title}
            return render_letter(request, letter, gone, 409)
        messages.warning(request, _("这封来信现在不能“%(act)s”，请看最新情况。") % {"act": act.title})
        return redirect(back)
    return _perform(request, act, situation, back)


def _perform(request: HttpRequest, act: LetterAct, situation: Situation, back: str) -> HttpResponse:
    letter = situation.letter
    given: dict[str, Any] = {}
    form = None
    if act.form is not None:
        initial = {"version": letter.version, **act.initial(letter)}
        posted = request.POST if request.method == "POST" else None
        form = act.form(posted, offices=act.offices(situation), initial=initial)
        context = {"act": act, "letter": letter, "form": form, "back": back}
        if posted is None:
            return render(request, "letters_desk/act.html", context)
        if not form.is_valid():
            return render(request, "letters_desk/act.html", context, status=422)
        given = form.cleaned_data
    elif request.method != "POST":
        return redirect(back)
    try:
        act.perform(situation, given)
    except (LetterConflict, WorkRefused) as error:
        return render_letter(request, find_letter(request, letter.number), str(error), 409)
    except LetterRefused as error:
        if form is None:
            return render_letter(request, letter, str(error), 422)
        form.add_error(error.field if error.field in form.fields else None, str(error))
        context = {"act": act, "letter": letter, "form": form, "back": back}
        return render(request, "letters_desk/act.html", context, status=422)
    except Denied:
        return render_letter(request, letter, _("您没有办理这一步的权限。"), 403)
    messages.success(request, str(act.done) % {"number": letter.number})
    # Whoever gave the letter away may not see it any more.
    return redirect(back if letters.get_letter(situation.actor, letter.number) else reverse("letters_desk:queue"))

"""Publishing an answered letter: what the rules found is marked, a person decides, reads the result and confirms."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import PUBLISH, LetterConflict, LetterRefused
from zhengtong.desks.letters.views.desk import find_letter, render_letter
from zhengtong.screens.access import actor_of, for_staff


@require_http_methods(["GET", "POST"])
@for_staff(PUBLISH)
def publish(request: HttpRequest, number: str) -> HttpResponse:
    letter = find_letter(request, number)
    actor = actor_of(request)
    marked = letters.mark_personal(letter)
    offered = list(
        dict.fromkeys(
            (piece.text, piece.kind)
            for part in marked.values()
            for piece in part
            if piece.kind and not piece.is_certain
        )
    )
    # What is ticked is taken out; a likely one that was unticked stays.
    taken = request.POST.getlist("take")[:500] if request.method == "POST" else [text for text, _kind in offered]
    keep = [text for text, _kind in offered if text not in taken]
    also = [line.strip() for line in request.POST.get("also", "")[:2000].splitlines() if line.strip()]
    problem = ""
    if request.method == "POST" and "publish" in request.POST:
        try:
            letters.publish_letter(
                actor=actor,
                letter_id=letter.pk,
                keep=keep,
                also=also,
                is_confirmed="is_confirmed" in request.POST,
                version=int(request.POST["version"]) if request.POST.get("version", "").isdigit() else None,
            )
        except LetterConflict as error:
            return render_letter(request, letter, str(error), 409)
        except LetterRefused as error:
            problem = str(error)
        else:
            messages.success(request, _("已公开 %(number)s") % {"number": letter.number})
            return redirect("letters_desk:case", letter.number)
    titles = {"title": _("标题"), "body": _("来信"), "answer": _("答复")}
    result: dict[str, Any] = letters.redact_letter(letter, keep=keep, also=also)
    context = {
        "letter": letter,
        "marked": [(titles[part], pieces) for part, pieces in marked.items()],
        "offered": [(text, letters.PERSONAL_WORDS[kind], text in taken) for text, kind in offered],
        "result": [(titles[part], text) for part, text in result.items()],
        "also": "\n".join(also),
        "problem": problem,
    }
    return render(request, "letters_desk/publish.html", context, status=422 if problem else 200)

"""One act on selected rows: each row its own service call and transaction; what failed is named with its reason."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.screens import presenting
from zhengtong.screens.access import may
from zhengtong.screens.columns import find_path
from zhengtong.screens.declaration import Act, ModelScreens
from zhengtong.screens.listing import scope
from zhengtong.screens.routing import Route, url_of
from zhengtong.screens.views.writes import TOKEN, find_act
from zhengtong.screens.writing import explain, has_fields, make_form, perform

LIMIT = 200
ROW, STEP, BACK = "row", "step", "back"


@dataclass
class Outcome:
    """What became of the selected rows; ``failed`` are pairs of a row's name and the reason."""

    done: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def pick_rows(screens: ModelScreens, actor: Actor, keys: list[str]) -> tuple[list[Any], int]:
    """Return the rows with these keys that are in sight, in the order of selection, and how many aren't."""
    lookup = find_path(screens.model, screens.lookup)[-1]
    wanted = []
    for key in dict.fromkeys(keys):
        try:
            wanted.append(lookup.to_python(key))
        except (ValidationError, ValueError):
            continue
    rows = {
        getattr(row, screens.lookup): row for row in scope(screens, actor).filter(**{f"{screens.lookup}__in": wanted})
    }
    found = [rows[key] for key in wanted if key in rows]
    return found, len(dict.fromkeys(keys)) - len(found)


@require_http_methods(["GET", "POST"])
def act_on_rows(request: HttpRequest, screens: ModelScreens, actor: Actor, act: str) -> HttpResponse:
    """First the question (what, on which rows, with which reason), unless there is nothing to ask; then the acts."""
    found = find_act(screens, act)
    if not found.is_bulk or not may(actor, screens, found.permission):
        raise Denied(found.permission)
    back = url_of(screens)
    if query := request.POST.get(BACK, ""):
        back += f"?{query}"
    keys = request.POST.getlist(ROW)
    if request.method != "POST" or not keys:
        messages.warning(request, _("请先在列表里选择要办理的记录"))
        return redirect(back)
    if len(keys) > LIMIT:
        messages.error(
            request, _("一次最多办理 %(limit)d 条，您选了 %(n)d 条，请分几次办理") % {"limit": LIMIT, "n": len(keys)}
        )
        return redirect(back)
    rows, missing = pick_rows(screens, actor, keys)
    asks = bool(found.confirm) or found.is_dangerous or has_fields(screens, found)
    is_sent = request.POST.get(STEP) == "do"
    form = make_form(screens, found, actor, data=request.POST if is_sent or not asks else None, is_bulk=True)
    if asks and not (is_sent and form.is_valid()):
        context = presenting.shell(
            request,
            screens,
            actor,
            act=found,
            form=form,
            rows=[(getattr(row, screens.lookup), presenting.name_of(screens, row)) for row in rows],
            missing=missing,
            token=uuid4().hex,
            back=request.POST.get(BACK, ""),
            back_url=back,
        )
        return render(request, "screens/model/bulk.html", context, status=422 if is_sent else 200)
    form.is_valid()
    if found.assurance:
        require_assurance(request, found.assurance)
    # One transaction with the mark: whoever sends it again after a crash finds either all of it done or nothing.
    with once(f"form:{request.POST.get(TOKEN, '')[:64] or uuid4().hex}") as is_first:
        if not is_first:
            messages.success(request, _("这份表单已经提交过，没有重复办理"))
            return redirect(back)
        outcome = perform_each(screens, found, actor, rows, form)
    if missing:
        outcome.failed.append((_("%(n)d 条记录") % {"n": missing}, _("找不到，或者已经不在您的范围内")))
    if not outcome.failed:
        messages.success(request, _("%(act)s：%(n)d 条已办理") % {"act": found.title, "n": outcome.done})
        return redirect(back)
    context = presenting.shell(request, screens, actor, act=found, outcome=outcome, back_url=back)
    return render(request, "screens/model/bulk_done.html", context)


def perform_each(screens: ModelScreens, act: Act, actor: Actor, rows: list[Any], form: Any) -> Outcome:
    outcome = Outcome()
    for row in rows:
        name = presenting.name_of(screens, row)
        if act.when is not None and not act.when(row):
            outcome.failed.append((name, _("现在的情况不能%(act)s") % {"act": act.title}))
            continue
        try:
            with transaction.atomic():
                perform(screens, act, actor, row, form)
        except Exception as error:
            refusals = explain(error, screens)
            if refusals is None:
                raise
            outcome.failed.append((name, "；".join(text for _field, text in refusals)))
        else:
            outcome.done += 1
    return outcome


ROUTES = (
    Route("bulk", "act/<slug:act>/", act_on_rows, when=lambda screens: any(act.is_bulk for act in screens.actions)),
)

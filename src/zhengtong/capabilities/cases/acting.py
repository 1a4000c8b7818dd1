"""One page flow for every act on a case: fill in, confirm where it can't be undone, one call of one service.

A desk lists its acts as :class:`CaseAct`; :func:`run_act` is the view behind all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.answers import show_value
from zhengtong.capabilities.cases.declarations import TaskPage
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import RuleBroken
from zhengtong.capabilities.cases.errors import Conflict, IncompleteApplication, StaleCase, Unacceptable
from zhengtong.capabilities.cases.item_definition import ItemDefinition
from zhengtong.capabilities.cases.models import ELSEWHERE, Case, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.presentation import say
from zhengtong.capabilities.cases.selectors import is_consulted, list_tasks
from zhengtong.kernel.modules import Text, registry
from zhengtong.kernel.policy import Actor, can, require

CONFLICT, UNPROCESSABLE = 409, 422
VIEW = "cases.view_case"


@dataclass(frozen=True)
class Situation:
    """A case as one person meets it: what is open, and what of it is hers to do."""

    case: Case
    actor: Actor
    tasks: tuple[Task, ...]

    @classmethod
    def of(cls, case: Case, actor: Actor) -> "Situation":
        return cls(case, actor, tuple(task for task in list_tasks(case) if task.status == TaskStatus.OPEN))

    def task(self, node: str) -> Task | None:
        """Return the open task of ``node``; of several (a process may have some) her own, or one she may take."""
        found = [task for task in self.tasks if task.node == node]
        mine = self.actor.appointment
        held = (task for task in found if mine is not None and task.assignee_id == mine)
        free = (task for task in found if task.assignee_id is None and self.may_do(task))
        return next(held, None) or next(free, None) or next(iter(found), None)

    def may(self, permission: str) -> bool:
        """Whether she may do this to the case; whoever has a part in its process may look at all of it."""
        return can(self.actor, permission, self.case) or (permission == VIEW and self.is_consulted)

    def may_do(self, task: Task) -> bool:
        """Whether she may do ``task``: in the organ of the case, or in the office to which it was given."""
        if task.node not in ELSEWHERE:
            return can(self.actor, task.permission, self.case)
        return task.organisation_id in self.actor.reach(task.permission)

    @property
    def is_consulted(self) -> bool:
        """Whether the case's process, or a question, has brought it to an office of hers."""
        return is_consulted(self.actor, self.case)

    def has(self, node: str) -> bool:
        """Whether there is an open task of ``node`` that is hers, or free and hers to take."""
        task = self.task(node)
        return bool(task and self.may_do(task) and task.assignee_id in (None, self.actor.appointment))

    def holds(self, node: str) -> bool:
        """Whether she has claimed the open task of ``node``."""
        task = self.task(node)
        return bool(task and task.assignee_id is not None and task.assignee_id == self.actor.appointment)

    def reviews(self) -> bool:
        """Whether the review is in her hands: its task, or one of a process in the case's own organ."""
        task = self.task(TaskNode.PROCESS)
        is_own = task is not None and task.organisation_id == self.case.organisation_id
        return self.holds(TaskNode.REVIEW) or (is_own and self.holds(TaskNode.PROCESS))

    def free(self, nodes: Iterable[str]) -> Task | None:
        """Return the first unclaimed task among ``nodes`` that she may do."""
        return next((t for t in self.tasks if t.node in nodes and t.assignee_id is None and self.may_do(t)), None)

    @property
    def definition(self) -> ItemDefinition:
        return get_definition(self.case.item_version_id)


class ActForm(forms.Form):
    """What an act asks for. ``version`` is the one of the page that she looked at: an older one is a stale tab."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    phrases: dict[str, Sequence[str]] = {}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        options["initial"] = {"version": situation.case.version, **options.get("initial", {})}
        super().__init__(*args, **options)
        self.situation = situation
        for name, phrases in self.phrases.items():
            self.offer(name, phrases)

    def offer(self, name: str, phrases: Sequence[str]) -> None:
        """Offer usual phrases under a field: a click puts one into it."""
        offered = self.fields[name]
        offered.phrases = phrases  # type: ignore[attr-defined]  # read by the act page's template
        offered.widget.attrs |= {"x-init": "text = $el.value", "x-model": "text"}

    def preview(self) -> list[tuple[str, str]]:
        """Return what the confirmation shows: label and value of each field that was filled in."""
        rows = []
        for bound in self.visible_fields():
            value = self.cleaned_data.get(bound.name)
            choices = dict(getattr(bound.field, "choices", ()))
            values = value if isinstance(value, list) else [value]
            shown = (
                "、".join(str(choices[each]) for each in values if each in choices) if choices else show_value(value)
            )
            if shown:
                rows.append((str(bound.label), shown))
        return rows


@dataclass(frozen=True)
class CaseAct:
    """One act. ``perform`` gets the situation and the cleaned form and calls one service.

    ``style``: ``button`` posts at once, ``dialog`` asks first, ``page`` has a form of its own; with ``confirms`` the
    form is followed by a page that says what will happen. ``permission`` is asked before anything is shown.
    """

    code: str
    title: Text
    done: Text
    permission: str
    when: Callable[[Situation], bool]
    perform: Callable[[Situation, Any], object]
    form: type[ActForm] = ActForm
    style: str = "page"
    icon: str = ""
    lead: Text = ""
    confirms: bool = False
    is_grave: bool = False
    template: str = "cases/act.html"
    told: Callable[[Situation], Sequence[str]] = field(default=lambda _situation: ())


def list_acts(acts: Iterable[CaseAct], situation: Situation) -> list[CaseAct]:
    """Return the acts that she can do now, in the desk's order: the first is the main one."""
    return [act for act in acts if situation.may(act.permission) and act.when(situation)]


Shower = Callable[[HttpRequest, Situation, str, int], HttpResponse]


def run_act(request: HttpRequest, act: CaseAct, situation: Situation, *, back: str, show_case: Shower) -> HttpResponse:
    """Show the act's form, its confirmation, or do it and go ``back``.

    A conflict shows the fresh case page (409), a broken rule the form with the sentence in its place (422). Raises
    Denied.
    """
    if not situation.may(act.permission):
        require(situation.actor, act.permission, situation.case)
    if request.method != "POST":
        if act.style != "page" or not act.when(situation):
            messages.warning(request, _("这个办件现在不能“%(act)s”，请看最新情况。") % {"act": act.title})
            return redirect(back)
        return _show_form(request, act, situation, act.form(situation), back)
    form = act.form(situation, request.POST)
    is_returning = "edit" in request.POST
    if not form.is_valid() or is_returning:
        if act.style != "page":
            return show_case(request, situation, _first_error(form), UNPROCESSABLE)
        return _show_form(request, act, situation, form, back, status=200 if is_returning else UNPROCESSABLE)
    if form.cleaned_data["version"] != situation.case.version:
        return show_case(request, situation, say(StaleCase()), CONFLICT)
    if act.confirms and "confirmed" not in request.POST:
        return _show_confirmation(request, act, situation, form, back)
    try:
        act.perform(situation, form)
    except Conflict as error:
        return show_case(request, situation, say(error), CONFLICT)
    except RuleBroken as error:
        _place(error, form, situation)
        if act.style != "page":
            return show_case(request, situation, say(error, situation.definition), UNPROCESSABLE)
        return _show_form(request, act, situation, form, back, status=UNPROCESSABLE)
    messages.success(request, str(act.done) % {"number": situation.case.number})
    return redirect(back)


def _place(error: RuleBroken, form: ActForm, situation: Situation) -> None:
    """Put the sentence next to the field that it is about, or above the form."""
    if isinstance(error, IncompleteApplication):
        for _section, key, sentence in error.errors:
            form.add_error(key if key in form.fields else None, sentence)
        return
    name = error.field if isinstance(error, Unacceptable) else ""
    form.add_error(name if name in form.fields else None, say(error, situation.definition))


def _first_error(form: forms.Form) -> str:
    return next((str(message) for errors in form.errors.values() for message in errors), "")


def _context(act: CaseAct, situation: Situation, form: ActForm, back: str) -> dict[str, Any]:
    return {"act": act, "situation": situation, "case": situation.case, "form": form, "back": back}


def _show_form(
    request: HttpRequest, act: CaseAct, situation: Situation, form: ActForm, back: str, *, status: int = 200
) -> HttpResponse:
    context = _context(act, situation, form, back) | {"told": act.told(situation) if not act.confirms else ()}
    return render(request, act.template, context, status=status)


def _show_confirmation(
    request: HttpRequest, act: CaseAct, situation: Situation, form: ActForm, back: str
) -> HttpResponse:
    kept = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "confirmed", "edit")
        for value in request.POST.getlist(name)
    ]
    context = _context(act, situation, form, back) | {
        "kept": kept,
        "rows": form.preview(),
        "told": act.told(situation),
    }
    return render(request, "cases/act_confirmation.html", context)


def describe_acts(acts: Iterable[CaseAct], situation: Situation, desk: str) -> dict[str, Any]:
    """Return the context of ``cases/acts.html``: the acts with their addresses (``<desk>:act``), the open tasks, and
    the pages of other desks on which a task that she may do is handled.
    """
    number = situation.case.number
    found = [
        (act, reverse(f"{desk}:act", args=[number, act.code]), act.form(situation))
        for act in list_acts(acts, situation)
    ]
    pages = {page.node: page.url_name for page in registry.of(TaskPage)}
    elsewhere = [
        (reverse(pages[task.node], args=[number]), _("去办理：%(step)s") % {"step": task.step_name})
        for task in situation.tasks
        if situation.has(task.node) and not pages.get(task.node, f"{desk}:").startswith(f"{desk}:")
    ]
    return {"act_urls": found, "tasks": situation.tasks, "elsewhere": elsewhere}

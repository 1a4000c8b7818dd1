"""Decisions on many cases at once: those that the review found to be granted, with one set of reasons.

A refusal states the facts of its own case (行政许可法 第三十八条), so it's never made for many.
"""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import (
    Outcome,
    RuleBroken,
    Task,
    TaskNode,
    TaskStatus,
    claim_task,
    grant_case,
    say,
)
from zhengtong.core.worklist.public import WorkRefused
from zhengtong.desks.workbench.forms import GrantForm, Reasons
from zhengtong.desks.workbench.views.lists import read_ids, show, staff_actor
from zhengtong.desks.workbench.views.moving import BATCH, list_movable, say_batch
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.policy import Actor, Denied

DECIDE = "cases.decide_case"


class DecideManyForm(forms.Form):
    reasons = Reasons(gettext_lazy("决定理由"), help_text=gettext_lazy("写进每一份决定书"))

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what was posted, or nothing
        self.fields["reasons"].phrases = GrantForm.phrases["reasons"]  # type: ignore[attr-defined]  # read by the field's template
        self.fields["reasons"].widget.attrs |= {"x-init": "text = $el.value", "x-model": "text"}


def list_decidable(actor: Actor, item_ids: list[int]) -> tuple[list[Task], list[str]]:
    """Return the open decisions among the ticked work that are proposed to be granted, and the numbers of the rest."""
    items = list_movable(actor, item_ids)
    tasks = {
        task.pk: task
        for task in Task.objects.select_related("case").filter(
            pk__in=[item.object_id for item in items if item.kind == "cases.task"],
            node=TaskNode.DECISION,
            status=TaskStatus.OPEN,
        )
    }
    proposed: dict[int, Task] = {}
    reviews = Task.objects.filter(case__in=[task.case_id for task in tasks.values()], node=TaskNode.REVIEW)
    proposed |= {done.case_id: done for done in reviews.filter(status=TaskStatus.DONE).order_by("id")}
    found, others = [], []
    for item in items:
        decision = tasks.get(item.object_id) if item.kind == "cases.task" else None
        review = proposed.get(decision.case_id) if decision else None
        if decision is not None and review is not None and review.outcome == Outcome.GRANT:
            decision.opinion = review.opinion
            found.append(decision)
        else:
            others.append(item.reference)
    return found, others


@require_http_methods(["GET", "POST"])
def decide_many(request: HttpRequest) -> HttpResponse:
    """Show what is to be granted together, ask for the reasons, and grant each in a transaction of its own."""
    actor = staff_actor(request)
    if not actor.has(DECIDE):
        raise Denied(DECIDE)
    given = request.POST if request.method == "POST" else request.GET
    tasks, others = list_decidable(actor, read_ids(given.getlist("item"))[:BATCH])
    if not tasks:
        messages.warning(request, _("所选的任务里没有审查意见为“拟准予”、等待决定的办件；拟不予的请逐件决定"))
        return redirect("workbench:todo")
    is_asked = "reasons" in request.POST
    form = DecideManyForm(request.POST if is_asked else None)
    if is_asked and form.is_valid():
        require_assurance(request, "issue")
        batch = grant_each(actor, tasks, form.cleaned_data["reasons"])
        n = len(batch.done)
        say_batch(request, batch, ngettext("已准予许可 %(n)d 件", "已准予许可 %(n)d 件", n) % {"n": n}, "")
        return redirect("workbench:todo")
    context = {
        "form": form,
        "tasks": tasks,
        "others": others,
        "items": given.getlist("item"),
        "title": ngettext("批量准予 %(n)d 件", "批量准予 %(n)d 件", len(tasks)) % {"n": len(tasks)},
    }
    return show(request, "workbench/decide_many.html", context, 422 if form.is_bound else 200)


@dataclass
class Granted:
    """The numbers of the cases that were granted; number and reason of those that weren't."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def grant_each(actor: Actor, tasks: list[Task], reasons: str) -> Granted:
    """Grant case after case; what can't be granted is named with why, the rest is done."""
    batch = Granted()
    for task in tasks:
        number = task.case.number or ""
        try:
            if task.assignee_id is None:
                claim_task(actor=actor, task_id=task.pk)
            grant_case(actor=actor, case_id=task.case_id, reasons=reasons)
        except RuleBroken as error:
            batch.refused.append((number, say(error)))
        except WorkRefused as error:
            batch.refused.append((number, str(error)))
        except Denied:
            batch.refused.append((number, _("您没有权限")))
        else:
            batch.done.append(number)
    return batch

"""One organ asks another for its opinion (征求意见) on a matter of the same application. No clock stops for it."""

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.bundles.models import Opinion
from zhengtong.capabilities.bundles.services.visits import reviewer_of
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ENDED, Case, LegalState, TaskNode, Unacceptable
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

TO_GIVE, GIVEN = "bundles.opinion", "bundles.opinion_given"
REVIEW = "cases.review_case"


def list_askable(case: Case) -> list[Case]:
    """Return the running parts of the same bundle whose organ is another one."""
    if case.parent_id is None:
        return []
    beside = Case.objects.filter(parent_id=case.parent_id).exclude(organisation_id=case.organisation_id)
    return [each for each in beside.select_related("organisation").order_by("pk") if _runs(each)]


def _runs(case: Case) -> bool:
    return LegalState(case.state) not in ENDED


@step()
def ask_opinion(*, actor: Actor, case_id: int, asked_id: int, question: str, version: int | None = None) -> Opinion:
    """Ask the organ of another part: a task for whoever reviews it there, or for its office. Raises Unacceptable."""
    case = cases.lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    asked = next((each for each in list_askable(case) if each.pk == asked_id), None)
    if asked is None:
        raise Unacceptable(_("只能征求同一件事中其他在办部门的意见。"), "asked")
    if not question.strip():
        raise Unacceptable(_("请写明要征求什么意见。"), "question")
    opinion = Opinion.objects.create(
        case=case, asked=asked, question=question.strip()[:500], asked_by_id=actor.held_appointment
    )
    note = f"征求{asked.organisation.name}意见：{opinion.question}"
    cases.note_act(case, "ask_opinion", actor=actor, note=note, journal={"opinion": opinion.pk})
    open_item(
        kind=TO_GIVE,
        object_id=opinion.pk,
        organisation_id=asked.organisation_id,
        permission=REVIEW,
        assignee_id=reviewer_of(asked),
        **cases.describe_on_lists(asked),
        step=_("答复征求意见"),
        url=cases.task_url(asked, TaskNode.REVIEW),
    )
    return opinion


@step()
def give_opinion(*, actor: Actor, opinion_id: int, answer: str, version: int | None = None) -> Opinion:
    """Answer what one's organ was asked, once; the one who asked reads it. Raises Unacceptable, Denied."""
    asked_id = Opinion.objects.values_list("asked_id", flat=True).get(pk=opinion_id)
    asked = cases.lock_case(asked_id, actor=actor, permission=REVIEW, version=version)
    # Written only under the lock of the case that was asked.
    opinion = Opinion.objects.select_related("case", "asked_by").get(pk=opinion_id)
    if opinion.answered_at is not None:
        raise Unacceptable(_("这条意见已经答复过了。"))
    if not answer.strip():
        raise Unacceptable(_("请写明意见。"), "answer")
    opinion.answer, opinion.answered_by_id = answer.strip()[:1000], actor.held_appointment
    opinion.answered_at = timezone.now()
    opinion.save(update_fields=["answer", "answered_by", "answered_at"])
    cases.note_act(
        asked, "give_opinion", actor=actor, note=f"答复征求意见：{opinion.answer}", journal={"opinion": opinion.pk}
    )
    close_item(kind=TO_GIVE, object_id=opinion.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    case = opinion.case
    open_item(
        kind=GIVEN,
        object_id=opinion.pk,
        organisation_id=case.organisation_id,
        permission=REVIEW,
        assignee_id=reviewer_of(case) or opinion.asked_by_id,
        **cases.describe_on_lists(case),
        step=f"{asked.organisation.short_name}已答复意见"[:40],
        url=cases.task_url(case, TaskNode.REVIEW),
    )
    return opinion


def drop_questions(case: Case) -> None:
    """Take what nobody has to answer any more off the lists, because ``case`` asked or was asked, and ended."""
    for opinion_id in Opinion.objects.filter(asked=case, answered_at=None).values_list("pk", flat=True):
        close_item(kind=TO_GIVE, object_id=opinion_id, done_by_id=None)


def list_open_questions(case: Case) -> list[Opinion]:
    """Return what the organ of ``case`` is asked and hasn't answered."""
    if case.parent_id is None:
        return []
    found = Opinion.objects.filter(asked=case, answered_at=None).select_related("case__organisation")
    return list(found.order_by("id"))


def list_opinions_around(case: Case) -> list[Opinion]:
    """Return what this part's organ asked and was asked, the newest first."""
    found = Opinion.objects.filter(case=case) | Opinion.objects.filter(asked=case)
    return list(
        found.select_related(
            "case__organisation", "asked__organisation", "asked_by__staff", "answered_by__staff"
        ).order_by("-id")
    )

"""An organ ends on a merger, a split or its abolition: its successor goes on with what it had in hand.

Whoever takes over the competence takes over the procedure (行政许可法 第二十三条: only who has the competence may
grant), so open applications, limits and tasks are the successor's from that day, and so are the papers issued from
then on. Limits run on as they did: a change of organs doesn't give more time. What has ended stays with the organ that
ended it.
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.cases.domain import ENDED
from zhengtong.capabilities.cases.models import Case, CaseEvent, ItemOffice, Task, TaskStatus
from zhengtong.core.audit.public import build, record_all
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

BATCH = 2000


def hold_office(organisation_id: int) -> None:
    """Lock all running cases in which the organ or counter has a part, in the order of their ids.

    Drafts too: one that is being submitted opens its first task there.
    """
    list(_list_running(organisation_id).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


@step()
def succeed_organ(*, actor: Actor, organisation_id: int, successor_id: int) -> int:
    """Let the successor go on with the running cases and open tasks of an organ or counter that ended, and stand in its
    place for new applications; return how many cases went over. Run again it finds nothing.

    Versions of cases stay as they are: a form that somebody has open can still be sent.
    """
    hold_office(organisation_id)
    old, new = _name(organisation_id), _name(successor_id)
    decided = _list_running(organisation_id).filter(organisation_id=organisation_id)
    moved = dict(decided.order_by("pk").values_list("pk", "number"))
    offices = list(ItemOffice.objects.filter(Q(organisation_id=organisation_id) | Q(window_id=organisation_id)))
    decided.update(organisation_id=successor_id)
    Task.objects.filter(organisation_id=organisation_id, status=TaskStatus.OPEN).update(organisation_id=successor_id)
    ItemOffice.objects.filter(organisation_id=organisation_id).update(organisation_id=successor_id)
    ItemOffice.objects.filter(window_id=organisation_id).update(window_id=successor_id)
    now = timezone.now()
    words = f"因机构调整，{old}的职责由{new}承接，本办件由{new}继续办理，办理期限不变。"
    CaseEvent.objects.bulk_create(
        (
            CaseEvent(
                case_id=pk,
                at=now,
                act="succeed_organ",
                actor_name=actor.name,
                organisation_name=new,
                words=words[:300],
            )
            for pk, number in moved.items()
            if number is not None  # nobody has seen a draft yet but its applicant, to whom the organ is shown anyway
        ),
        batch_size=BATCH,
    )
    before, after = {"organisation": organisation_id}, {"organisation": successor_id}
    changed = [*(("cases.case", pk) for pk in moved), *(("cases.itemoffice", office.pk) for office in offices)]
    for start in range(0, len(changed), BATCH):
        record_all(
            build(actor, "cases.succeed_organ", each, before=before, after=after)
            for each in changed[start : start + BATCH]
        )
    return len(moved)


def _list_running(organisation_id: int) -> QuerySet[Case]:
    part = (
        Q(organisation_id=organisation_id)
        | Q(office__organisation_id=organisation_id)
        | Q(office__window_id=organisation_id)
    )
    return Case.objects.filter(part).exclude(state__in=ENDED)


def _name(organisation_id: int) -> str:
    return Organisation.objects.values_list("name", flat=True).get(pk=organisation_id)

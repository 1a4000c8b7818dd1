"""Reading items and cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.domain import LegalState
from zhengtong.capabilities.cases.models import (
    ELSEWHERE,
    Case,
    CaseMaterial,
    Clock,
    CorrectionNotice,
    ItemOffice,
    ItemVersion,
    ServiceItem,
    Task,
    TaskStatus,
)
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.capabilities.cases.services import clocks
from zhengtong.kernel.policy import Actor, visible

_TICK = timedelta(microseconds=1)


def get_live_version(item: ServiceItem) -> ItemVersion:
    """Return the newest published version of ``item``."""
    return item.versions.defer("definition").order_by("-number")[:1].get()


def get_item(code: str) -> ServiceItem | None:
    return ServiceItem.objects.filter(code=code, is_published=True).first()


def list_items(audience: str = "") -> QuerySet[ServiceItem]:
    found = ServiceItem.objects.filter(is_published=True, is_standard=False).order_by("name")
    return found.filter(audience=audience) if audience else found


def list_agent_matters() -> list[tuple[str, str]]:
    """Return what a citizen may ask another to do for her: the items that persons apply for, code and name."""
    return list(list_items("person").values_list("code", "name"))


def list_offices(item: ServiceItem) -> QuerySet[ItemOffice]:
    return item.offices.select_related("organisation", "region", "window").order_by("region__code")


_DETAIL = (
    "item_version__item",
    "office__region",
    "office__window",
    "organisation",
    "legal_entity",
    "applied_by__citizen",
)


def list_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases that ``actor`` may see: her own, or those of the organisations that her roles reach."""
    return visible(actor, "cases.view_case", Case.objects.all())


def get_case(actor: Actor, number: str) -> Case | None:
    """Return a submitted case by its number, None when there is none or ``actor`` may not see it."""
    return list_cases(actor).filter(number=number).select_related(*_DETAIL).first()


def is_consulted(actor: Actor, case: Case) -> bool:
    """Return whether an office where ``actor`` may look at cases has a part in ``case``: in its process, or asked."""
    offices = actor.reach("cases.view_case")
    tasks = case.tasks.filter(node__in=ELSEWHERE).exclude(status=TaskStatus.CANCELLED)
    return bool(offices) and any(each in offices for each in tasks.values_list("organisation_id", flat=True))


def get_consulted_case(actor: Actor, number: str) -> Case | None:
    """Return the case that another organ handles and for which an office of ``actor`` is asked; else None."""
    brought = Task.objects.filter(case=OuterRef("pk"), node__in=ELSEWHERE).exclude(status=TaskStatus.CANCELLED)
    case = Case.objects.filter(Exists(brought), number=number).select_related(*_DETAIL).first()
    return case if case is not None and is_consulted(actor, case) else None


def get_case_by_public_id(actor: Actor, public_id: UUID) -> Case | None:
    """Return a case, draft or not, by the id in its applicant's addresses."""
    return list_cases(actor).filter(public_id=public_id).select_related(*_DETAIL).first()


def list_own_cases(actor: Actor) -> QuerySet[Case]:
    """Return an applicant's cases and drafts, the newest first; the parts of a bundle are found in it."""
    return (
        list_cases(actor)
        .filter(parent=None)
        .select_related("item_version__item", "office__organisation")
        .order_by("-created_at", "-id")
    )


def get_case_for_progress(number: str, phone_tail: str) -> Case | None:
    """Return the case named by number and the last four digits of its phone. The caller limits the rate."""
    case = Case.objects.filter(number=number.strip().upper()).select_related(*_DETAIL).first()
    if case is None or len(phone_tail) != 4 or not case.applicant_phone.endswith(phone_tail):
        return None
    return case


def list_materials(case: Case) -> list[CaseMaterial]:
    """Return the files that are in force now, not those that corrections replaced."""
    return list(case.materials.filter(replaced_at=None).select_related("file"))


def list_material_keys(case: Case) -> list[str]:
    """Return for each file in force which material it is, in no order."""
    return list(case.materials.filter(replaced_at=None).order_by().values_list("key", flat=True))


def list_tasks(case: Case) -> QuerySet[Task]:
    people = ("assignee__staff", "done_by__staff", "done_by_agent__staff", "delegated_by__staff")
    return case.tasks.select_related(*people, "organisation")


def get_open_task(case: Case, node: str) -> Task | None:
    return list_tasks(case).filter(node=node, status=TaskStatus.OPEN).first()


def get_open_notice(case: Case) -> CorrectionNotice | None:
    """Return the correction notice that waits for the applicant, with its marks."""
    return case.correction_notices.filter(resubmitted_at=None).prefetch_related("marks").order_by("-id").first()


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as a page shows it. Days are working days or calendar days, as ``clock.unit`` says."""

    clock: Clock
    used: int
    remaining: int
    level: str
    last_moment: datetime
    is_running: bool


def list_clocks(case: Case, now: datetime | None = None) -> list[ClockView]:
    """Return the clocks of ``case`` with their days used and left, computed from the intervals."""
    moment = now or timezone.now()
    calendar = clocks.calendar_of(case)
    percent = get_rulebook().warning_percent
    views = []
    for clock in case.clocks.prefetch_related("intervals__paper").order_by("id"):
        state = clocks.to_state(clock)
        views.append(
            ClockView(
                clock=clock,
                used=domain.used_days(state, moment, calendar),
                remaining=domain.remaining_days(state, moment, calendar),
                level=domain.level(state, moment, calendar, percent),
                last_moment=clock.due_at - _TICK,
                is_running=clock.finished_at is None,
            )
        )
    return views


ACTIVE_STATES: Sequence[str] = [s for s in LegalState if s not in domain.ENDED and s is not LegalState.DRAFT]

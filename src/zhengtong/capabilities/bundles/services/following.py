"""What happens to a bundle when something happens to one of its parts: the clock, what waits, the end."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from zhengtong.capabilities.bundles.models import BundlePart, PartState
from zhengtong.capabilities.bundles.services.parts import FAILED, is_granted, list_parts, lock_parent, stop_dependants
from zhengtong.capabilities.bundles.services.telling import tell_other_organs
from zhengtong.capabilities.bundles.tasks import complete_bundle, start_parts
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import (
    ENDED,
    Act,
    Case,
    CaseGranted,
    CasePaused,
    Clock,
    ClockBasis,
    ClockPurpose,
    LegalState,
)
from zhengtong.capabilities.cases.public import CaseEventBase as Happening
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM
from zhengtong.kernel.steps import step

RECEIVED = frozenset({LegalState.SUBMITTED, LegalState.RESUBMITTED, LegalState.NEED_MATERIALS})
DECIDED = frozenset({LegalState.GRANTED, LegalState.REFUSED})
_WHY = {
    LegalState.REFUSED: "没有获得许可",
    LegalState.NOT_REQUIRED: "不需要许可",
    LegalState.NOT_COMPETENT: "不予受理",
    LegalState.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part stands: as little of it as decides what happens to the bundle."""

    code: str
    after: tuple[str, ...]
    state: str
    case_id: int | None
    case_state: LegalState | None

    @property
    def is_ended(self) -> bool:
        return self.state == PartState.STOPPED or self.case_state in ENDED

    @property
    def is_settled(self) -> bool:
        """Whether the organ has said its last word, though it may still have to deliver."""
        return self.is_ended or self.case_state in DECIDED


def survey(parent_id: int) -> list[Standing]:
    """Return how the parts stand, in their order. Every step of every part asks: so nothing is read but this."""
    columns = ("item__code", "after", "state", "case_id", "case__state")
    rows = BundlePart.objects.filter(parent_id=parent_id).order_by("position").values_list(*columns)
    return [
        Standing(code, tuple(after), state, case_id, LegalState(case_state) if case_state else None)
        for code, after, state, case_id, case_state in rows
    ]


def follow_part(event: Happening) -> None:
    """Bring the bundle up to date, in the transaction of the part's own act.

    The part's row is locked by then, and the bundle's after it: two departments that finish at the same moment wait for
    each other here, and the second one sees what the first did.
    """
    parent_id = event.case.parent_id
    if parent_id is None:
        return
    clock = Clock.objects.filter(case=OuterRef("pk"), purpose=ClockPurpose.BUNDLE, basis=ClockBasis.PROMISED)
    locked = Case.objects.select_for_update(of=("self",)).filter(pk=parent_id)
    state, started_at, finished_at, is_paused = locked.values_list(
        "state",
        *(Subquery(clock.values(name)[:1]) for name in ("started_at", "finished_at", "is_paused")),
    ).get()
    parts = survey(parent_id)
    part = next((each for each in parts if each.case_id == event.case.pk), None)
    if part is None:  # it is just being filed
        return
    if part.case_state in FAILED:
        _follow_failure(parent_id, event)
        parts = survey(parent_id)
    elif isinstance(event, CaseGranted) and any(part.code in each.after for each in parts):
        enqueue(start_parts, parent_id=parent_id)
    if started_at is None:
        if _is_all_accepted(parts):
            _start_clock(lock_parent(parent_id))
    elif finished_at is None:
        _keep_clock(parent_id, parts, event, is_paused=is_paused)
    if state == LegalState.UNDERWAY and all(each.is_ended for each in parts):
        enqueue(complete_bundle, parent_id=parent_id)


def _follow_failure(parent_id: int, event: Happening) -> None:
    """Stop what waited for the part, and tell the officials of the others."""
    parent, parts = lock_parent(parent_id), list_parts(parent_id)
    failed = next(each for each in parts if each.case_id == event.case.pk)
    why = f"“{failed.item.name}”{_WHY[LegalState(event.case.state)]}"
    stop_dependants(parent, parts, failed, why)
    tell_other_organs(parts, failed, why)


# The clock: 行政许可法 第四十二条第二款 counts from acceptance, 第四十五条 leaves out what organs' clocks leave out.


def _is_all_accepted(parts: list[Standing]) -> bool:
    """Whether all that could begin has begun and is accepted: the day from which the bundle's limit counts."""
    left = [each for each in parts if not each.is_settled]
    begun = [each for each in left if each.case_id is not None]
    can_begin = any(each.case_id is None and not each.after for each in left)
    return bool(begun) and not can_begin and not any(each.case_state in RECEIVED for each in begun)


def _start_clock(parent: Case) -> None:
    now = timezone.now()
    clock = cases.start_bundle_clock(parent, now)["promised"]
    until = cases.calendar_of_case(parent).last_date(clock.due_at)
    cases.note_act(
        parent,
        "accept_bundle",
        actor=SYSTEM,
        words=f"各部门均已受理，承诺 {cases.shown_date(until)} 前全部办结。",
        accepted_at=now,
        due_at=parent.due_at,
    )


def _keep_clock(parent_id: int, parts: list[Standing], event: Happening, *, is_paused: bool) -> None:
    """Stop the clock when all is decided; let it stand still while every organ's does, and no longer."""
    now = timezone.now()
    left = [each for each in parts if not each.is_settled]
    if not left:
        cases.finish_clocks(lock_parent(parent_id), ClockPurpose.BUNDLE, now)
        return
    begun = [each for each in left if each.case_id is not None]
    stands_still = bool(begun) and all(each.case_state == LegalState.EXCLUDED_TIME for each in begun)
    if stands_still == is_paused or (stands_still and not isinstance(event, CasePaused)):
        return
    parent = lock_parent(parent_id)
    if not stands_still:
        cases.resume_clocks(parent, now, purpose=ClockPurpose.BUNDLE)
    elif isinstance(event, CasePaused):
        if parent.due_at is not None and parent.due_at <= now:
            return  # a pause doesn't cure lateness
        cases.pause_clocks(
            parent,
            now,
            paper=event.paper,
            allowed_days=event.allowed_days,
            reason=event.reason,
            article=event.article,
            purpose=ClockPurpose.BUNDLE,
        )
    Case.objects.filter(pk=parent.pk).update(due_at=parent.due_at)


# The end


@step()
def complete(*, parent_id: int) -> None:
    """Close a bundle of which nothing runs or waits any more, and say what came of each part. Twice is once."""
    parent = lock_parent(parent_id)
    if parent.state != LegalState.UNDERWAY or not all(each.is_ended for each in survey(parent_id)):
        return
    parts, now = list_parts(parent_id), timezone.now()
    granted = [part for part in parts if is_granted(part)]
    is_withdrawn = all(part.case is None or part.case.state == LegalState.WITHDRAWN for part in parts)
    words = f"全部办结：{len(parts)} 个事项，办成 {len(granted)} 个。"
    cases.advance_case(
        parent,
        Act.WITHDRAW if is_withdrawn else Act.COMPLETE,
        actor=SYSTEM,
        at=now,
        words="您撤回了全部事项，办理终止。" if is_withdrawn else words,
        closed_at=now,
        due_at=None,
    )
    if is_withdrawn:
        return
    cases.issue_case_paper(
        parent,
        "bundles.completion",
        word="结",
        actor=SYSTEM,
        at=now,
        content={
            "received_on": timezone.localdate(parent.received_at),
            "completed_on": timezone.localdate(now),
            "parts": [_say_part(part) for part in parts],
        },
        facts=[("办成事项", f"{len(granted)} / {len(parts)}")],
    )
    cases.tell_applicant(parent, "bundles.completed", actor=SYSTEM, count=len(parts), granted=len(granted))


def _say_part(part: BundlePart) -> dict[str, str]:
    """Return a line of the paper that closes a bundle."""
    if part.case is None:
        return {"name": part.item.name, "organ": part.office.organisation.name, "result": f"未启动：{part.stopped_why}"}
    decision = getattr(part.case, "decision", None)
    result = decision.get_outcome_display() if decision else part.case.get_state_display()
    return {
        "name": part.item.name,
        "organ": part.office.organisation.name,
        "result": str(result),
        "number": decision.number if decision else part.case.number or "",
    }

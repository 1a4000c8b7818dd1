"""What happens to a bundle when something happens to one of its parts: the clock, what waits, the end."""

from datetime import datetime

from django.utils import timezone

from zhengtong.capabilities.bundles.models import BundlePart, PartState
from zhengtong.capabilities.bundles.services.parts import FAILED, is_granted, list_parts, lock_parent, stop_dependants
from zhengtong.capabilities.bundles.services.telling import tell_other_organs
from zhengtong.capabilities.bundles.tasks import start_parts
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ENDED, Act, Case, CasePaused, ClockPurpose, LegalState
from zhengtong.capabilities.cases.public import CaseEventBase as Happening
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM

RECEIVED = frozenset({LegalState.SUBMITTED, LegalState.RESUBMITTED, LegalState.NEED_MATERIALS})
DECIDED = frozenset({LegalState.GRANTED, LegalState.REFUSED})
_WHY = {
    LegalState.REFUSED: "没有获得许可",
    LegalState.NOT_REQUIRED: "不需要许可",
    LegalState.NOT_COMPETENT: "不予受理",
    LegalState.WITHDRAWN: "已撤回",
}


def follow_part(event: Happening) -> None:
    """Bring the bundle up to date, in the transaction of the part's own act.

    The part's row is locked by then, and the bundle's after it: two departments that finish at the same moment wait for
    each other here, and the second one sees what the first did.
    """
    if event.case.parent_id is None:
        return
    parent = lock_parent(event.case.parent_id)
    parts = list_parts(parent.pk)
    part = next((each for each in parts if each.case_id == event.case.pk), None)
    if part is None:  # it is just being filed
        return
    part.case = event.case
    state = LegalState(event.case.state)
    if state in FAILED:
        why = f"“{part.item.name}”{_WHY[state]}"
        stop_dependants(parent, parts, part, why)
        tell_other_organs(parent, parts, part, why)
    elif is_granted(part) and any(part.item.code in p.after for p in parts if p.state == PartState.WAITING):
        enqueue(start_parts, parent_id=parent.pk)
    now = timezone.now()
    _keep_clock(parent, parts, event, now)
    settle(parent, parts, now)


def settle(parent: Case, parts: list[BundlePart], now: datetime) -> None:
    """Close the locked bundle when nothing of it runs or waits any more."""
    if all(_is_ended(each) for each in parts):
        _complete(parent, parts, now)


def _is_ended(part: BundlePart) -> bool:
    return part.state == PartState.STOPPED or (part.case is not None and LegalState(part.case.state) in ENDED)


def _is_settled(part: BundlePart) -> bool:
    """Whether the organ has said its last word, though it may still have to deliver."""
    return _is_ended(part) or (part.case is not None and LegalState(part.case.state) in DECIDED)


def _keep_clock(parent: Case, parts: list[BundlePart], event: Happening, now: datetime) -> None:
    """Start the bundle's clock when all that could begin is accepted; let it stand still while every organ's does;
    stop it when all is decided.

    Rule: 行政许可法 第四十二条第二款 counts from acceptance; 第四十五条 leaves out what the organs' clocks leave out.
    """
    clock = parent.clocks.filter(purpose=ClockPurpose.BUNDLE).order_by("id").first()
    open_parts = [part for part in parts if not _is_settled(part)]
    begun = [part for part in open_parts if part.case is not None]
    if clock is None:
        is_waiting = any(p.case is None and not p.after for p in open_parts)
        is_received = any(LegalState(p.case.state) in RECEIVED for p in begun if p.case)
        if begun and not is_waiting and not is_received:
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
        return
    if clock.finished_at is not None:
        return
    if not open_parts:
        cases.finish_clocks(parent, ClockPurpose.BUNDLE, now)
        return
    stands_still = begun and all(p.case and p.case.state == LegalState.EXCLUDED_TIME for p in begun)
    if stands_still and not clock.is_paused and isinstance(event, CasePaused) and now < clock.due_at:
        cases.pause_clocks(
            parent,
            now,
            paper=event.paper,
            allowed_days=event.allowed_days,
            reason=event.reason,
            article=event.article,
            purpose=ClockPurpose.BUNDLE,
        )
    elif clock.is_paused and not stands_still:
        cases.resume_clocks(parent, now, purpose=ClockPurpose.BUNDLE)
    else:
        return
    Case.objects.filter(pk=parent.pk).update(due_at=parent.due_at)


def _complete(parent: Case, parts: list[BundlePart], now: datetime) -> None:
    if parent.state != LegalState.UNDERWAY:
        return
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

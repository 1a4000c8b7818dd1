"""Following up a bad rating (国办发〔2019〕51号): contact, rectify, verify, let its giver rate again."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import (
    Appraisal,
    Case,
    calendar_of_case,
    get_rulebook,
    lock_case,
    shown_date,
    tell_applicant,
)
from zhengtong.capabilities.letters.public import MOST_CALLS, SATISFIED_FROM, clean_text, due_after
from zhengtong.capabilities.ratings.models import Finding, FollowUp, FollowUpState
from zhengtong.capabilities.ratings.permissions import HANDLE, VERIFY
from zhengtong.capabilities.ratings.steps import (
    Node,
    StaleFollowUp,
    cancel_work,
    finish_work,
    keep,
    lock_follow_up,
    open_work,
    require_text,
)
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

CONTACT_LIMIT: Final = "ratings.contact"
RECTIFY_LIMIT: Final = "ratings.rectify"


def is_bad(score: int) -> bool:
    """Return whether a rating says 不满意 or 非常不满意."""
    return score < SATISFIED_FROM


@step()
def open_follow_up(*, appraisal: Appraisal, case: Case) -> FollowUp:
    """Give the office that handled the ``case`` the bad rating to follow up; the applicant is told until when."""
    now, calendar = timezone.now(), calendar_of_case(case)
    day = calendar.local_date(now)
    rulebook = get_rulebook()
    contact, rectify = (rulebook.limit(code, day) for code in (CONTACT_LIMIT, RECTIFY_LIMIT))
    follow_up = FollowUp(
        appraisal=appraisal,
        case=case,
        organisation=case.organisation,
        opened_at=now,
        contact_days=contact.budget,
        contact_due_at=due_after(now, contact.budget, calendar),
        days=rectify.budget,
        due_at=due_after(now, rectify.budget, calendar),
    )
    keep(follow_up, "open", actor=SYSTEM, words=f"评价不满意，已转{case.organisation.name}联系您并整改。")
    open_work(follow_up, Node.CONTACT)
    tell_applicant(
        case,
        "ratings.opened",
        actor=SYSTEM,
        contact=shown_date(follow_up.contact_due_at),
        due=shown_date(follow_up.due_at),
    )
    return follow_up


@step()
def note_contact(
    *, actor: Actor, follow_up_id: int, is_reached: bool, finding: str = "", note: str = "", version: int | None = None
) -> FollowUp:
    """Note what came of contacting the person who gave the rating.

    Not reached: tried again; the third time the office goes on from what she wrote. What is found to be a mistake or
    malice isn't put right, but a second person has to agree with that. Raises Refused and Denied.
    """
    follow_up = lock_follow_up(
        follow_up_id, actor=actor, permission=HANDLE, state=FollowUpState.CONTACT, version=version
    )
    calls = follow_up.calls + 1
    if not is_reached and calls < MOST_CALLS:
        keep(follow_up, "unreachable", actor=actor, calls=calls)
        return follow_up
    if finding not in Finding.values:
        raise Refused("finding", _("请选择核实情况"), "finding")
    if finding == Finding.MISTAKEN and not is_reached:
        raise Refused("finding", _("没有联系上，不能认定为误评或者恶意差评"), "finding")
    note = require_text(clean_text(note), "note")
    finish_work(follow_up, Node.CONTACT, actor=actor)
    is_mistaken = finding == Finding.MISTAKEN
    keep(
        follow_up,
        "contact",
        actor=actor,
        words="承办单位已就您的评价联系您。" if is_reached else "承办单位多次联系您未接通，将按您写的意见整改。",
        calls=calls,
        finding=finding,
        contact_note=note,
        contacted_at=timezone.now(),
        contacted_by_id=actor.held_appointment,
        state=FollowUpState.VERIFY if is_mistaken else FollowUpState.RECTIFY,
    )
    open_work(follow_up, Node.VERIFY if is_mistaken else Node.RECTIFY)
    return follow_up


@step()
def rectify(*, actor: Actor, follow_up_id: int, measures: str, reply: str, version: int | None = None) -> FollowUp:
    """Say what was put right (or explained), and what its giver is answered; she may rate again. Raises Refused."""
    follow_up = lock_follow_up(
        follow_up_id, actor=actor, permission=HANDLE, state=FollowUpState.RECTIFY, version=version
    )
    measures, reply = require_text(clean_text(measures), "measures"), require_text(clean_text(reply), "reply")
    finish_work(follow_up, Node.RECTIFY, actor=actor)
    keep(
        follow_up,
        "rectify",
        actor=actor,
        words="承办单位已整改并答复，请您再评价一次。",
        measures=measures,
        reply=reply,
        rectified_at=timezone.now(),
        rectified_by_id=actor.held_appointment,
        state=FollowUpState.VERIFY,
        # Put right once more, it may be rated once more.
        second_score=None,
        second_comment="",
        second_at=None,
    )
    open_work(follow_up, Node.VERIFY)
    tell_applicant(follow_up.case, "ratings.rectified", actor=actor)
    return follow_up


def _lock_to_verify(follow_up_id: int, *, actor: Actor, version: int | None) -> FollowUp:
    follow_up = lock_follow_up(
        follow_up_id, actor=actor, permission=VERIFY, state=FollowUpState.VERIFY, version=version
    )
    by = follow_up.contacted_by_id if follow_up.finding == Finding.MISTAKEN else follow_up.rectified_by_id
    if by == actor.held_appointment:
        raise Refused("own", _("不能核实自己办的差评整改，请由同事核实"))
    return follow_up


@step()
def return_to_office(*, actor: Actor, follow_up_id: int, note: str, version: int | None = None) -> FollowUp:
    """Not put right, or no mistake after all: the office goes on with it; its limit stays. Raises Refused."""
    follow_up = _lock_to_verify(follow_up_id, actor=actor, version=version)
    note = require_text(clean_text(note), "note")
    finish_work(follow_up, Node.VERIFY, actor=actor)
    finding = Finding.JUSTIFIED if follow_up.finding == Finding.MISTAKEN else follow_up.finding
    keep(follow_up, "return", actor=actor, note=note, finding=finding, state=FollowUpState.RECTIFY)
    open_work(follow_up, Node.RECTIFY)
    return follow_up


@step()
def verify(
    *,
    actor: Actor,
    follow_up_id: int,
    is_satisfied: bool | None,
    note: str,
    public_comment: str = "",
    public_reply: str = "",
    version: int | None = None,
) -> FollowUp:
    """Agree that it is done, or that the rating was a mistake; the follow-up ends with it.

    ``is_satisfied`` is what its giver said when asked, None when she wasn't reached; a second rating of her own goes
    before. ``public_comment`` and ``public_reply`` are published, so nothing in them may identify anybody.
    """
    follow_up = _lock_to_verify(follow_up_id, actor=actor, version=version)
    note = require_text(clean_text(note), "note")
    finish_work(follow_up, Node.VERIFY, actor=actor)
    _close(
        follow_up,
        actor=actor,
        is_satisfied=is_satisfied if follow_up.second_score is None else not is_bad(follow_up.second_score),
        note=note,
        is_adopted=follow_up.finding != Finding.MISTAKEN,
        public_comment=clean_text(public_comment).strip()[:500],
        public_reply=clean_text(public_reply).strip()[:1000],
    )
    return follow_up


def _close(follow_up: FollowUp, *, actor: Actor, **changes: object) -> None:
    keep(
        follow_up,
        "verify",
        actor=actor,
        words="差评整改已核实，办结。",
        state=FollowUpState.CLOSED,
        closed_at=timezone.now(),
        closed_by_id=actor.appointment,
        next_alert_at=None,
        **changes,
    )
    tell_applicant(follow_up.case, "ratings.closed", actor=actor)


@step()
def rate_again(*, actor: Actor, case_id: int, score: int, comment: str = "") -> FollowUp:
    """The second rating by the one who gave the first, once the office has answered; satisfied, it ends there.

    Raises Denied and Refused.
    """
    case = lock_case(case_id, actor=actor, permission="cases.appraise_case")
    follow_up = FollowUp.objects.select_for_update(of=("self",)).filter(case=case).first()
    if follow_up is None or follow_up.rectified_at is None:
        raise Refused("early", _("承办单位整改并答复以后，才能再次评价。"))
    if follow_up.state not in (FollowUpState.VERIFY, FollowUpState.CLOSED):
        raise StaleFollowUp
    if follow_up.second_score is not None:
        raise Refused("twice", _("您已经再次评价过，谢谢您。"))
    if not 1 <= score <= 5:
        raise Refused("score", _("请选择满意程度"), "score")
    follow_up.case = case
    keep(
        follow_up,
        "rate_again",
        actor=actor,
        words=f"您再次评价了{score}分。",
        second_score=score,
        second_comment=clean_text(comment).strip()[:500],
        second_at=timezone.now(),
        is_satisfied=not is_bad(score),
    )
    if follow_up.state == FollowUpState.VERIFY and not is_bad(score):
        cancel_work(follow_up, Node.VERIFY)
        _close(follow_up, actor=SYSTEM, note="评价人再次评价满意。")
    return follow_up

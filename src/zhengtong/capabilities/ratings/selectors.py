"""Reading follow-ups and ratings; what the public reads of them names nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from zhengtong.capabilities.cases.public import Appraisal, Case
from zhengtong.capabilities.ratings.models import FollowUp, FollowUpState
from zhengtong.capabilities.ratings.permissions import ANY
from zhengtong.kernel.policy import Actor, visible

_DETAIL = ("case__item_version__item", "case__office__region", "appraisal", "organisation")


def list_follow_ups(actor: Actor) -> QuerySet[FollowUp]:
    """Return the follow-ups of the offices in which ``actor`` has to do with ratings, the newest first."""
    permission = next((each for each in ANY if actor.has(each)), ANY[0])
    found = visible(actor, permission, FollowUp.objects.all())
    return found.select_related(*_DETAIL).order_by("-id")


def get_follow_up(actor: Actor, public_id: UUID) -> FollowUp | None:
    """Return a follow-up, None when there is none or ``actor`` may not see it."""
    for permission in ANY:
        found = visible(actor, permission, FollowUp.objects.filter(public_id=public_id))
        first = found.select_related(*_DETAIL, "contacted_by__staff", "rectified_by__staff", "closed_by__staff").first()
        if first is not None:
            return first
    return None


def find_follow_up(case: Case) -> FollowUp | None:
    """Return the follow-up of the rating that ``case`` was given, for whoever may see the case."""
    return FollowUp.objects.filter(case=case).select_related("organisation").first()


@dataclass(frozen=True, slots=True)
class PublicRating:
    """A rating as everybody may read it: of which item and office, never by whom."""

    item: str
    organ: str
    score: int
    given_at: datetime
    state: str
    second_score: int | None
    comment: str
    reply: str


def list_public_ratings(only_bad: bool = False) -> QuerySet[Appraisal]:
    """Return the ratings that are published, the newest first; those found to be a mistake or malice are left out."""
    found = Appraisal.objects.exclude(follow_up__is_adopted=False)
    if only_bad:
        found = found.filter(follow_up__isnull=False)
    return found.select_related("case__organisation", "follow_up").order_by("-given_at", "-id")


def show_public(appraisals: Iterable[Appraisal]) -> list[PublicRating]:
    shown = []
    for appraisal in appraisals:
        follow_up: FollowUp | None = getattr(appraisal, "follow_up", None)
        is_closed = follow_up is not None and follow_up.state == FollowUpState.CLOSED
        shown.append(
            PublicRating(
                item=appraisal.case.item_name,
                organ=appraisal.case.organisation.name,
                score=appraisal.score,
                given_at=appraisal.given_at,
                state="" if follow_up is None else "closed" if is_closed else "running",
                second_score=follow_up.second_score if follow_up else None,
                comment=follow_up.public_comment if follow_up and is_closed else "",
                reply=follow_up.public_reply if follow_up and is_closed else "",
            )
        )
    return shown

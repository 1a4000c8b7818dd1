"""The ratings module's door."""

from zhengtong.capabilities.ratings.declarations import FollowUpPage
from zhengtong.capabilities.ratings.models import Finding, FollowUp, FollowUpState
from zhengtong.capabilities.ratings.permissions import ANY, HANDLE, VERIFY, VIEW
from zhengtong.capabilities.ratings.selectors import (
    PublicRating,
    find_follow_up,
    get_follow_up,
    list_follow_ups,
    list_public_ratings,
    show_public,
)
from zhengtong.capabilities.ratings.services.following import (
    is_bad,
    note_contact,
    rate_again,
    rectify,
    return_to_office,
    verify,
)
from zhengtong.capabilities.ratings.statistics import (
    RatingFigures,
    add_up_ratings,
    list_rating_figures,
    list_ratings,
)
from zhengtong.capabilities.ratings.steps import NODE_PERMISSIONS, Node, StaleFollowUp, find_work
from zhengtong.capabilities.ratings.steps import TITLES as STEP_TITLES

__all__ = [
    "ANY",
    "HANDLE",
    "NODE_PERMISSIONS",
    "STEP_TITLES",
    "VERIFY",
    "VIEW",
    "Finding",
    "FollowUp",
    "FollowUpPage",
    "FollowUpState",
    "Node",
    "PublicRating",
    "RatingFigures",
    "StaleFollowUp",
    "add_up_ratings",
    "find_follow_up",
    "find_work",
    "get_follow_up",
    "is_bad",
    "list_follow_ups",
    "list_public_ratings",
    "list_rating_figures",
    "list_ratings",
    "note_contact",
    "rate_again",
    "rectify",
    "return_to_office",
    "show_public",
    "verify",
]

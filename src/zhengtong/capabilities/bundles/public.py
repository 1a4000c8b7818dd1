"""The bundles module's door."""

from zhengtong.capabilities.bundles.declarations import BundleFile
from zhengtong.capabilities.bundles.definitions import PartText, list_part_texts, plan_parts
from zhengtong.capabilities.bundles.domain import SITUATION, PartPlan
from zhengtong.capabilities.bundles.gate import check_arrangement, check_bundle_draft
from zhengtong.capabilities.bundles.models import (
    BundlePart,
    JoiningState,
    JointVisit,
    JointVisitPart,
    Opinion,
    PartState,
)
from zhengtong.capabilities.bundles.presentation import PartView, describe_bundle, list_wanting
from zhengtong.capabilities.bundles.selectors import Outline, get_bundle_of, is_bundle, outline
from zhengtong.capabilities.bundles.services.applying import (
    submit_application,
    submit_application_at_counter,
    withdraw_application,
)
from zhengtong.capabilities.bundles.services.drafts import publish_bundle_draft, revise_bundle
from zhengtong.capabilities.bundles.services.following import complete
from zhengtong.capabilities.bundles.services.opinions import (
    ask_opinion,
    give_opinion,
    list_askable,
    list_open_questions,
    list_opinions_around,
)
from zhengtong.capabilities.bundles.services.parts import is_granted, list_parts, precheck_part, start_next_part
from zhengtong.capabilities.bundles.services.publishing import publish_bundle, publish_bundle_file
from zhengtong.capabilities.bundles.services.visits import (
    confirm_joint_visit,
    decline_joint_visit,
    get_joining,
    may_confirm,
    may_decline,
    may_move,
    move_joint_visit,
    propose_joint_visit,
    why_not_invited,
)

__all__ = [
    "SITUATION",
    "BundleFile",
    "BundlePart",
    "JoiningState",
    "JointVisit",
    "JointVisitPart",
    "Opinion",
    "Outline",
    "PartPlan",
    "PartState",
    "PartText",
    "PartView",
    "ask_opinion",
    "check_arrangement",
    "check_bundle_draft",
    "complete",
    "confirm_joint_visit",
    "decline_joint_visit",
    "describe_bundle",
    "get_bundle_of",
    "get_joining",
    "give_opinion",
    "is_bundle",
    "is_granted",
    "list_askable",
    "list_open_questions",
    "list_opinions_around",
    "list_part_texts",
    "list_parts",
    "list_wanting",
    "may_confirm",
    "may_decline",
    "may_move",
    "move_joint_visit",
    "outline",
    "plan_parts",
    "precheck_part",
    "propose_joint_visit",
    "publish_bundle",
    "publish_bundle_draft",
    "publish_bundle_file",
    "revise_bundle",
    "start_next_part",
    "submit_application",
    "submit_application_at_counter",
    "why_not_invited",
    "withdraw_application",
]

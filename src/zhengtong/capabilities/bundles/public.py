"""The bundles module's door."""

from zhengtong.capabilities.bundles.declarations import BundleFile
from zhengtong.capabilities.bundles.definitions import PartText, list_part_texts, plan_parts
from zhengtong.capabilities.bundles.domain import SITUATION, PartPlan
from zhengtong.capabilities.bundles.models import BundlePart, PartState
from zhengtong.capabilities.bundles.selectors import Outline, get_bundle_of, is_bundle, outline
from zhengtong.capabilities.bundles.services.applying import (
    submit_application,
    submit_application_at_counter,
    withdraw_application,
)
from zhengtong.capabilities.bundles.services.parts import is_granted, list_parts, precheck_part, start_next_part
from zhengtong.capabilities.bundles.services.publishing import publish_bundle, publish_bundle_file

__all__ = [
    "SITUATION",
    "BundleFile",
    "BundlePart",
    "Outline",
    "PartPlan",
    "PartState",
    "PartText",
    "get_bundle_of",
    "is_bundle",
    "is_granted",
    "list_part_texts",
    "list_parts",
    "outline",
    "plan_parts",
    "precheck_part",
    "publish_bundle",
    "publish_bundle_file",
    "start_next_part",
    "submit_application",
    "submit_application_at_counter",
    "withdraw_application",
]

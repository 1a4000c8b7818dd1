"""The same item at several levels (四级联动): what a level takes over from the standard above, and what is its own.

An item has the same name, base code, type and basis at every level (国发〔2018〕27号: 四级四同; verify); here the
standard also sets conditions, materials, questions and form. Works on texts as items' files hold them.
"""

from collections.abc import Mapping
from typing import Any

STANDARD_KEYS = (
    "name", "name_en", "type", "kind", "audience", "power", "base_code", "legal_basis", "conditions", "materials",
    "questions", "situation", "form", "outputs", "licence", "licence_kind", "licence_name", "licence_term", "scope",
    "delivery", "site_visit", "publish_grants",
)  # fmt: skip
STANDARD_LIMITS = ("statutory", "delivery", "site_visit")
# Of the standard itself: another level has its own.
_OWN = ("code", "level", "implementation_code", "is_standard", "offices")


def take_over(standard: Mapping[str, Any], local: Mapping[str, Any]) -> dict[str, Any]:
    """Return the local text with all that the standard sets; what ``local`` leaves open comes from the standard too."""
    text = {key: value for key, value in standard.items() if key not in _OWN} | dict(local)
    for key in STANDARD_KEYS:
        if key in standard:
            text[key] = standard[key]
        else:
            text.pop(key, None)
    limits, set_limits = dict(text.get("limits", {})), standard.get("limits", {})
    for key in STANDARD_LIMITS:
        if key in set_limits:
            limits[key] = set_limits[key]
        else:
            limits.pop(key, None)
    return {**text, "limits": limits}


def list_deviations(standard: Mapping[str, Any], text: Mapping[str, Any]) -> list[str]:
    """Return the keys in which ``text`` isn't what the standard sets; limits as ``limits.<key>``."""
    found = [key for key in STANDARD_KEYS if standard.get(key) != text.get(key)]
    limits, set_limits = text.get("limits", {}), standard.get("limits", {})
    return found + [f"limits.{key}" for key in STANDARD_LIMITS if set_limits.get(key) != limits.get(key)]

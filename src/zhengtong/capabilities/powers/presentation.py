"""Versions and their differences as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.powers.domain import Change, PowerText
from zhengtong.capabilities.powers.models import Level, PowerKind
from zhengtong.kernel.modules import Text

TITLES: dict[str, Text] = {
    "name": _("名称"),
    "kind": _("类别"),
    "organ": _("行使机关"),
    "level": _("层级"),
    "inquiry_phone": _("咨询电话"),
    "basis": _("设定依据"),
    "procedure": _("行使流程"),
    "responsibilities": _("责任事项"),
    "accountability": _("追责情形"),
}
_WORDS = {
    "kind": dict(PowerKind.choices),
    "level": dict(Level.choices),
}


@dataclass(frozen=True)
class ShownChange:
    """A field that differs: its title and the pieces of its text, each with whether it stayed, went or came."""

    title: Text
    pieces: tuple[tuple[str, Text], ...]


def describe_changes(changes: Iterable[Change]) -> list[ShownChange]:
    """Return the changes with titles and words instead of codes, in the order of a page."""
    by_name = {change.name: change for change in changes}
    return [
        ShownChange(title, tuple((tone, _say(name, text)) for tone, text in by_name[name].pieces))
        for name, title in TITLES.items()
        if name in by_name
    ]


def _say(name: str, text: str) -> Text:
    return _WORDS.get(name, {}).get(text, text)


def describe_text(text: PowerText) -> dict[str, Any]:
    """Return what a version says, for a page: words instead of codes."""
    return {
        "name": text.name,
        "kind": _say("kind", text.kind),
        "organ": text.organ,
        "level": _say("level", text.level),
        "inquiry_phone": text.inquiry_phone,
        "procedure": text.procedure,
        "responsibilities": text.responsibilities,
        "accountability": text.accountability,
        "basis": text.basis,
    }

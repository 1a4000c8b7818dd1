"""The auditor is looked at, too: each search, each page of a person, object or record and each export is recorded."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

MODULE = "oversight_desk"
JOURNAL = "audit.auditrecord"


@transaction.atomic
def note_look(actor: Actor, act: str, thing: tuple[str, object] = (JOURNAL, ""), **after: Any) -> None:
    """Record that ``actor`` looked: ``act`` is one of this desk's words."""
    record(actor, f"{MODULE}.{act}", thing, after=after or None)


def say_filters(given: Mapping[str, str]) -> dict[str, str]:
    """Return those filters that narrow."""
    return {name: value for name, value in given.items() if value}

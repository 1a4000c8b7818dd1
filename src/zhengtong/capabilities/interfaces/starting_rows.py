"""Limits that every installation starts with, and the log's first partitions; what is there already stays."""

import tomllib
from datetime import date
from pathlib import Path

from zhengtong.capabilities.interfaces.models import InterfaceRule
from zhengtong.capabilities.interfaces.partitions import keep_days
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "interfaces.toml"
SINCE = date(2000, 1, 1)


def load(*, actor: Actor) -> None:
    """Add the rules that nobody has set."""
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))["rules"]
    known = set(InterfaceRule.objects.values_list("key", flat=True))
    missing = [each for each in given if each["key"] not in known]
    if missing:
        InterfaceRule.objects.bulk_create(InterfaceRule(valid_from=SINCE, **each) for each in missing)
        record(actor, "interfaces.set_rule", ("interfaces.seed", "rules"), after={"count": len(missing)})
    keep_days()

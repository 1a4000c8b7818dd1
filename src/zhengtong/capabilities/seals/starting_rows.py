"""Limits and sizes that every installation starts with; what is there already is left as it is."""

import tomllib
from datetime import date
from pathlib import Path

from zhengtong.capabilities.seals.models import SealRule
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "seals.toml"
SINCE = date(2000, 1, 1)


def load(*, actor: Actor) -> None:
    """Add the rules that nobody has set. An administrator's own stay."""
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))["rules"]
    known = set(SealRule.objects.values_list("key", flat=True))
    missing = [each for each in given if each["key"] not in known]
    if missing:
        SealRule.objects.bulk_create(SealRule(valid_from=SINCE, **each) for each in missing)
        record(actor, "seals.set_rule", ("seals.seed", "rules"), after={"count": len(missing)})

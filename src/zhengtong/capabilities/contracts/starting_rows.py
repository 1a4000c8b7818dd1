"""Rules and reasons that every installation starts with; what is there already is left as it is."""

import tomllib
from datetime import date
from pathlib import Path

from zhengtong.capabilities.contracts.models import RefusalReason, ShareRule
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "contracts.toml"
# What is counted before the regulation's first day is counted by its numbers as well: there is no request older.
SINCE = date(2000, 1, 1)


def load(*, actor: Actor) -> None:
    """Add the rules that nobody has set, and the reasons when there are none. An administrator's own stay."""
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))
    known = set(ShareRule.objects.values_list("key", flat=True))
    missing = [each for each in given["rules"] if each["key"] not in known]
    if missing:
        ShareRule.objects.bulk_create(ShareRule(effective_from=SINCE, **each) for each in missing)
        record(actor, "contracts.set_rule", ("contracts.seed", "rules"), after={"count": len(missing)})
    if not RefusalReason.objects.exists():
        RefusalReason.objects.bulk_create(RefusalReason(effective_from=SINCE, **each) for each in given["reasons"])
        record(actor, "contracts.add_reason", ("contracts.seed", "reasons"), after={"count": len(given["reasons"])})

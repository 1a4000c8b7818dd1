"""The rules that every installation starts with; a row that is there is left as it is."""

import tomllib
from pathlib import Path

from django.db import transaction

from zhengtong.capabilities.signon.models import StepUpRule, WatchRule
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "policy.toml"


@transaction.atomic
def load(*, actor: Actor) -> None:
    rows = tomllib.loads(SEED.read_text("utf-8"))
    for row in rows["step_up"]:
        asked, is_new = StepUpRule.objects.get_or_create(
            act=row["act"], effective_from=row["effective_from"], defaults=row
        )
        if is_new:
            record(actor, "signon.step_up_rule_set", asked, after=row)
    for row in rows["watch"]:
        watched, is_new = WatchRule.objects.get_or_create(effective_from=row["effective_from"], defaults=row)
        if is_new:
            record(actor, "signon.watch_rule_set", watched, after=row)

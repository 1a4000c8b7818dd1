"""The rules of delegation that every installation starts with; a row that is there is left as it is."""

import tomllib
from pathlib import Path

from django.db import transaction

from zhengtong.core.audit.public import record
from zhengtong.core.identity.models import DelegationLimit
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "delegation.toml"


@transaction.atomic
def load(*, actor: Actor) -> None:
    for row in tomllib.loads(SEED.read_text("utf-8"))["limit"]:
        limit, is_new = DelegationLimit.objects.get_or_create(effective_from=row["effective_from"], defaults=row)
        if is_new:
            record(actor, "identity.delegation_limit_set", limit, after=row)

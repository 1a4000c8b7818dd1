"""Targets and update intervals that every installation starts with; what is there already is left as it is."""

import tomllib
from pathlib import Path

from zhengtong.capabilities.sharing.models import CycleAllowance, SharingTarget
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "targets.toml"


def load(*, actor: Actor) -> None:
    """Add targets and intervals where there are none. An administrator's own stay."""
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))
    if not SharingTarget.objects.exists():
        SharingTarget.objects.bulk_create(SharingTarget(**each) for each in given["targets"])
        record(actor, "sharing.set_target", ("sharing.seed", "targets"), after={"count": len(given["targets"])})
    if not CycleAllowance.objects.exists():
        allowances = given["allowances"]
        CycleAllowance.objects.bulk_create(CycleAllowance(cycle=key, days=days) for key, days in allowances.items())
        record(actor, "sharing.set_allowance", ("sharing.seed", "allowances"), after={"count": len(allowances)})

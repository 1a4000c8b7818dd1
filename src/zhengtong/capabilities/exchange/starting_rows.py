"""The limit that every installation starts with for tickets; an administrator's own stays."""

import tomllib
from pathlib import Path

from zhengtong.capabilities.exchange.models import TicketLimit
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "exchange.toml"


def load(*, actor: Actor) -> None:
    """Add the limit unless somebody has set one."""
    if TicketLimit.objects.exists():
        return
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))
    TicketLimit.objects.bulk_create(TicketLimit(**each) for each in given["limits"])
    record(actor, "exchange.set_ticket_limit", ("exchange.seed", "limits"), after={"count": len(given["limits"])})

"""The rule that every installation starts with; what the administration set is left as it is."""

import tomllib
from pathlib import Path

from zhengtong.capabilities.reservations.models import LobbyRule
from zhengtong.capabilities.reservations.services.halls import set_rule
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "rules.toml"


def load(*, actor: Actor) -> None:
    """Add the rule when there is none."""
    if not LobbyRule.objects.exists():
        set_rule(actor=actor, **tomllib.loads(SEED.read_text(encoding="utf-8"))["rule"])

"""Categories and limits that every installation starts with; what is there already is left as it is."""

import tomllib
from pathlib import Path

from zhengtong.capabilities.letters.models import LetterCategory, LetterLimit
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "letters.toml"


def load(*, actor: Actor) -> None:
    """Add the categories and limits that nobody has set. An administrator's own stay."""
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))
    if not LetterCategory.objects.exists():
        LetterCategory.objects.bulk_create(LetterCategory(**each) for each in given["categories"])
        record(
            actor, "letters.create_category", ("letters.seed", "categories"), after={"count": len(given["categories"])}
        )
    if not LetterLimit.objects.exists():
        LetterLimit.objects.bulk_create(LetterLimit(**each) for each in given["limits"])
        record(actor, "letters.set_limit", ("letters.seed", "limits"), after={"count": len(given["limits"])})

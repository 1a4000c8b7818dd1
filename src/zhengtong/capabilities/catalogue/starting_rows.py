"""The classification, the limits and the declared data sets of every installation; what is there is left as it is."""

import tomllib
from pathlib import Path

from zhengtong.capabilities.catalogue.datasets import propose_new_datasets
from zhengtong.capabilities.catalogue.models import CatalogueLimit, Classification
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor

SEED = Path(__file__).with_name("seed") / "catalogue.toml"


def load(*, actor: Actor) -> None:
    """Add nodes that are missing, those above first, and limits where nobody has set any. Own ones stay.

    Data sets whose department is there get their entries at once; the others when it is founded (``tasks_finding``).
    """
    given = tomllib.loads(SEED.read_text(encoding="utf-8"))
    known = {row.code: row for row in Classification.objects.all()}
    added = 0
    for code, name in given["classifications"]:
        if code in known:
            continue
        above = next((known[code[:size]] for size in range(len(code) - 1, 0, -1) if code[:size] in known), None)
        known[code] = Classification.objects.create(code=code, name=name, parent=above)
        added += 1
    if added:
        record(actor, "catalogue.add_classification", ("catalogue.seed", "classifications"), after={"count": added})
    if not CatalogueLimit.objects.exists():
        CatalogueLimit.objects.bulk_create(CatalogueLimit(**each) for each in given["limits"])
        record(actor, "catalogue.set_limit", ("catalogue.seed", "limits"), after={"count": len(given["limits"])})
    propose_new_datasets(actor=actor)

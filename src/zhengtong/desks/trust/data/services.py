"""Putting a new data key in use, by somebody who may, with a line in the journal."""

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import DataKey, DataKeyUse, Resealing, replace_data_key
from zhengtong.desks.trust.data.entries import CHANGE
from zhengtong.kernel.policy import Actor, require


class ResealingGoesOn(Exception):
    """The change before is not finished."""


def change_data_key(*, actor: Actor, use: DataKeyUse, cipher: str) -> DataKey:
    """Put a new data key for ``use`` in use; what there is is sealed anew in the background.

    Raises Denied, ResealingGoesOn, SignerUnavailable.
    """
    require(actor, CHANGE)
    if Resealing.objects.filter(use=use, finished_at=None).exists():
        raise ResealingGoesOn
    before = DataKey.objects.filter(use=use, state=DataKey.State.ACTIVE).values_list("number", flat=True).first()
    # The key is committed by itself before anything can be sealed under it; the journal's line follows at once.
    key = replace_data_key(use, cipher)
    record(actor, "trust.change_data_key", key, before={"before": before}, after={"use": use, "cipher": key.cipher})
    return key

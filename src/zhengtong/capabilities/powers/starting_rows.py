"""The kinds of list, and the powers that sectors bring: before items, which name them."""

from zhengtong.capabilities.powers.services.loading import load_declared, load_lists
from zhengtong.kernel.policy import Actor


def load(*, actor: Actor) -> None:
    load_lists(actor=actor)
    load_declared(actor=actor)

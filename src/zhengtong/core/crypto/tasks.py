"""Sealing anew in the background: at once when a key was changed, and by the clock until it is finished."""

from zhengtong.core.crypto import services
from zhengtong.kernel.jobs import job, periodic


@job("crypto.continue_resealing")
def continue_resealing() -> None:
    """Go on for a while; the clock goes on after that."""
    services.continue_resealing()


@periodic("crypto.keep_resealing", "*/2 * * * *")
def keep_resealing(timestamp: int) -> None:
    """Go on with what isn't finished."""
    services.continue_resealing()

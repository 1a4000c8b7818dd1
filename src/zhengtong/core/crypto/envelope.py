"""Sealing a value under the data key of the day, and opening it under whichever sealed it."""

from zhengtong.core.crypto import domain
from zhengtong.core.crypto.keyring import file_key, keyring
from zhengtong.core.crypto.models import DataKeyUse


def seal(plain: bytes) -> bytes:
    """Return ``plain`` sealed; by the key file while the installation has no data key. Raises SignerUnavailable."""
    held = keyring.active(DataKeyUse.FIELDS)
    if held is None:
        return domain.seal(file_key(), plain)
    return domain.seal_with(held.aead, held.number, plain)


def unseal(sealed: bytes) -> bytes:
    """Return what was sealed, whenever it was. Raises Unreadable, SignerUnavailable."""
    number = domain.number_of(sealed)
    if number == 0:
        return domain.unseal(file_key(), sealed)
    return domain.unseal_with(keyring.get(number).aead, sealed)


def digest(value: str) -> str:
    """Return the keyed digest by which an encrypted ``value`` is looked up."""
    return domain.keyed_digest(file_key(), value)

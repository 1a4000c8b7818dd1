"""The crypto module's door."""

from zhengtong.core.crypto.domain import Unreadable, load_key
from zhengtong.core.crypto.fields import EncryptedJSONField, EncryptedTextField, digest

__all__ = ["EncryptedJSONField", "EncryptedTextField", "Unreadable", "digest", "load_key"]

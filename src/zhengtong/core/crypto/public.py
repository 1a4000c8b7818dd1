"""The crypto module's door."""

from zhengtong.core.crypto.domain import Unreadable
from zhengtong.core.crypto.fields import EncryptedJSONField, EncryptedTextField, digest

__all__ = ["EncryptedJSONField", "EncryptedTextField", "Unreadable", "digest"]

"""Model fields that are encrypted at rest. They can't be searched: keep a :func:`digest` beside them."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from zhengtong.core.crypto import domain
from zhengtong.kernel.keyfile import load_key

if TYPE_CHECKING:
    TextBase = models.TextField[str, str]
    JSONBase = models.Field[Any, Any]
else:
    TextBase = models.TextField
    JSONBase = models.Field


@cache
def _key_file(folder: Path) -> Path:
    # The same object each time: a path remembers its hash, and every sealed value asks for its key by it.
    return folder / "keys" / "data.key"


def _key() -> bytes:
    return load_key(_key_file(settings.DATA_DIR))


def digest(value: str) -> str:
    """Return the keyed digest by which an encrypted ``value`` is looked up."""
    return domain.keyed_digest(_key(), value)


# Migrations of other modules name the fields by the module's door.
DOOR = "zhengtong.core.crypto.public"


class EncryptedTextField(TextBase):
    """Text, stored as sealed bytes. The empty string stays empty."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, f"{DOOR}.EncryptedTextField", args, options

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return domain.seal(_key(), str(value).encode()) if value else b""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        return domain.unseal(_key(), bytes(value)).decode() if value else ""


class EncryptedJSONField(JSONBase):
    """A JSON document, stored as sealed bytes."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, f"{DOOR}.EncryptedJSONField", args, options

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return domain.seal(_key(), json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder).encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(domain.unseal(_key(), bytes(value)))

"""Model fields that are encrypted at rest. They can't be searched: keep a :func:`digest` beside them."""

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from zhengtong.core.crypto import envelope

if TYPE_CHECKING:
    TextBase = models.TextField[str, str]
    JSONBase = models.Field[Any, Any]
else:
    TextBase = models.TextField
    JSONBase = models.Field


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
        return envelope.seal(str(value).encode()) if value else b""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        return envelope.unseal(bytes(value)).decode() if value else ""


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
        return envelope.seal(json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder).encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(envelope.unseal(bytes(value)))

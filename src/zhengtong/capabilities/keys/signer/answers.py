"""What the signer says no with, and how it reads what it was sent."""

import base64
import binascii
from typing import Any


class Refused(Exception):
    """The answer is no: ``code`` for programs, ``say`` for people."""

    def __init__(self, code: str, say: str) -> None:
        super().__init__(say)
        self.code = code
        self.say = say


def text(request: dict[str, Any], name: str, *, longest: int = 200) -> str:
    """Return the required text ``name`` of ``request``."""
    value = request.get(name)
    if not isinstance(value, str) or not value or len(value) > longest:
        raise Refused("bad_value", f"请求里的“{name}”缺失、为空或过长，签名服务没有执行。")
    return value


def optional(request: dict[str, Any], name: str, *, longest: int = 2000) -> str:
    value = request.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Refused("bad_value", f"请求里的“{name}”不是文字或过长，签名服务没有执行。")
    return value


def binary(request: dict[str, Any], name: str) -> bytes:
    """Return the required bytes ``name``, which travel as base64."""
    value = request.get(name)
    try:
        if not isinstance(value, str):
            raise TypeError
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise Refused("bad_value", f"请求里的“{name}”不是 base64 文字，签名服务没有执行。") from None


def number(request: dict[str, Any], name: str, *, default: int, lowest: int, highest: int) -> int:
    value = request.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Refused("bad_value", f"请求里的“{name}”应为 {lowest} 到 {highest} 的整数，签名服务没有执行。")
    return value


def encode(value: bytes) -> str:
    return base64.b64encode(value).decode()

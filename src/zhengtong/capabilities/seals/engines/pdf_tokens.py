"""The words of a PDF's content stream and of its character maps."""

import re
from collections.abc import Iterator
from typing import Any

from zhengtong.capabilities.seals.engines.material import BrokenPdf

_TOKEN = re.compile(
    rb"(?:[\s\x00]+|%[^\r\n]*)*"
    rb"(?:(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))|/(?P<name>[^\s\x00()<>\[\]{}/%]*)|(?P<open><<)|(?P<close>>>)"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<list>\[)|(?P<end>\])|(?P<text>\()|(?P<word>[^\s\x00()<>\[\]{}/%]+))"
)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_PART = re.compile(rb"\\(?:([nrtbf()\\])|([0-7]{1,3})|(\r\n|\r|\n)|(.))|([()])", re.DOTALL)
DEEPEST = 32


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


def read_operations(content: bytes) -> Iterator[tuple[str, list[Any]]]:
    """Yield each operator with what stands before it: numbers, ``Name``, bytes, lists, dictionaries.

    Raises BrokenPdf.
    """
    operands: list[Any] = []
    nested: list[list[Any]] = []
    place, total = 0, len(content)
    while place < total and (found := _TOKEN.match(content, place)):
        place = found.end()
        kind = found.lastgroup
        assert kind is not None
        if kind == "word":
            word = found["word"]
            if word in (b"true", b"false", b"null"):
                operands.append({b"true": True, b"false": False, b"null": None}[word])
            elif nested:
                raise BrokenPdf
            else:
                yield word.decode("latin-1"), operands
                operands = []
        elif kind == "number":
            operands.append(float(found["number"]))
        elif kind == "name":
            operands.append(Name(found["name"].decode("utf-8", "replace")))
        elif kind == "hex":
            digits = re.sub(rb"\s", b"", found["hex"])
            operands.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
        elif kind == "text":
            text, place = _read_text(content, place)
            operands.append(text)
        elif kind in ("list", "open"):
            if len(nested) >= DEEPEST:
                raise BrokenPdf
            nested.append(operands)
            operands = []
        else:
            if not nested:
                raise BrokenPdf
            inner, operands = operands, nested.pop()
            operands.append(inner if kind == "end" else dict(zip(inner[::2], inner[1::2], strict=False)))


def _read_text(content: bytes, place: int) -> tuple[bytes, int]:
    depth, parts = 1, []
    while found := _PART.search(content, place):
        parts.append(content[place : found.start()])
        place = found.end()
        simple, octal, _line, other, bracket = found.groups()
        if simple:
            parts.append(_ESCAPED.get(simple, simple))
        elif octal:
            parts.append(bytes([int(octal, 8) & 255]))
        elif other:
            parts.append(other)
        elif bracket:
            depth += 1 if bracket == b"(" else -1
            if not depth:
                return b"".join(parts), place
            parts.append(bracket)
    raise BrokenPdf


def read_text_map(content: bytes) -> dict[int, str]:
    """Return which text each code of a ToUnicode map stands for."""
    found: dict[int, str] = {}
    for operator, operands in read_operations(content):
        if operator == "endbfchar":
            for code, text in zip(operands[::2], operands[1::2], strict=False):
                if isinstance(code, bytes) and isinstance(text, bytes):
                    found[int.from_bytes(code)] = text.decode("utf-16-be", "ignore")
        elif operator == "endbfrange":
            for first, last, text in zip(operands[::3], operands[1::3], operands[2::3], strict=False):
                found |= _read_range(first, last, text)
    return found


def _read_range(first: Any, last: Any, text: Any) -> dict[int, str]:
    if not (isinstance(first, bytes) and isinstance(last, bytes)):
        return {}
    codes = range(int.from_bytes(first), min(int.from_bytes(last), 0xFFFF) + 1)
    if isinstance(text, list):
        return {c: t.decode("utf-16-be", "ignore") for c, t in zip(codes, text, strict=False) if isinstance(t, bytes)}
    if not isinstance(text, bytes) or len(text) < 2:
        return {}
    start = int.from_bytes(text[-2:])
    head = text[:-2]
    return {
        code: (head + ((start + step) & 0xFFFF).to_bytes(2)).decode("utf-16-be", "ignore")
        for step, code in enumerate(codes)
    }

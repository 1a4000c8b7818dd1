"""Reads JSON a piece at a time: a list of objects, or one object a line. Numbers keep the digits they came with."""

import codecs
import json
from collections.abc import Iterator
from typing import IO, Any, Final

from zhengtong.capabilities.sources.failures import failure

# How many objects are looked at for the names of columns.
LOOKED_AT: Final = 1000
MOST_OBJECT_CHARACTERS: Final = 16 << 20
_CHUNK: Final = 1 << 20
_BLANK: Final = " \t\r\n,"


class Number(str):
    """A number as it was written: 12.50 stays 12.50, and twenty digits stay twenty digits."""

    __slots__ = ()


_decoder = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number, strict=False)


def decode(text: str) -> Any:
    """Return a whole document. Raises ValueError."""
    return _decoder.decode(text)


def say_member(value: Any) -> str | None:
    """Return a member of an object as text; objects and lists as JSON."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _dump(value)


def _dump(value: Any) -> str:
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_dump(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_dump, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def find_names(file: IO[bytes], name: str) -> list[str]:
    """Return the names that the first thousand objects have, in the order in which they first come."""
    names: dict[str, None] = {}
    for number, each in enumerate(read_objects(file, name)):
        if number == LOOKED_AT:
            break
        names.update(dict.fromkeys(each))
    return list(names)


def read_objects(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, or of lines. Raises SourceError ``undecodable`` and ``unreadable``."""
    file.seek(0)
    chunks = _decoded(file, name)
    text, at, is_ended, is_first = "", 0, False, True
    while True:
        while at < len(text) and text[at] in _BLANK:
            at += 1
        if at < len(text):
            if is_first and text[at] == "[":
                is_first, at = False, at + 1
                continue
            is_first = False
            if text[at] == "]":
                return
            try:
                value, end = _decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                if is_ended or len(text) - at > MOST_OBJECT_CHARACTERS:
                    raise failure("unreadable", name=name, said=error) from None
            else:
                if not isinstance(value, dict):
                    raise failure("unreadable", name=name, said=str(value)[:60])
                yield value
                at = end
                continue
        elif is_ended:
            return
        # What is left may be doubled each time, so that a long object isn't tried again at every chunk.
        more = next(chunks, None)
        wanted = max(len(text) - at, 1)
        text, at = text[at:], 0
        while more is not None and (wanted := wanted - len(more)) > 0:
            text += more
            more = next(chunks, None)
        if more is None:
            is_ended = True
        else:
            text += more


def _decoded(file: IO[bytes], name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    position = 0
    while True:
        chunk = file.read(_CHUNK)
        kept = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise failure("undecodable", name=name, offset=position - kept + error.start, line="—") from None
        if text := text if position else text.removeprefix("\ufeff"):
            yield text
        if not chunk:
            return
        position += len(chunk)

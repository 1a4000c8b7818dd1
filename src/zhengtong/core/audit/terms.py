"""The terms by which a record is found: pairs of characters of Chinese, whole words and numbers of anything else."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

# A record that changed a long text is found by the beginning of it.
MOST_TERMS: Final = 400
LONGEST_TEXT: Final = 2_000
_RUN: Final = re.compile(r"[0-9a-z]+|[㐀-鿿豈-﫿\U00020000-\U0003ffff]+")


def list_terms(text: str) -> set[str]:
    """Return the terms of ``text``; a single Chinese character is one only where it stands alone."""
    found = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower()):
        if run.isascii() or len(run) == 1:
            found.add(run[:64])
        else:
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found


def tag(name: str, value: object) -> str:
    """Return the term for a column's value: no text can hold it, since no term of a text has a colon."""
    return f"{name}:{value}"


def list_texts(value: Any) -> Iterator[str]:
    """Yield the texts and numbers in a record's values, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from list_texts(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from list_texts(each)


def gather(texts: Iterable[str], tags: Iterable[str]) -> list[str]:
    """Return all tags, and as many terms of the texts as a record may have."""
    found = set(tags)
    for text in texts:
        found |= list_terms(text)
        if len(found) > MOST_TERMS:
            break
    return sorted(found)

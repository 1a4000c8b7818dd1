"""The entries of dictionaries, kept in the process for as long as a page takes: a form asks for them row by row."""

import time
from collections.abc import Mapping
from typing import Any

from django.core.signals import request_started

from zhengtong.capabilities.cases.models import Dictionary, DictionaryEntry

KEEP_SECONDS = 1.0
MOST_ENTRIES = 3000
Rows = tuple[tuple[str, str, bool], ...]
_kept: dict[str, tuple[float, Rows]] = {}


def forget_entries(**_signal: Any) -> None:
    """Read anew what is asked for next: a page begins, or an entry was changed."""
    _kept.clear()


request_started.connect(forget_entries, dispatch_uid="cases.forget_dictionary_entries")


def _rows(code: str) -> Rows:
    now = time.monotonic()
    found = _kept.get(code)
    if found is None or now - found[0] > KEEP_SECONDS:
        rows = DictionaryEntry.objects.filter(dictionary__code=code).order_by("position", "code")
        found = now, tuple(rows.values_list("code", "name", "is_active")[:MOST_ENTRIES])
        _kept[code] = found
    return found[1]


def list_entries(code: str) -> list[tuple[str, str]]:
    """Return code and name of what may be chosen from a dictionary, in its order; nothing of an unknown one."""
    return [(entry, name) for entry, name, is_active in _rows(code) if is_active]


def name_entry(code: str, entry: str) -> str:
    """Return the name of an entry, of one that may no longer be chosen too; the code itself when there is none."""
    return next((name for each, name, _is_active in _rows(code) if each == entry), entry)


def list_dictionaries() -> Mapping[str, str]:
    """Return the names of the dictionaries that forms may use, by their codes."""
    return dict(Dictionary.objects.filter(is_active=True).order_by("code").values_list("code", "name"))

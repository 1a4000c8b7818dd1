"""Migrations in two thirds of their time: what Django finds out anew at each step is found out once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps


@contextmanager
def in_less_time() -> Iterator[None]:
    """Make whatever migrates inside take less time, with the same outcome.

    Each step renders the classes of models anew, up to all of them. For each foreign key of each class all models are
    asked whether it leads to one that the settings may swap; a cache holds the answers, and every rendering empties it.
    This one keeps them: settings don't change while a process runs.
    """
    known = vars(apps)
    assert "get_swappable_settings_name" not in known
    known["get_swappable_settings_name"] = cache(apps.get_swappable_settings_name)
    # What is loaded stays: looking for garbage in it, again and again while classes come and go, finds nothing.
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        del known["get_swappable_settings_name"]

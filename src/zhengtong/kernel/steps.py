"""One step, one transaction: what nobody reads before it commits (journal, jobs) is gathered and written together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction

T = TypeVar("T")
_gathered: ContextVar[dict[Callable[[list[Any]], None], list[Any]] | None] = ContextVar("gathered", default=None)


@contextmanager
def step() -> Iterator[None]:
    """Open a transaction at whose end all that :func:`at_end` was given is written. Also a decorator: ``@step()``.

    A step within a step is part of it. A savepoint inside a step doesn't take back what was given to its end.
    """
    if _gathered.get() is not None:
        yield
        return
    gathered: dict[Callable[[list[Any]], None], list[Any]] = {}
    token = _gathered.set(gathered)
    try:
        with transaction.atomic():
            yield
            for write, things in gathered.items():
                write(things)
    finally:
        _gathered.reset(token)


def at_end(write: Callable[[list[T]], None], thing: T) -> None:
    """Have ``write`` called with a list of all such things when the step ends, or with this one now outside of one."""
    gathered = _gathered.get()
    if gathered is None:
        write([thing])
    else:
        gathered.setdefault(write, []).append(thing)

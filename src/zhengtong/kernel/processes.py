"""Processes beside this one that have the platform loaded, for work that one core would take too long for.

They are started anew and not forked: a copy of this process would hold its connections to the database.
"""

import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process


def _set_up(pickled: bytes) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import django

    django.setup()
    # Only now: what is in there are things of modules that can't be imported before.
    begin, arguments = pickle.loads(pickled)
    begin(*arguments)


def _end_with_parent() -> None:
    """Don't wait for work for ever when the process that gives it was killed."""
    parent = parent_process()
    assert parent is not None  # this is one beside another
    parent.join()
    os._exit(1)


@contextmanager
def beside(begin: Callable[..., None], *arguments: object) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool with a process for each core; each has called ``begin`` with ``arguments`` before its first task."""
    pickled = pickle.dumps((begin, arguments))
    pool = ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn"), _set_up, (pickled,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)

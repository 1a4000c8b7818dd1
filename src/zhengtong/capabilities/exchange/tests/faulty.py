"""A worker that can be killed: a process that has everything loaded, and forks one worker for each run it is asked for.

Loading takes seconds and a fork milliseconds, so hundreds of workers can die in a minute. Nothing that keeps threads or
connections (polars, ADBC, Django's database) is used before the fork.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

ROWS_A_CHUNK = 40
OF_EACH_CHUNK = ("read", "check", "mask", "seal", "stage")
STEPS = (*OF_EACH_CHUNK, "merge", "merged", "reconcile", "committed", "receipt")


class Killed(BaseException):
    """Where a worker dies within the test's own process: nothing of ours catches it."""


class Nursery:
    """Starts workers. ``environ`` names the database that they work in."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environ,
            text=True,
        )
        assert self._read() == "ready"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)

    def start(self, run_id: int, fault: str = "", nth: int = 1) -> int:
        """Start a worker on a run and return its process number; ``fault`` happens at its ``nth`` occasion."""
        self._say({"run": run_id, "fault": fault, "nth": nth})
        return int(self._read())

    def wait(self) -> int:
        """Return how the worker ended: 0, or minus the signal that killed it."""
        self._say({"wait": True})
        return int(self._read())

    def _say(self, words: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
    django.setup()
    from zhengtong.capabilities.exchange.engine import feeds
    from zhengtong.capabilities.exchange.services import running

    setattr(feeds, "CHUNK_ROWS", ROWS_A_CHUNK)  # noqa: B010  # it is another module's name there
    print("ready", flush=True)  # noqa: T201  # to whoever started it
    child = 0
    for line in sys.stdin:
        words = json.loads(line)
        if words.get("wait"):
            _pid, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201
            continue
        child = os.fork()
        if child == 0:
            status = 1
            try:
                plant(words["fault"], words["nth"])
                running.run_window(words["run"])
                status = 0
            finally:
                sys.stderr.flush()
                os._exit(status)
        print(child, flush=True)  # noqa: T201


def plant(fault: str, nth: int) -> None:
    """Have ``fault`` happen at its ``nth`` occasion: the worker is killed at a step, or what it staged is altered."""
    if not fault:
        return
    if fault.startswith("staging-"):
        wound(fault)
        return
    owner, name, is_before = place_of(fault)
    original: Callable[..., Any] = getattr(owner, name)
    count = 0

    def deadly(*given: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        if is_before and count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*given, **named)
        if not is_before and count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def place_of(fault: str) -> tuple[Any, str, bool]:
    """Return where a step is taken: owner, name, and whether the worker dies before it. ``maria-`` begins those of
    MariaDB as the target."""
    from zhengtong.capabilities.contracts.masks import Masks
    from zhengtong.capabilities.contracts.rules import Rules
    from zhengtong.capabilities.exchange.engine.chunks import Chain
    from zhengtong.capabilities.exchange.engine.path import Path
    from zhengtong.capabilities.exchange.services import running
    from zhengtong.capabilities.exchange.services.booking import RunBook
    from zhengtong.capabilities.sources.drivers import postgresql
    from zhengtong.capabilities.sources.drivers.mysql.target import MariaDBTarget
    from zhengtong.capabilities.sources.drivers.postgresql_target import PostgresTarget

    step = fault.removeprefix("maria-")
    target: Any = MariaDBTarget if step != fault else PostgresTarget
    return {
        "read": (postgresql, "_put_together", False),
        "check": (Rules, "check", True),
        "mask": (Masks, "apply", True),
        "seal": (Chain, "add", False),
        "stage": (RunBook, "advance", False),
        "merge": (target, "_merge", True),
        "merged": (target, "_merge", False),
        "reconcile": (target, "read_landed", True),
        "committed": (Path, "_merge", False),
        "receipt": (running, "make_receipt", False),
    }[step]


def wound(fault: str) -> None:
    """Alter what is staged, as failing memory or a stranger would, right before the merge."""
    from psycopg import sql

    from zhengtong.capabilities.sources.drivers.postgresql_target import PostgresTarget

    original = PostgresTarget._merge
    statements = {
        "staging-altered": sql.SQL("UPDATE {} SET full_name = full_name || '?' WHERE id % 7 = 1"),
        "staging-lost": sql.SQL("DELETE FROM {} WHERE id % 5 = 2"),
        "staging-doubled": sql.SQL("INSERT INTO {0} SELECT * FROM {0} WHERE id % 5 = 2"),
    }

    def wounded(target: Any, landing: Any) -> Any:
        statement = statements[fault].format(target._stage(landing))
        with target._connection.cursor() as cursor:
            cursor.execute(target._catalogue.text(statement))
        return original(target, landing)

    setattr(PostgresTarget, "_merge", wounded)  # noqa: B010  # this is what it is for


if __name__ == "__main__":
    main()

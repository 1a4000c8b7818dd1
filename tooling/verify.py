"""`make test`, `make check` and `make bench`: what a change has to pass, each from nothing."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tooling import environment, packages, processes
from tooling.instance import ROOT, Instance, Stamp, digest, locked
from tooling.launch import database
from tooling.postgres import FORGETFUL, Postgres
from tooling.steps import Failed, Steps, say

_BIN = environment.VENV / "bin"
_PYTHON = str(environment.PYTHON)

_MIGRATIONS = [str(_BIN / "zhengtong"), "makemigrations", "--check", "--dry-run"]

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(_BIN / "ruff"), "format", "--check"]),
    ("lint", [str(_BIN / "ruff"), "check"]),
    ("types", [str(_BIN / "mypy")]),
    ("import contracts", [str(_BIN / "lint-imports"), "--no-logo"]),
    ("templates", [str(_BIN / "djlint"), "src", "--lint", "--quiet"]),
    ("system checks", [str(_BIN / "zhengtong"), "check", "--fail-level", "WARNING"]),
    # It compares models with files; that it also asks a database, which need not be there, is no news.
    ("migrations", [_PYTHON, "-W", "ignore:Got an error checking", *_MIGRATIONS]),
    ("translations", [_PYTHON, "-m", "tooling.catalogue", "check"]),
)


def test(instance: Instance, arguments: Sequence[str]) -> int:
    """Run the tests on a private database of their own and return pytest's exit status."""
    # Files with the fewest tests are the longest, the journeys: reordered by number they would all come last.
    # One worker more than cores: in journeys it waits for browsers and servers most of the time.
    spread = ["-n", str(min(5, 1 + (os.cpu_count() or 1))), "--dist", "loadfile", "--no-loadscope-reorder"]
    spread = [] if "-n" in arguments else spread
    with _prepared(instance, "test", ("run", "check", "test"), FORGETFUL) as (env, _):
        return _foreground([_PYTHON, "-m", "pytest", *spread, *arguments], env)


def bench(instance: Instance, arguments: Sequence[str]) -> int:
    """Run the benchmarks on a durable private database that is kept; only figures go to standard output."""
    figures = os.dup(1)
    os.dup2(2, 1)
    with _prepared(instance, "bench", ("run",), {}) as (env, _):
        os.dup2(figures, 1)
        return _foreground([_PYTHON, "-m", "benchmarks", *arguments], env)


def serve_database(instance: Instance) -> int:
    """Keep the tests' database running for tests that are started by hand, until told to stop."""
    with _prepared(instance, "test", ("run", "check", "test"), FORGETFUL) as (env, supervisor):
        say(f"\nexport DATABASE_URL='{env['DATABASE_URL']}' DATA_DIR='{env['DATA_DIR']}'\n")
        say("按 Ctrl-C 停止 · Ctrl-C stops it")
        while True:
            supervisor.look(time.monotonic())
            time.sleep(0.2)


def check(instance: Instance) -> int:
    """Run every check, whatever the one before said; print what failed, then a line for each. Return 0 or 1."""
    here = replace(instance, folder=instance.folder / "check")
    steps = Steps(here.folder / "log")
    packages.install(steps, "run", "check")
    environment.prepare(steps, environment.GROUPS)
    env = here.environ(instance.database_url)
    results: list[tuple[str, bool, float]] = []
    for name, command in CHECKS:
        say(f"── {name}")
        began = time.monotonic()
        results.append((name, _foreground(command, env) == 0, time.monotonic() - began))
    say("\n── 汇总 · summary")
    for name, is_passed, seconds in results:
        say(f"  {'✓' if is_passed else '✗'} {name}  {seconds:.1f} s")
    return 0 if all(is_passed for _, is_passed, _ in results) else 1


def tidy(instance: Instance) -> int:
    """Write the code in its one format and mend what can be mended without asking."""
    return _every(instance, [str(_BIN / "ruff"), "check", "--fix"], [str(_BIN / "ruff"), "format"])


def update_messages(instance: Instance) -> int:
    """Bring the catalogues up to the texts in the code."""
    return _every(instance, [_PYTHON, "-m", "tooling.catalogue", "update"])


def _every(instance: Instance, *commands: list[str]) -> int:
    steps = Steps(instance.folder / "check" / "log")
    packages.install(steps, "run", "check")
    environment.prepare(steps, environment.GROUPS)
    return max(_foreground(command, instance.environ(instance.database_url)) for command in commands)


@contextlib.contextmanager
def _prepared(
    instance: Instance, name: str, sections: Sequence[str], options: dict[str, str]
) -> Iterator[tuple[dict[str, str], processes.Supervisor]]:
    """Yield the environment to work in, everything installed and a database running in the folder ``name``."""
    here = replace(instance, folder=instance.folder / name)
    steps = Steps(here.folder / "log")
    supervisor = processes.Supervisor(say)
    busy = f"{here.folder} 正在使用，请用 DATA_DIR= 换一个 · in use, choose another with DATA_DIR="
    private = not here.database_url
    with contextlib.ExitStack() as until_done:
        until_done.enter_context(locked(here.folder / "run.lock", busy))
        until_done.callback(supervisor.stop)
        packages.install(steps, *sections, *(["database"] if private else []))
        environment.prepare(steps, environment.GROUPS)
        url = here.database_url
        if private:
            url = until_done.enter_context(database(Postgres(here.folder, steps, options), supervisor))
        env = here.environ(url)
        # Pages name their style sheets by the hash in the name, as they do in service.
        collect = [str(_BIN / "zhengtong"), "collectstatic", "--noinput", "--verbosity=0"]
        collected = Stamp(
            here.folder / "static.stamp", digest(*sorted((ROOT / "src").rglob("static")), ROOT / "uv.lock")
        )
        if not (collected.holds() and (here.folder / "static").is_dir()):
            steps.run("静态文件 · static files", collect, env=env, cwd=ROOT)
            collected.set()
        yield env, supervisor


def _foreground(command: Sequence[str], env: dict[str, str]) -> int:
    """Run ``command`` on this terminal and return its exit status; being stopped interrupts it in good order."""
    if not os.access(command[0], os.X_OK):
        raise Failed(f"找不到 {command[0]} · missing")
    on_terminal = sys.stdin.isatty()
    child = processes.start(command, env=env, cwd=ROOT, quit_with=signal.SIGINT, leads_group=not on_terminal)
    try:
        while child.is_running:
            processes.heed_make()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(0.5)
        return child.process.returncode
    except processes.Stopped as stopped:
        # On a terminal Ctrl-C reached the program too, and a second one would cut its clearing up short.
        child.stop(30, signalled=on_terminal and stopped.number == signal.SIGINT)
        raise
    finally:
        child.sweep()

"""Child processes that can't be left behind: signals, groups, the launcher's own death, and what is restarted.

Every child gets a session of its own, so that Ctrl-C reaches the launcher alone and it decides the order.
The kernel tells a child when the launcher dies (``PR_SET_PDEATHSIG``), and hands the launcher every orphan
of a child that died (``PR_SET_CHILD_SUBREAPER``), so that nothing outlives it.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_libc = ctypes.CDLL(None, use_errno=True)


class Stopped(BaseException):
    """The launcher was told to stop. Derived from BaseException so that no ``except Exception`` keeps it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def _stop(number: int, frame: FrameType | None) -> None:
    # One is enough: what follows is the orderly end, which a second Ctrl-C must not tear.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def guard() -> None:
    """Make this process the one that everything it starts is bound to. Call it once, from the main thread."""
    for number in _SIGNALS:
        # nohup asks that a closed terminal change nothing; a shell's background job has no such wish for SIGINT.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    parent = os.getppid()
    with contextlib.suppress(OSError):
        if Path(f"/proc/{parent}/comm").read_text().strip() == "make":
            # make passes SIGTERM on, but nothing can pass on the SIGKILL that ends make itself.
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                raise Stopped(signal.SIGTERM)
            if _catches(parent, signal.SIGINT):
                _make.append(parent)


_make: list[int] = []


def _catches(pid: int, number: int) -> bool:
    """Return whether process ``pid`` has a handler for signal ``number``; True when that can't be known."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    except OSError:
        pass
    return True


def heed_make() -> None:
    """Raise Stopped when make alone got a SIGINT: it drops its handler and waits for its child without a word."""
    for pid in _make:
        if not _catches(pid, signal.SIGINT):
            _make.clear()
            _stop(signal.SIGINT, None)


@contextlib.contextmanager
def _held() -> Iterator[None]:
    """Hold signals back, so that none comes between a child's start and its being known."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _bind(parent: int, death: int) -> Callable[[], None]:
    def in_child() -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        _libc.prctl(_PR_SET_PDEATHSIG, death, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


@dataclass
class Child:
    """A started program and the group that it leads."""

    name: str
    process: "subprocess.Popen[bytes]"
    quit_with: int = signal.SIGTERM
    leads_group: bool = True

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send ``number`` to the program itself; it tells its own children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            self.process.send_signal(number)

    def sweep(self) -> None:
        """Kill what is left of its group, for example the workers of a server that was killed."""
        if self.leads_group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self, patience: float = 15, *, signalled: bool = False) -> None:
        """Ask it to quit unless it was, wait ``patience`` seconds, then kill it and its group."""
        if not signalled:
            self.signal(self.quit_with)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
        self.sweep()
        self.process.wait()


def start(
    command: Sequence[str],
    *,
    name: str = "",
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    output: IO[bytes] | int | None = None,
    quit_with: int = signal.SIGTERM,
    leads_group: bool = True,
) -> Child:
    """Start ``command`` bound to this process. ``output`` takes both of its streams; None means the terminal."""
    with _held():
        process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL if leads_group else None,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            start_new_session=leads_group,
            preexec_fn=_bind(os.getpid(), quit_with),
        )
        return Child(name or Path(command[0]).name, process, quit_with, leads_group)


def children_of(pid: int) -> list[int]:
    """Return the ids of the processes whose parent is ``pid``, as /proc says now."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
    return found


def end_orphans(patience: float = 5) -> None:
    """End every process that is still, or has become, a child of this one."""
    number, deadline = signal.SIGTERM, time.monotonic() + patience
    while left := children_of(os.getpid()):
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        time.sleep(0.05)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if time.monotonic() > deadline:
            if number == signal.SIGKILL:
                return
            number, deadline = signal.SIGKILL, time.monotonic() + patience


@dataclass
class Service:
    """Something that has to run until the end: how it is started, and when it may be started again."""

    name: str
    launch: Callable[[], Child]
    is_foundation: bool = False
    child: Child | None = None
    failures: int = 0
    started_at: float = 0.0
    next_at: float = 0.0


def delay_after(failures: int) -> float:
    """Return the seconds before the next start: at once after one death, then doubling up to half a minute."""
    return 0.0 if failures <= 1 else min(30.0, 0.5 * 2 ** (failures - 2))


@dataclass
class Supervisor:
    """Keeps services running: one that died comes back, one that dies again and again comes back more slowly."""

    tell: Callable[[str], None]
    services: list[Service] = field(default_factory=list)

    def add(self, name: str, launch: Callable[[], Child], *, child: Child | None = None) -> Service:
        """Start a service, or take over its running ``child``, and keep it. Such a one is what others stand on."""
        service = Service(name, launch, is_foundation=child is not None, child=child, started_at=time.monotonic())
        self.services.append(service)
        if child is None:
            self._launch(service)
        return service

    def _launch(self, service: Service) -> None:
        service.child = service.launch()
        service.started_at = time.monotonic()

    def look(self, now: float) -> None:
        """Notice what died and start what is due. ``now`` is a monotonic moment in seconds."""
        heed_make()
        for service in self.services:
            if service.child is not None and not service.child.is_running:
                code = service.child.process.returncode
                service.child.sweep()
                service.child = None
                service.failures = 1 if now - service.started_at > 60 else service.failures + 1
                service.next_at = now + delay_after(service.failures)
                self.tell(f"{service.name} 意外退出（{describe_exit(code)}），重新启动 · stopped, starting it again")
            if service.child is None and now >= service.next_at:
                self._launch(service)

    def stop(self) -> None:
        """Stop everything: first all that work, side by side, then what they stand on."""
        for is_foundation in (False, True):
            running = [s.child for s in self.services if s.is_foundation == is_foundation and s.child is not None]
            for child in running:
                child.signal(child.quit_with)
            for child in running:
                child.stop(signalled=True)
        self.services.clear()


def describe_exit(code: int) -> str:
    """Return how a process ended: its exit status, or the name of the signal that ended it."""
    return signal.Signals(-code).name if code < 0 else f"exit {code}"

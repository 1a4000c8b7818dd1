"""What a person sees while things are prepared: each step's name, its time, and the end of its output if it fails."""

import contextlib
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tooling import processes


class Failed(Exception):
    """Something went wrong that a person can understand and mend. The message is for her."""


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def tail(path: Path, lines: int, start: int = 0) -> list[str]:
    """Return the last ``lines`` lines of a text file after byte ``start``, reading only its end.

    Carriage returns end a line too, so that the last state of a progress bar is one.
    """
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(start, file.tell() - 400 * lines))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return [line for line in text.replace("\r", "\n").split("\n") if line.strip()][-lines:]


def fit(text: str, columns: int) -> str:
    """Cut ``text`` to ``columns`` of a terminal, in which a Chinese character takes two; control codes go."""
    width, kept = 0, []
    for character in text:
        if unicodedata.category(character) == "Cc":
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > columns:
            break
        kept.append(character)
    return "".join(kept)


@dataclass
class Steps:
    """Runs steps one after another; the whole output of each goes to a file under ``log``."""

    log: Path
    is_terminal: bool = field(default_factory=sys.stdout.isatty)
    every: float = 15.0

    def run(
        self,
        title: str,
        *commands: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        log: str = "setup",
    ) -> None:
        """Run ``commands`` in order. Raises Failed, with the end of the output, at the first that fails."""
        path = self.log / f"{log}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        if not self.is_terminal:
            say(f"  … {title}")
        for command in commands:
            with path.open("ab") as output:
                output.write(f"\n$ {' '.join(command)}\n".encode())
                output.flush()
                start = output.tell()
                child = processes.start(command, env=env, cwd=cwd, output=output)
                try:
                    self._follow(title, child, path, start, began)
                finally:
                    if child.is_running:
                        child.stop()
            if child.process.returncode != 0:
                self._line(f"  ✗ {title}  {time.monotonic() - began:.1f} s", final=True)
                for line in tail(path, 30, start):
                    say(f"    {line}")
                raise Failed(f"“{title}”失败，全部输出在 {path} · failed, its whole output is in that file")
        self._line(f"  ✓ {title}  {time.monotonic() - began:.1f} s", final=True)

    def wait(self, title: str, is_done: Callable[[], bool], *, patience: float) -> None:
        """Wait until ``is_done`` says so. Raises Failed after ``patience`` seconds; ``is_done`` may raise it sooner."""
        began = time.monotonic()
        while not is_done():
            processes.heed_make()
            elapsed = time.monotonic() - began
            if elapsed > patience:
                raise Failed(f"“{title}”等了 {patience:.0f} 秒没有结果 · no result after {patience:.0f} s")
            if self.is_terminal:
                self._line(f"  … {title}  {elapsed:.0f} s")
            time.sleep(0.05)
        self._line(f"  ✓ {title}  {time.monotonic() - began:.1f} s", final=True)

    def _follow(self, title: str, child: processes.Child, path: Path, start: int, began: float) -> None:
        told = began
        while child.is_running:
            processes.heed_make()
            now = time.monotonic()
            if self.is_terminal:
                last = (tail(path, 1, start) or [""])[0].strip()
                self._line(f"  … {title}  {now - began:.0f} s  {last}")
            elif now - told >= self.every:
                told = now
                say(f"    {title}  {now - began:.0f} s  {fit((tail(path, 1, start) or [''])[0].strip(), 80)}")
            # A wait with a limit polls as well, but it returns as soon as the child has ended.
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(0.2)

    def _line(self, text: str, final: bool = False) -> None:
        if not self.is_terminal:
            if final:
                say(text)
            return
        columns = os.get_terminal_size().columns - 1 if sys.stdout.isatty() else 79
        sys.stdout.write("\r\x1b[K" + fit(text, columns) + ("\n" if final else ""))
        sys.stdout.flush()

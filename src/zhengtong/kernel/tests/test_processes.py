"""Processes beside a command: they do its work, and don't outlive it."""

import os
import signal
import subprocess
import sys

_COMMAND = """
import os, signal
from zhengtong.kernel.processes import beside
with beside(os.getpid) as pool:
    print(pool.submit(os.getpid).result(), flush=True)
    signal.pause()
"""


def test_they_end_when_the_command_is_killed() -> None:
    command = subprocess.Popen([sys.executable, "-c", _COMMAND], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert command.stdout is not None
    beside = int(command.stdout.readline())
    assert beside not in (command.pid, os.getpid())
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    # They have its output open, too: it ends when the last of them has ended.
    assert command.stdout.read() == b""

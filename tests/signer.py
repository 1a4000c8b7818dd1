"""A signer of its own for the tests: the real process, in the folder of the test database that belongs to it."""

import os
import shutil
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from tooling import processes
from zhengtong.kernel.sockets import signer_socket

OWN_CONNECTIONS = 8


class SignerProcess:
    """``zhengtong signer`` over ``folder``; it goes when the tests go, however they end."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._environ = {**os.environ, "SIGNER_SOCKET": str(folder / "socket"), **(environ or {})}
        self._environ["SIGNER_FOLDER"] = str(folder)
        self.socket = signer_socket(self._environ, folder)
        self._child: processes.Child | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.process.pid

    def start(self) -> "SignerProcess":
        """Start it and return when it listens."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-u", "-m", "zhengtong.capabilities.keys.signer"]
        log = self.folder / "log"
        log.touch()
        before = log.stat().st_size
        with log.open("ab") as output:
            self._child = processes.start(command, name="signer", env=self._environ, output=output)
        pause = threading.Event()
        while "signer ready" not in (said := log.read_bytes()[before:].decode()):
            if not self._child.is_running:
                raise RuntimeError(f"the signer did not start: {said[-2000:]}")
            pause.wait(0.02)
        return self

    def kill(self) -> None:
        """Kill it, as a lost machine would."""
        assert self._child is not None
        self._child.process.kill()
        self._child.process.wait()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def speak(self) -> socket.socket:
        """Return a connection of one's own, for messages that no client would send."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(20)
        connection.connect(str(self.socket))
        return connection


def folder_of(data_dir: Path, database: str, *, anew: bool) -> Path:
    """Return where the signer of a test database keeps its keys, emptied when the database is made anew."""
    folder = data_dir / "signers" / database
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    return folder

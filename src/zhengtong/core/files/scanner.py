"""The malware scan: a protocol, and clamd over its Unix socket. Where none runs, that is said, not hidden."""

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

logger = logging.getLogger(__name__)
CHUNK = 1 << 16


class ScannerUnavailable(Exception):
    """There is no scanner, or it gave no verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``signature`` is the name of what was found, "" for nothing; ``engine`` says who looked, with which data."""

    signature: str
    engine: str

    @property
    def is_clean(self) -> bool:
        return not self.signature


class Scanner(Protocol):
    """Looks for malware. Raises ScannerUnavailable when it can't say."""

    def scan(self, file: IO[bytes]) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon; commands and replies as in clamd(8): ``z`` prefix, null-terminated, INSTREAM in chunks."""

    socket_path: Path
    timeout: float = 60.0

    def scan(self, file: IO[bytes]) -> Verdict:
        engine = self._command("VERSION")
        reply = self._instream(file)
        if reply.endswith(" FOUND"):
            return Verdict(reply.removeprefix("stream: ").removesuffix(" FOUND"), engine)
        if reply == "stream: OK":
            return Verdict("", engine)
        # For example "INSTREAM size limit exceeded. ERROR": not a verdict.
        raise ScannerUnavailable(reply)

    def _command(self, word: str) -> str:
        with self._connect() as connection:
            connection.sendall(b"z" + word.encode() + b"\0")
            return self._reply(connection)

    def _instream(self, file: IO[bytes]) -> str:
        with self._connect() as connection:
            try:
                connection.sendall(b"zINSTREAM\0")
                while chunk := file.read(CHUNK):
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
            except BrokenPipeError:
                # It stops listening once it has decided that the stream is too long; its reply says so.
                logger.info("clamd closed the stream early")
            return self._reply(connection)

    @contextmanager
    def _connect(self) -> Iterator[socket.socket]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self.timeout)
                connection.connect(str(self.socket_path))
                yield connection
        except OSError as error:
            raise ScannerUnavailable(f"{type(error).__name__}: {error}") from error

    @staticmethod
    def _reply(connection: socket.socket) -> str:
        received = b""
        while not received.endswith(b"\0"):
            part = connection.recv(4096)
            if not part:
                break
            received += part
        return received.rstrip(b"\0").decode("utf-8", "replace").strip()


def get_scanner() -> Scanner | None:
    """Return the scanner of this installation, None when no clamd has made its socket."""
    path = Path(getattr(settings, "CLAMD_SOCKET", "") or "/run/clamav/clamd.ctl")
    return Clamd(path) if path.is_socket() else None

"""Where one instance lives: its port, its folder, its public address, its database, from the environment."""

import contextlib
import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tooling.steps import Failed

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Instance:
    port: int
    folder: Path
    public_url: str
    database_url: str
    today: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Instance":
        """Parse ``environ``. Raises Failed with a sentence when a value can't be used."""
        port = environ.get("PORT") or "8000"
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise Failed(f"PORT 应为 1 到 65535 的数字，现在是“{port}” · PORT must be a number from 1 to 65535")
        folder = Path(environ.get("DATA_DIR") or "var").expanduser()
        return cls(
            port=int(port),
            # Without resolving symbolic links in it, two spellings of one folder would be two instances.
            folder=(ROOT / folder).resolve(),
            public_url=(environ.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/"),
            database_url=environ.get("DATABASE_URL") or "",
            today=environ.get("TODAY") or "",
        )

    def environ(self, database_url: str) -> dict[str, str]:
        """Return the environment of everything that is started for this instance."""
        return {
            **os.environ,
            "PORT": str(self.port),
            "DATA_DIR": str(self.folder),
            "PUBLIC_URL": self.public_url,
            "DATABASE_URL": database_url,
            "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            # Images of containers often set it; then each process would compile two thousand modules anew.
            "PYTHONDONTWRITEBYTECODE": "",
        } | ({"TODAY": self.today} if self.today else {})


def require_free_port(port: int) -> None:
    """Raise Failed when something listens on ``port`` at any address of this machine.

    ``SO_REUSEPORT`` is not set, so a server that shares its port is noticed too.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
            probe.listen(1)
        except OSError as error:
            raise Failed(
                f"端口 {port} 已被占用或不可用（{error.strerror}），请换一个：make run PORT={port + 1}"
                f" · port {port} is taken, choose another: make run PORT={port + 1}"
            ) from None


@contextlib.contextmanager
def locked(path: Path, refusal: str = "") -> Iterator[None]:
    """Hold ``path`` as a lock: wait for it, or raise Failed with ``refusal`` when it is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if refusal else 0))
        except BlockingIOError:
            raise Failed(refusal) from None
        yield


def digest(*paths: Path, also: str = "") -> str:
    """Return a hash over names and contents of files and of all files under folders.

    A missing file counts as such; what programs leave behind (``__pycache__``) doesn't count.
    """
    total = hashlib.sha256(also.encode())
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        for file in inside:
            total.update(b"\0" + str(file.relative_to(path.parent)).encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b"missing")
    return total.hexdigest()


@dataclass(frozen=True)
class Stamp:
    """The mark in a file that something was made from exactly these sources."""

    path: Path
    value: str

    def holds(self) -> bool:
        return self.path.is_file() and self.path.read_text().strip() == self.value

    def set(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.value + "\n")

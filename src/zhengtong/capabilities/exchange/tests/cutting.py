"""A wire to the database that is cut after so many bytes: a Unix socket that passes on to the server's."""

import select
import socket
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

PORT = 5432


class Wire:
    """Passes on what comes at ``folder`` to the server, and cuts every connection when ``left`` bytes have gone by."""

    def __init__(self, folder: Path, server: dict[str, Any]) -> None:
        self.folder, self._server = folder, server
        self.left: int | None = None
        self._stop = Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{PORT}"))
        self._listener.listen(20)
        self._listener.settimeout(0.1)

    def __enter__(self) -> Self:
        Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._listener.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                near, _address = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            Thread(target=self._pass, args=(near,), daemon=True).start()

    def _pass(self, near: socket.socket) -> None:
        with near, self._reach() as far, suppress(OSError):
            ends = {near: far, far: near}
            while not self._stop.is_set():
                for end in select.select(list(ends), [], [], 0.2)[0]:
                    content = end.recv(1 << 14)
                    if not content:
                        return
                    if self.left is not None:
                        self.left -= len(content)
                        if self.left < 0:
                            return
                    ends[end].sendall(content)

    def _reach(self) -> socket.socket:
        host, port = str(self._server.get("host") or "/var/run/postgresql"), self._server.get("port") or 5432
        if host.startswith("/"):
            made = socket.socket(socket.AF_UNIX)
            made.connect(f"{host}/.s.PGSQL.{port}")
            return made
        return socket.create_connection((host, int(port)))

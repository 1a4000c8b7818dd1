"""The socket: who may speak, how much, how long, and a thread for each of them."""

import contextlib
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from zhengtong.capabilities.keys.signer.acts import Signer
from zhengtong.capabilities.keys.signer.configuration import Configuration, UnusableConfiguration

_TICK_SECONDS = 5.0


class Cut(Exception):
    """The other side went away, or stopped in the middle of a message."""


class Server:
    """Listens until :meth:`stop`."""

    def __init__(self, configuration: Configuration, answer: Callable[[Any], dict[str, Any]]) -> None:
        self._configuration, self._act = configuration, answer
        self._stopping = threading.Event()
        self._places = threading.BoundedSemaphore(configuration.most_connections)
        self._turns = threading.BoundedSemaphore(configuration.most_at_once)

    def run(self, tick: Callable[[], None]) -> None:
        """Listen; ``tick`` is called every few seconds."""
        with _listening(self._configuration) as listener:
            listener.settimeout(0.5)
            kept = 0.0
            while not self._stopping.is_set():
                if time.monotonic() - kept > _TICK_SECONDS:
                    tick()
                    kept = time.monotonic()
                with contextlib.suppress(TimeoutError):
                    self.welcome(listener.accept()[0])

    def stop(self) -> None:
        self._stopping.set()

    def welcome(self, connection: socket.socket) -> None:
        """Give a caller a thread, or say why not."""
        _pid, uid, _gid = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        )
        if uid not in self._configuration.allowed_uids:
            _refuse(connection, "not_allowed", "这个系统用户不能使用签名服务。")
        elif not self._places.acquire(blocking=False):
            _refuse(connection, "busy", "签名服务的连接已满，请稍后再试。")
        else:
            threading.Thread(target=self._converse, args=[connection], daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection:
                while not self._stopping.is_set():
                    request = self._hear(connection)
                    if request is None:
                        return
                    _say(connection, self._answer(request))
        except (Cut, OSError):
            return
        finally:
            self._places.release()

    def _hear(self, connection: socket.socket) -> bytes | None:
        connection.settimeout(self._configuration.idle_seconds)
        first = connection.recv(1)
        if not first:
            return None
        ends = time.monotonic() + self._configuration.message_seconds
        size = struct.unpack(">I", first + _read(connection, 3, ends))[0]
        if size > self._configuration.largest_message:
            megabytes = self._configuration.largest_message >> 20
            _refuse(connection, "too_large", f"请求超过 {megabytes} MB，签名服务没有接收。")
            return None
        return _read(connection, size, ends)

    def _answer(self, message: bytes) -> dict[str, Any]:
        try:
            request = json.loads(message)
        except (ValueError, RecursionError):
            return {"ok": False, "code": "bad_request", "say": "发来的不是 JSON，签名服务没有执行。"}
        if not self._turns.acquire(timeout=5):
            return {"ok": False, "code": "busy", "say": "签名服务正忙，请稍后再试。"}
        try:
            return self._act(request)
        except Exception:  # one bad request may not end the process that everybody signs through
            traceback.print_exc()
            return {"ok": False, "code": "failed", "say": "签名服务内部出错，没有执行；详情在签名服务的日志里。"}
        finally:
            self._turns.release()


def _read(connection: socket.socket, size: int, ends: float) -> bytes:
    parts = []
    while size:
        connection.settimeout(max(0.01, ends - time.monotonic()))
        try:
            part = connection.recv(min(size, 1 << 20))
        except TimeoutError:
            raise Cut from None
        if not part:
            raise Cut
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _say(connection: socket.socket, answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    connection.settimeout(30)
    connection.sendall(struct.pack(">I", len(body)) + body)


def _refuse(connection: socket.socket, code: str, say: str) -> None:
    with contextlib.suppress(OSError), connection:
        _say(connection, {"ok": False, "code": code, "say": say})


@contextlib.contextmanager
def _listening(configuration: Configuration) -> Iterator[socket.socket]:
    path = configuration.socket
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A folder that somebody else put there first, under a shared temporary folder, is theirs to swap.
    if path.parent.stat().st_uid not in (os.getuid(), 0):
        raise UnusableConfiguration(f"{path.parent} 属于另一个系统用户，签名服务不在那里监听")
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        others = configuration.allowed_uids - {os.getuid()}
        before = os.umask(0o111 if others else 0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(128)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _hold(folder: Path) -> Any:
    """Hold the folder alone; two signers would give out the same keys' uses twice."""
    import fcntl

    file = (folder / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UnusableConfiguration(f"{folder} 正由另一个签名服务使用") from None
    return file


def main() -> None:
    try:
        configuration = Configuration.read(os.environ)
        configuration.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        configuration.folder.chmod(0o700)
        os.umask(0o077)
        held = _hold(configuration.folder)
        signer = Signer(configuration)
        server = Server(configuration, signer.answer)

        def stop(_number: int, _frame: FrameType | None) -> None:
            server.stop()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        sys.stdout.write(f"签名服务已就绪 · signer ready: {configuration.socket}\n")
        sys.stdout.flush()
        server.run(signer.keep_time)
        signer.keep_time(is_last=True)
        signer.store.close()
        held.close()
    except UnusableConfiguration as error:
        sys.exit(str(error))

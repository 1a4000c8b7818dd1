"""A provider's own HTTP interface for the tests: a real server, which can be slow, silent, cut off, or lie."""

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PEOPLE = [
    {"idno": "11010519491231002X", "xm": "王晓岚", "dh": "13900001234", "nl": 33, "je": 12.50, "mm": "secret"},
    {"idno": "440524188001010014", "xm": "欧阳一", "dh": "13900005678", "nl": 71, "je": 0.10, "mm": "secret"},
]


class Provider:
    """``say`` is what the next requests are answered with; ``heard`` what was asked."""

    def __init__(self) -> None:
        self.say: Callable[[], tuple[int, bytes]] = self.speak_true
        self.heard: list[dict[str, Any]] = []
        self.wait = threading.Event()
        self.wait.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _answer(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                outer.heard.append(
                    {"path": parts.path, "asked": asked, "body": body, "headers": dict(self.headers.items())}
                )
                outer.wait.wait(20)
                status, content = outer.say()
                if status == 0:  # cut off in the middle
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def speak_true(self) -> tuple[int, bytes]:
        return 200, json.dumps({"data": {"items": PEOPLE}}, ensure_ascii=False).encode()

    def forget(self) -> None:
        self.say, self.heard = self.speak_true, []
        self.wait.set()

    def stop(self) -> None:
        self.wait.set()
        self._server.shutdown()
        self._server.server_close()

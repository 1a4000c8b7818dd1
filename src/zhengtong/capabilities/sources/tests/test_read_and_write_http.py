"""A real interface is read page by page and written batch by batch; whatever it answers, there is an end."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings

from zhengtong.capabilities.sources.domain import (
    Column,
    ColumnKind,
    Condition,
    Landing,
    Merged,
    Operator,
    Reading,
    SourceError,
)
from zhengtong.capabilities.sources.drivers import http
from zhengtong.capabilities.sources.tests.rows import batch, firm, firms, gathered, landing

COLUMNS = [{"name": "code", "is_key": True}, {"name": "name"}, {"name": "staff", "kind": "integer"}]
PAGE = {"style": "number", "parameter": "page", "size_parameter": "size", "size": 40}
NAMES = ("code", "name", "staff")
Answer = tuple[int, dict[str, str], bytes]


class Interface:
    """A department's interface: ``answer`` says what it gives, ``asked`` what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], bytes, dict[str, str]]] = []
        self.rows: list[dict[str, Any]] = firms(100)
        self.answer: Callable[[dict[str, str], bytes, dict[str, str]], Answer] = self.give
        interface = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {name: each[0] for name, each in parse_qs(urlsplit(self.path).query).items()}
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                interface.asked.append((asked, body, dict(self.headers)))
                code, headers, content = interface.answer(asked, body, dict(self.headers))
                self.send_response(code)
                for name, value in ({"Content-Length": str(len(content))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # the library's name

            def log_message(self, *_about: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self.server.server_port}/firms?version=2"
        return {"address": address, "rows": "data.items", "total": "data.total", "columns": COLUMNS, "page": PAGE}

    def give(self, asked: dict[str, str], _body: bytes, _headers: dict[str, str]) -> Answer:
        number, size = int(asked.get("page", 1)), int(asked.get("size", 1000))
        rows = self.rows[(number - 1) * size : number * size]
        return 200, {}, json.dumps({"data": {"items": rows, "total": len(self.rows)}}).encode()


@pytest.fixture
def interface() -> Iterator[Interface]:
    made = Interface()
    yield made
    made.server.shutdown()
    made.server.server_close()


def read(interface: Interface, *, names: tuple[str, ...] = NAMES, **changes: Any) -> list[dict[str, Any]]:
    source = http.connect({**interface.settings, **changes}, {})
    try:
        return gathered(source.read(Reading("rows", names)))
    finally:
        source.close()


def refused(act: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        act()
    return caught.value


def test_every_page_is_read_with_its_types(interface: Interface) -> None:
    assert read(interface) == firms(100)
    assert [asked["page"] for asked, _body, _headers in interface.asked] == ["1", "2", "3", "4"]
    assert {asked["version"] for asked, _body, _headers in interface.asked} == {"2"}


def test_pages_by_offset_and_by_cursor_are_read_to_their_end(interface: Interface) -> None:
    def by_offset(asked: dict[str, str], _body: bytes, _headers: dict[str, str]) -> Answer:
        start = int(asked["offset"])
        return 200, {}, json.dumps(interface.rows[start : start + 30]).encode()

    def by_cursor(asked: dict[str, str], _body: bytes, _headers: dict[str, str]) -> Answer:
        start = int(asked.get("after", 0))
        following = start + 30 if start + 30 < 100 else None
        return 200, {}, json.dumps({"rows": interface.rows[start : start + 30], "next": following}).encode()

    interface.answer = by_offset
    assert read(interface, rows="", page={"style": "offset", "parameter": "offset"}) == firms(100)
    interface.answer = by_cursor
    assert read(interface, rows="rows", page={"style": "cursor", "parameter": "after"}) == firms(100)


def test_it_is_counted_and_narrowed(interface: Interface) -> None:
    source = http.connect({**interface.settings, "after_parameter": "since"}, {"token": "T1"})
    assert source.check().startswith("HTTP 200")
    assert source.count(Reading("rows", NAMES)) == 100
    window = Reading("rows", ("code",), watermark="staff", after="9", until="12")
    assert [row["code"] for row in gathered(source.read(window))] == ["F000010", "F000011", "F000012"]
    assert source.count(Reading("rows", NAMES, (Condition("staff", Operator.AT_LEAST, ("90",)),))) == 10
    assert source.find_watermark("rows", "staff") == "99"
    assert any(asked.get("since") == "9" for asked, _body, _headers in interface.asked)
    assert {headers["Authorization"] for _asked, _body, headers in interface.asked} == {"Bearer T1"}
    assert refused(lambda: source.read_table("other")).code == "table-missing"


def test_what_does_not_fit_is_told(interface: Interface) -> None:
    interface.rows = [{**firm("A"), "staff": "3.30102E+17"}]
    assert refused(lambda: read(interface)).code == "value-unfit"
    text = [{"name": name} for name in NAMES]
    assert read(interface, columns=text) == [{**firm("A"), "staff": "3.30102E+17"}]
    interface.rows = [{"kode": "A", "name": "x", "staff": 1}]
    error = refused(lambda: read(interface))
    assert (error.code, "code" in error.message) == ("column-missing", True)


def test_a_member_that_may_be_left_out_is_missing_in_some_rows_or_all(interface: Interface) -> None:
    interface.rows = [firm("A"), {"code": "B", "staff": 1}]
    assert [row["name"] for row in read(interface)] == ["澜水面馆", None]
    interface.rows = interface.rows[1:]
    assert refused(lambda: read(interface)).code == "column-missing"
    assert read(interface, optional=["name"]) == [firm("B", None, 1)]
    interface.rows = []
    assert read(interface) == []


@pytest.mark.parametrize(
    ("answer", "code", "is_passing"),
    [
        ((401, {}, b""), "credentials", False),
        ((403, {}, b""), "denied", False),
        ((404, {}, b""), "table-missing", False),
        ((429, {}, b""), "busy", True),
        ((500, {}, b""), "answer", True),
        ((302, {"Location": "http://169.254.169.254/"}, b""), "answer", False),
        ((200, {}, b"<html>"), "answer", False),
        ((200, {}, b'{"data": {"items": {"a": 1}}}'), "answer", False),
        ((200, {}, b"[" * 100_000), "answer", False),
        ((200, {}, b" " * 3_000_000), "too-large", False),
        ((200, {"Content-Length": "1000"}, b"{"), "cut", True),
    ],
)
def test_every_odd_answer_has_its_code(interface: Interface, answer: Answer, code: str, is_passing: bool) -> None:
    interface.answer = lambda *_asked: answer
    error = refused(lambda: read(interface, most_bytes=2_000_000, seconds=2))
    assert (error.code, error.is_passing) == (code, is_passing)


def test_an_interface_that_gives_the_same_page_for_ever_is_found_out(interface: Interface) -> None:
    assert refused(lambda: read(interface, page={"style": "number", "parameter": "seite"})).code == "answer"


def test_a_slow_interface_is_given_up(interface: Interface) -> None:
    done = threading.Event()

    def slow(*_asked: Any) -> Answer:
        done.wait(5)
        return 200, {}, b"[]"

    interface.answer = slow
    error = refused(lambda: read(interface, seconds=0.2))
    done.set()
    assert (error.code, error.is_passing) == ("too-slow", True)


def test_one_that_is_down_may_be_tried_again(interface: Interface) -> None:
    interface.server.shutdown()
    interface.server.server_close()
    error = refused(lambda: read(interface))
    assert (error.code, error.is_passing) == ("unreachable", True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "[::ffff:127.0.0.1]", "platform.example"]
)
def test_the_platforms_own_addresses_are_refused(settings: Settings, host: str) -> None:
    settings.DEMO, settings.PUBLIC_URL = False, "https://platform.example"
    error = refused(lambda: http.connect({"address": f"http://{host}:9/x", "columns": COLUMNS}, {}))
    assert error.code in ("address", "unreachable")
    assert error.code == "address" or host == "platform.example"


@pytest.mark.parametrize("address", ["", "ftp://x/", "file:///etc/passwd", "http://user:word@x/", "x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refused(lambda: http.connect({"address": address, "columns": COLUMNS}, {})).code == "settings"


def test_rows_are_posted_in_batches_that_may_come_twice(interface: Interface) -> None:
    received: dict[str, Any] = {}

    def take(_asked: dict[str, str], body: bytes, headers: dict[str, str]) -> Answer:
        key, content = headers["Idempotency-Key"], json.loads(body)
        if key in received:
            return 409, {}, b""
        received[key] = content
        counts = {"inserted": 4, "updated": 1, "deleted": 1} if content.get("is_complete") else {}
        return 200, {}, json.dumps(counts).encode()

    interface.answer = take
    target = http.aim({**interface.settings, "batch_rows": 3}, {})
    columns = (*landing().columns, Column("gone", ColumnKind.BOOLEAN))
    rows = [{**each, "gone": each["staff"] == 2} for each in firms(6)]

    def send(where: Landing) -> Merged:
        target.prepare(where)
        target.stage(where, [batch(rows, columns)])
        merged: Merged = target.merge(where)
        return merged

    where = landing("r1", removed="gone")
    assert send(where) == Merged(4, 1, 1, 0)
    assert [len(each.get("rows", [])) for each in received.values()] == [2, 3, 0]
    assert [row["code"] for each in received.values() for row in each.get("removed", [])] == ["F000002"]
    first = next(iter(received.values()))
    assert first["rows"][0] == {"code": "F000000", "name": "澜水面馆0", "staff": "0"}
    assert send(where).was_done
    assert len(received) == 3
    target.close()

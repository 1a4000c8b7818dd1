"""A department's own small service for the benchmarks: one real query of ten milliseconds for each request."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from psycopg_pool import ConnectionPool

_QUERY = """
SELECT idno, xm, dh, nl, je::text FROM interface_people, pg_sleep(0.01) WHERE idno = %s
"""
_pool = ConnectionPool(os.environ["INTERFACE_DATABASE"], min_size=4, max_size=40, open=True)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    number = environ.get("QUERY_STRING", "").partition("=")[2]
    with _pool.connection() as connection:
        rows = connection.execute(_QUERY, [number]).fetchall()
    items = [dict(zip(("idno", "xm", "dh", "nl", "je"), row, strict=True)) for row in rows]
    body = json.dumps({"data": {"items": items}}, ensure_ascii=False).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]

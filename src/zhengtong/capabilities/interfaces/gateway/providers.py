"""Asking a provider's HTTP interface: connections stay open, waiting and size have an end, its JSON isn't trusted."""

import json
import ssl
import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from zhengtong.capabilities.interfaces.domain import MOST_PROVIDER_BYTES, Problem, find_rows
from zhengtong.capabilities.interfaces.models import Service
from zhengtong.capabilities.sources.public import Source, SourceState

CONNECT_SECONDS: Final = 3.0
_MOST_CONNECTIONS: Final = 32
Pool = urllib3.HTTPConnectionPool


class Providers:
    """The pools of a process, one for each source as it is registered now; a changed one gets another pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[int, tuple[str, Pool]] = {}

    def get(self, source: Source) -> Pool:
        """Return the pool of a source. Raises Problem for an address that can't be one."""
        settings = source.settings
        stamp = json.dumps([settings.get("address"), settings.get("authority")])
        held = self._pools.get(source.pk)
        if held is not None and held[0] == stamp:
            return held[1]
        with self._lock:
            before = self._pools.get(source.pk)
            if before is not None and before[0] == stamp:
                return before[1]
            pool = _make_pool(settings)
            self._pools[source.pk] = (stamp, pool)
        if before is not None:
            before[1].close()
        return pool


def _make_pool(settings: Mapping[str, Any]) -> Pool:
    parts = urlsplit(str(settings.get("address") or ""))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Problem("provider-down", "address")
    options: dict[str, Any] = {"maxsize": _MOST_CONNECTIONS, "block": False, "retries": False}
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(parts.hostname, parts.port, **options)
    try:
        context = ssl.create_default_context(cadata=str(settings.get("authority") or "") or None)
    except ssl.SSLError:
        raise Problem("provider-down", "authority") from None
    return urllib3.HTTPSConnectionPool(parts.hostname, parts.port, ssl_context=context, **options)


providers = Providers()


def ask_provider(service: Service, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a provider answers with. Raises Problem."""
    source = service.source
    if source.state != SourceState.ACTIVE:
        raise Problem("provider-down", "suspended")
    for name in parameters:
        if name not in service.parameters:
            raise Problem("parameter-unknown", str(name)[:60])
    base = urlsplit(str(source.settings.get("address") or "")).path.rstrip("/")
    target, body = f"{base}/{service.place.lstrip('/')}", None
    headers = {"Accept": "application/json", "User-Agent": "zhengtong"} | _authorise(source)
    if service.method == "POST":
        body = json.dumps(dict(parameters), ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json"
    elif parameters:
        target += ("&" if "?" in target else "?") + urlencode(
            {name: _plain(value) for name, value in parameters.items()}
        )
    content = _fetch(providers.get(source), service, target, body, headers)
    try:
        # Numbers keep their digits: a float would round them.
        return find_rows(json.loads(content, parse_float=Decimal, parse_constant=_refuse), service.rows_at)
    except (ValueError, RecursionError) as error:
        raise Problem("provider-answer", str(error)[:100]) from None


def _fetch(pool: Pool, service: Service, target: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    seconds = service.timeout_ms / 1000
    try:
        answer = pool.urlopen(
            service.method,
            target,
            body=body,
            headers=dict(headers),
            timeout=urllib3.Timeout(total=seconds, connect=min(CONNECT_SECONDS, seconds)),
            redirect=False,
            preload_content=False,
        )
        try:
            content = answer.read(MOST_PROVIDER_BYTES + 1)
            if len(content) <= MOST_PROVIDER_BYTES:
                content += answer.read(1)  # the end of it, so that the connection can be used again
            answer.drain_conn() if len(content) <= MOST_PROVIDER_BYTES else answer.close()
        finally:
            answer.release_conn()
    except (NewConnectionError, ConnectTimeoutError, SSLError):
        raise Problem("provider-down", service.source.name) from None
    except ReadTimeoutError:
        raise Problem("provider-slow", f"{service.timeout_ms} ms") from None
    except (HTTPError, OSError):
        # Cut off in the middle: it may have been done there.
        raise Problem("provider-answer", "cut off") from None
    if len(content) > MOST_PROVIDER_BYTES:
        raise Problem("too-many-rows", f"{MOST_PROVIDER_BYTES >> 20} MB")
    if answer.status != 200:
        raise Problem("provider-refused", f"HTTP {answer.status}")
    return content


def _authorise(source: Source) -> dict[str, str]:
    token = source.secrets.get("token") if source.secrets else None
    if token:
        prefix = source.settings.get("token_prefix", "Bearer ")
        return {str(source.settings.get("token_header") or "Authorization"): f"{prefix}{token}"}
    user = source.settings.get("user")
    if user:
        return dict(urllib3.make_headers(basic_auth=f"{user}:{source.secrets.get('password') or ''}"))
    return {}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    raise Problem("body-form", "parameters")


def _refuse(constant: str) -> Any:
    raise ValueError(constant)

"""Requests to an address that somebody registered: never to the platform itself, never without an end.

The name is resolved here and the connection goes to that very address, so that a name that means something else a
moment later leads nowhere else.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings as platform

from zhengtong.capabilities.sources.domain import SourceError
from zhengtong.capabilities.sources.failures import failure

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 60.0
MOST_ANSWER_BYTES: Final = 32 << 20


class Asker:
    """An HTTP client bound to one address."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._address = str(settings.get("address") or "")
        parts = urlsplit(self._address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise failure("settings", name="address", said=self._address)
        self._parts, self.place = parts, f"{parts.scheme}://{parts.netloc}"
        self._most_bytes = int(settings.get("most_bytes") or MOST_ANSWER_BYTES)
        self._seconds = float(settings.get("seconds") or ANSWER_SECONDS)
        self.answered = ""
        headers = {"Accept": "application/json", "User-Agent": "zhengtong", "Host": parts.netloc}
        if secrets.get("token"):
            headers[str(settings.get("token_header") or "Authorization")] = (
                f"{settings.get('token_prefix', 'Bearer ')}{secrets['token']}"
            )
        user = settings.get("user")
        authority = str(settings.get("authority") or "") or None
        self._client = httpx.Client(
            headers=headers,
            auth=(str(user), str(secrets.get("password") or "")) if user else None,
            timeout=httpx.Timeout(self._seconds, connect=CONNECT_SECONDS),
            verify=ssl.create_default_context(cadata=authority) if parts.scheme == "https" else True,
            follow_redirects=False,
            # A proxy of the platform's own environment would see what the departments exchange.
            trust_env=False,
        )
        try:
            self._target = self._find_target()
        except BaseException:
            self.close()
            raise

    def _find_target(self) -> httpx.URL:
        host, port = self._parts.hostname or "", self._parts.port or (443 if self._parts.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise failure("unreachable", place=self.place) from None
        addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not platform.DEMO:
            own = urlsplit(platform.PUBLIC_URL).hostname
            if host == own or any(map(is_own, addresses)):
                raise failure("address", place=self.place)
        return httpx.URL(self._address).copy_with(host=str(addresses[0]))

    def get(self, asked: Mapping[str, Any]) -> bytes:
        """Return the body of an answer 200. Raises SourceError."""
        return self._ask("GET", asked, None, {})[1]

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and body of an answer 2xx, or 409: done before. Raises SourceError."""
        return self._ask("POST", {}, body, {"Content-Type": "application/json", **headers})

    def _ask(
        self, method: str, asked: Mapping[str, Any], body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        url = self._target.copy_merge_params({name: str(value) for name, value in asked.items()})
        extensions = {"sni_hostname": self._parts.hostname}
        try:
            request = self._client.build_request(method, url, content=body, headers=headers, extensions=extensions)
            answer = self._client.send(request, stream=True)
            try:
                self._check(answer)
                return answer.status_code, self._read(answer)
            finally:
                answer.close()
        except SourceError:
            raise
        except httpx.ConnectTimeout:
            raise failure("unreachable", place=self.place) from None
        except httpx.TimeoutException:
            raise failure("too-slow", place=self.place, seconds=f"{self._seconds:g}") from None
        except httpx.ConnectError as error:
            if isinstance(_root(error), ssl.SSLError):
                raise failure("certificate", place=self.place, said=error) from None
            raise failure("unreachable", place=self.place) from None
        except httpx.HTTPError:
            raise failure("cut", place=self.place) from None

    def _check(self, answer: httpx.Response) -> None:
        code = answer.status_code
        self.answered = answer.headers.get("server", "")[:60]
        if code < 300 or (code == 409 and answer.request.method == "POST"):
            return
        match code:
            case 401:
                raise failure("credentials", place=self.place)
            case 403:
                raise failure("denied", place=self.place, said=f"HTTP {code}")
            case 404 | 410:
                raise failure("table-missing", name=self._parts.path)
            case 413:
                raise failure("too-large", place=self.place, limit="HTTP 413")
            case 507:
                raise failure("target-full", place=self.place)
            case 408 | 504:
                raise failure("too-slow", place=self.place, seconds=f"{self._seconds:g}")
            case 429 | 502 | 503:
                raise failure("busy", place=self.place)
        raise failure("answer", is_passing=code >= 500, place=self.place, said=f"HTTP {code}")

    def _read(self, answer: httpx.Response) -> bytes:
        content = bytearray()
        for piece in answer.iter_bytes():
            content += piece
            # Counted as it comes: a length that is announced may be anything, and packed content grows.
            if len(content) > self._most_bytes:
                raise failure("too-large", place=self.place, limit=f"{self._most_bytes >> 20} MB")
        return bytes(content)

    def close(self) -> None:
        self._client.close()


def is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an address is this machine's or nobody's; departments' own networks are private and allowed."""
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback or plain.is_link_local or plain.is_unspecified or plain.is_multicast)


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error

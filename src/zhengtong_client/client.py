"""Calling services: one signed request after the other, pages of a query, changes that one subscribed to."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final
from urllib.parse import quote

import httpx

from zhengtong_client import envelope as envelopes
from zhengtong_client.envelope import Envelope, EnvelopeError
from zhengtong_client.errors import AnswerNotTrusted, Refused, Unreachable
from zhengtong_client.keys import PublicKey, Signer
from zhengtong_client.trust import read_key, read_roots

Row = dict[str, Any]
ATTEMPTS: Final = 4
FIRST_PAUSE_SECONDS: Final = 0.5
MOST_PAUSE_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer. ``rows`` are its rows, ``next`` the cursor of the next page, "" at the end.

    ``envelope`` with ``signature`` over ``body`` is the proof of what the platform said: keep it with the data.
    """

    rows: list[Row]
    next: str
    held: int
    body: bytes
    envelope: Envelope
    signature: bytes


class Client:
    """``url`` is the platform's, ``member`` the code it registered this system under, ``key`` what signs for it.

    ``trust`` is the PEM of the platform's root certificates; None believes whoever answers under the address' TLS
    certificate. ``verify`` is httpx's: False, or the TLS authorities' file. May be used from several threads.
    """

    def __init__(
        self,
        url: str,
        *,
        member: str,
        key: Signer,
        trust: bytes | str | None,
        timeout: float = 30.0,
        verify: Any = True,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._base, self._member, self._key, self._attempts = url.rstrip("/"), member, key, attempts
        self._roots = None if trust is None else read_roots(trust)
        self._http = httpx.Client(timeout=timeout, verify=verify, headers={"User-Agent": "zhengtong-client/1"})
        self._known: dict[str, PublicKey] = {}

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def call(self, service: str, *, contract: str, purpose: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """Call a service of the kind that passes calls on. Tried again only where nothing can have been done.

        Raises Refused, Unreachable, AnswerNotTrusted.
        """
        return self._post(service, contract, purpose, {"parameters": dict(parameters or {})}, is_read=False)

    def fetch(
        self,
        service: str,
        *,
        contract: str,
        purpose: str,
        columns: Iterable[str] = (),
        where: Iterable[Mapping[str, Any]] = (),
        limit: int | None = None,
        cursor: str = "",
    ) -> Answer:
        """Return one page of a service that answers from a table.

        ``where`` holds conditions ``{"column", "operator", "values"}``; operators are ``= != >= <= in begins empty
        filled``. Raises as :meth:`call`.
        """
        asked: dict[str, Any] = {"where": [dict(each) for each in where]}
        asked |= {"columns": list(columns)} if columns else {}
        asked |= {"limit": limit} if limit is not None else {}
        asked |= {"cursor": cursor} if cursor else {}
        return self._post(service, contract, purpose, asked, is_read=True)

    def query(
        self,
        service: str,
        *,
        contract: str,
        purpose: str,
        columns: Iterable[str] = (),
        where: Iterable[Mapping[str, Any]] = (),
        page_rows: int | None = None,
    ) -> Iterator[Row]:
        """Yield all rows, page after page. Raises as :meth:`call`."""
        cursor, chosen, conditions = "", list(columns), list(where)
        while True:
            page = self.fetch(
                service,
                contract=contract,
                purpose=purpose,
                columns=chosen,
                where=conditions,
                limit=page_rows,
                cursor=cursor,
            )
            yield from page.rows
            cursor = page.next
            if not cursor:
                return

    def call_many(
        self, service: str, *, contract: str, purpose: str, batch: Iterable[Mapping[str, Any]]
    ) -> Iterator[Answer]:
        """Call once for each set of parameters, over one connection, in their order. Raises as :meth:`call`."""
        for parameters in batch:
            yield self.call(service, contract=contract, purpose=purpose, parameters=parameters)

    def changes(self, subscription: str, *, after: int = 0, limit: int = 100) -> Iterator[Row]:
        """Yield the changes of a subscription after ``after``, in order, until there are no more by now.

        Asking with a number says that all up to it arrived: keep the last one's ``sequence`` where the data is.
        """
        path = f"/exchange/v1/subscriptions/{quote(subscription, safe='')}/changes"
        while True:
            body = _write({"after": after, "limit": limit})
            answer = self._attempt(path, f"subscription:{subscription}", "", "pull", body, is_read=True)
            yield from answer.rows
            if not answer.next:
                return
            after = int(answer.next)

    def verify_delivery(self, headers: Mapping[str, str], body: bytes) -> Envelope:
        """Return the envelope of a delivery that came by webhook, once it is the platform's. Raises AnswerNotTrusted.

        ``headers`` may spell their names in any case. The same delivery may come again: its body has a ``sequence``.
        """
        return self._verify(httpx.Headers(dict(headers)), body, None)[0]

    def _post(self, service: str, contract: str, purpose: str, asked: Row, *, is_read: bool) -> Answer:
        path = f"/exchange/v1/services/{quote(service, safe='')}/call"
        return self._attempt(path, service, contract, purpose, _write(asked), is_read=is_read)

    def _attempt(self, path: str, recipient: str, contract: str, purpose: str, body: bytes, *, is_read: bool) -> Answer:
        pause = FIRST_PAUSE_SECONDS
        for left in range(self._attempts - 1, -1, -1):
            try:
                return self._send(path, recipient, contract, purpose, body)
            except Unreachable as error:
                if not left or (error.was_sent and not is_read):
                    raise
            except Refused as error:
                if not left or not error.may_retry or (error.retry_after or 0) > MOST_PAUSE_SECONDS:
                    raise
                pause = max(pause, error.retry_after or 0)
            time.sleep(pause)
            pause = min(pause * 2, MOST_PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def _send(self, path: str, recipient: str, contract: str, purpose: str, body: bytes) -> Answer:
        # A new envelope each time: the one before may have been seen, and would be a replay.
        envelope = envelopes.build(
            sender=self._member,
            recipient=recipient,
            contract=contract,
            purpose=purpose,
            body=body,
            key=self._key.key_id,
        )
        headers = envelopes.to_headers(envelope, self._key.sign(envelope.canonical()))
        headers["Content-Type"] = "application/json"
        try:
            answer = self._http.post(self._base + path, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(f"连不上平台：{error}", was_sent=False) from error
        except httpx.HTTPError as error:
            raise Unreachable(f"平台没有答完：{error}", was_sent=True) from error
        if answer.status_code != 200:
            raise _refusal(answer)
        reply, signature = self._verify(answer.headers, answer.content, envelope)
        try:
            content = json.loads(answer.content)
            return Answer(
                rows=list(content["rows"]),
                next=str(content.get("next") or ""),
                held=int(content.get("held", 0)),
                body=answer.content,
                envelope=reply,
                signature=signature,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise AnswerNotTrusted("平台的应答不是约定的格式。") from error

    def _verify(self, headers: Mapping[str, str], body: bytes, asked: Envelope | None) -> tuple[Envelope, bytes]:
        try:
            reply, text, signature = envelopes.from_headers(headers)
        except EnvelopeError as error:
            raise AnswerNotTrusted("应答没有平台的签名。") from error
        if not self._find(reply.key, reply.moment).verify(text, signature):
            raise AnswerNotTrusted("应答的签名不对，内容可能被改动过。")
        if reply.digest != envelopes.digest_body(body):
            raise AnswerNotTrusted("应答的内容与签名不符，可能被改动过。")
        if reply.recipient != self._member or (asked is not None and reply.in_reply_to != asked.id):
            raise AnswerNotTrusted("这不是对本次调用的应答。")
        return reply, signature

    def _find(self, name: str, at: datetime) -> PublicKey:
        if name not in self._known:
            try:
                answer = self._http.get(f"{self._base}/exchange/v1/keys/{quote(name, safe='')}")
                described = answer.json() if answer.status_code == 200 else {}
            except (httpx.HTTPError, ValueError) as error:
                raise Unreachable(f"取不到应答密钥：{error}", was_sent=True) from error
            key = read_key(described, self._roots, at.astimezone(UTC))
            if key.key_id != name:
                raise AnswerNotTrusted("平台给出的不是签这份应答的密钥。")
            self._known[name] = key
        return self._known[name]


def _write(content: Row) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _refusal(answer: httpx.Response) -> Refused:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    try:
        pause = float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        pause = None
    return Refused(
        str(told.get("code") or f"http-{answer.status_code}"),
        str(told.get("title") or f"平台答复了 {answer.status_code}。"),
        status=answer.status_code,
        next_step=str(told.get("next_step", "")),
        may_retry=bool(told.get("may_retry", False)),
        retry_after=pause,
        request_id=answer.headers.get("X-Request-Id", ""),
    )

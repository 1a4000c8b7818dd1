"""One call from its first byte to its last: admitted, answered by whoever has the data, shaped, signed, logged."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from zhengtong.capabilities.interfaces.domain import Problem
from zhengtong.capabilities.interfaces.gateway.admission import Agreed, Sender, admit, read_sender
from zhengtong.capabilities.interfaces.gateway.answering import answer_keys
from zhengtong.capabilities.interfaces.gateway.logging import count_refusal, write_call
from zhengtong.capabilities.interfaces.gateway.providers import ask_provider
from zhengtong.capabilities.interfaces.gateway.shaping import Row
from zhengtong.capabilities.interfaces.gateway.stamps import require_stamps
from zhengtong.capabilities.interfaces.gateway.tables import answer_from_table, read_query
from zhengtong.capabilities.interfaces.models import ServiceKind
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable
from zhengtong_client import envelope as envelopes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """What a call brought. ``provider_microseconds`` of it passed outside of the platform."""

    rows: list[Row]
    held: int
    next: str
    provider_microseconds: int = 0


def serve_call(request: HttpRequest, code: str) -> HttpResponse:
    """Answer a call of the service ``code``."""

    def perform(sender: Sender, found: Any) -> Given:
        agreed = admit(sender, found, service=code)
        return _answer(agreed, sender)

    return serve(request, code, perform)


def serve(request: HttpRequest, service: str, perform: Callable[[Sender, Any], Given]) -> HttpResponse:
    """Answer whatever was asked in an envelope: ``perform`` does it, everything around it is the same."""
    began, now = perf_counter(), timezone.now()
    sender: Sender | None = None
    try:
        require_stamps(now)
        sender, found = read_sender(request, service=service, now=now)
        # Before anything is done for it: what can't be signed can't be given.
        key = answer_keys.get()
        given = perform(sender, found)
        content: dict[str, Any] = {"rows": given.rows, "count": len(given.rows), "held": given.held}
        content["next"] = given.next or None
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        reply = envelopes.build(
            sender=service,
            recipient=sender.code,
            contract=sender.envelope.contract,
            purpose="",
            body=body,
            key=key.key_id,
            in_reply_to=sender.envelope.id,
            status=200,
        )
        headers = envelopes.to_headers(reply, key.sign(reply.canonical()))
        write_call(
            sender,
            status=200,
            microseconds=int((perf_counter() - began) * 1_000_000),
            provider_microseconds=given.provider_microseconds,
            rows=len(given.rows),
            held=given.held,
            answer=body,
            answer_digest=reply.digest,
        )
    except Problem as problem:
        return _refuse(problem, sender, began)
    except (SignerUnavailable, SignerRefused):
        return _refuse(Problem("signer-away", after=30), sender, began)
    except Exception:
        logger.exception("a call failed", extra={"service": service})
        return _refuse(Problem("internal"), sender, began)
    response = HttpResponse(body, content_type="application/json", headers=headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(agreed: Agreed, sender: Sender) -> Given:
    try:
        asked = json.loads(sender.body or b"{}")
    except (ValueError, RecursionError):
        raise Problem("body-form", "JSON") from None
    service = agreed.service
    began = perf_counter()
    if service.kind == ServiceKind.TABLE:
        query = read_query(agreed.shape, asked)
        page = answer_from_table(service, agreed.shape, query)
        return Given(page.rows, page.held, page.next, int((perf_counter() - began) * 1_000_000))
    parameters = asked.get("parameters", {}) if isinstance(asked, dict) else None
    if not isinstance(parameters, dict) or asked.keys() - {"parameters"}:
        raise Problem("body-form", "parameters")
    rows = ask_provider(service, parameters)
    waited = int((perf_counter() - began) * 1_000_000)
    shaped = agreed.shape.shape(rows, is_filtered=False)
    most = agreed.shape.content.rows_a_call
    if most and len(shaped.rows) > most:
        raise Problem("too-many-rows", f"{len(shaped.rows)} > {most}")
    return Given(shaped.rows, shaped.held, "", waited)


def _refuse(problem: Problem, sender: Sender | None, began: float) -> HttpResponse:
    status = problem.kind.status
    try:
        if sender is None:
            count_refusal(problem.code)
        else:
            write_call(sender, status=status, code=problem.code, microseconds=int((perf_counter() - began) * 1_000_000))
    except Problem as replayed:  # found by the log itself
        problem, status = replayed, replayed.kind.status
        count_refusal(problem.code)
    return write_problem(problem)


def write_problem(problem: Problem) -> HttpResponse:
    """Return a refusal as RFC 9457 has it, with the next step beside what happened."""
    kind = problem.kind
    told = {
        "type": f"/problems/{problem.code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": f"{kind.title}{problem.detail and f'（{problem.detail}）'}",
        "code": problem.code,
        "next_step": str(kind.next_step),
        "may_retry": kind.may_retry,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    response = HttpResponse(body, status=kind.status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if problem.after is not None:
        response.headers["Retry-After"] = str(problem.after)
    if problem.code == "method":
        response.headers["Allow"] = "POST"
    return response

"""Subscribers hear of changes in order and miss none: pushed with patience, or fetched with a number."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone

from zhengtong.capabilities.interfaces.models import Change, ChangeState, Subscription, SubscriptionState
from zhengtong.capabilities.interfaces.services.delivery import deliver_changes, list_due
from zhengtong.capabilities.interfaces.services.subscriptions import announce_change, replay_change, subscribe
from zhengtong.capabilities.interfaces.tests.office import Office, problem_of
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM
from zhengtong_client import envelope as envelopes

pytestmark = pytest.mark.django_db


class Listener:
    """A subscriber's own server. ``status`` is what it answers with."""

    def __init__(self) -> None:
        self.status, self.heard = 200, list[tuple[dict[str, str], bytes]]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append((dict(self.headers.items()), body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def sequences(self) -> list[int]:
        return [json.loads(body)["sequence"] for _headers, body in self.heard]


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.DEMO = True  # the subscriber is on this machine
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _subscribe(office: Office, way: str, address: str = "") -> Subscription:
    return subscribe(actor=SYSTEM, member=office.member, resource=office.service.resource, way=way, address=address)


def _announce(office: Office, times: int = 1) -> None:
    for number in range(times):
        with transaction.atomic():
            announce_change(resource=office.service.resource, kind="data.arrived", content={"run": number})


def test_pushed_changes_arrive_signed_and_in_order(office: Office, listener: Listener) -> None:
    subscription = _subscribe(office, "push", f"http://127.0.0.1:{listener.server.server_port}/hook?a=1")
    _announce(office, 3)
    assert deliver_changes(subscription.pk) == 3
    assert listener.sequences == [1, 2, 3]
    headers, body = listener.heard[0]
    envelope, text, signature = envelopes.from_headers(headers)
    assert envelope.recipient == office.member.code
    assert envelope.digest == envelopes.digest_body(body)
    from zhengtong.capabilities.interfaces.gateway.answering import answer_keys
    from zhengtong_client.keys import PublicKey

    assert PublicKey.read(answer_keys.get().spki).verify(text, signature)
    assert Subscription.objects.get().arrived == 3


def test_what_is_not_taken_is_tried_again_later_and_never_overtaken(office: Office, listener: Listener) -> None:
    subscription = _subscribe(office, "push", f"http://127.0.0.1:{listener.server.server_port}/")
    listener.status = 500
    _announce(office, 2)
    assert deliver_changes(subscription.pk) == 0
    first = Change.objects.get(sequence=1)
    assert (first.attempts, first.trouble, first.state) == (1, "HTTP 500", ChangeState.WAITING)
    assert first.next_at is not None
    assert first.next_at > timezone.now()
    assert Change.objects.get(sequence=2).attempts == 0
    listener.status = 204
    assert deliver_changes(subscription.pk) == 0  # not yet due
    Change.objects.filter(sequence=1).update(next_at=timezone.now())
    assert list_due() == [subscription.pk]
    assert deliver_changes(subscription.pk) == 2
    assert listener.sequences == [1, 1, 2]


def test_after_the_last_attempt_it_waits_for_a_person_and_then_goes_on(office: Office, listener: Listener) -> None:
    subscription = _subscribe(office, "push", f"http://127.0.0.1:{listener.server.server_port}/")
    listener.status = 500
    _announce(office)
    Change.objects.update(attempts=11)
    deliver_changes(subscription.pk)
    subscription.refresh_from_db()
    assert subscription.state == SubscriptionState.HALTED
    _announce(office)
    assert deliver_changes(subscription.pk) == 0
    listener.status = 200
    replay_change(actor=SYSTEM, change=Change.objects.get(state=ChangeState.DEAD))
    assert deliver_changes(subscription.pk) == 2
    assert listener.sequences == [1, 1, 2]


def test_a_change_that_is_rolled_back_was_never_told(office: Office) -> None:
    _subscribe(office, "pull")
    with transaction.atomic():
        announce_change(resource=office.service.resource, kind="data.arrived", content={})
        transaction.set_rollback(True)
    assert not Change.objects.exists()
    assert Subscription.objects.get().last == 0


def _pull(office: Office, code: str, after: int, limit: int = 2) -> Any:
    body = json.dumps({"after": after, "limit": limit}).encode()
    headers, _envelope = office.seal(body, recipient=f"subscription:{code}", contract="", purpose="pull")
    path = f"/exchange/v1/subscriptions/{code}/changes"
    return Browser().post(path, body, content_type="application/json", headers=headers)


def test_fetching_with_a_number_says_what_arrived(office: Office) -> None:
    subscription = _subscribe(office, "pull")
    _announce(office, 3)
    first = _pull(office, subscription.code, 0).json()
    assert [row["sequence"] for row in first["rows"]] == [1, 2]
    assert first["next"] == "2"
    again = _pull(office, subscription.code, 0).json()
    assert again["rows"] == first["rows"]
    last = _pull(office, subscription.code, 2).json()
    assert ([row["sequence"] for row in last["rows"]], last["next"]) == ([3], None)
    assert list(Change.objects.filter(state="arrived").values_list("sequence", flat=True).order_by("sequence")) == [
        1,
        2,
    ]


def test_another_system_s_subscription_is_not_there(office: Office, here: Any) -> None:
    subscription = _subscribe(office, "pull")
    from zhengtong.capabilities.interfaces.tests.office import make_member

    office.member, office.key = make_member(here)
    assert problem_of(_pull(office, subscription.code, 0)) == (404, "subscription-unknown")


def test_without_a_contract_nobody_subscribes(office: Office, here: Any) -> None:
    from zhengtong.capabilities.interfaces.tests.office import make_member

    member, _key = make_member(here)
    with pytest.raises(Refused):
        subscribe(actor=SYSTEM, member=member, resource=office.service.resource, way="pull")

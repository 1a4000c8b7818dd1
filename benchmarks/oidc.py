"""``oidc``: somebody who is signed in goes to an outside system, which changes the code for tokens.

Beside it stand two bare Django views without any middleware, which send the database the very statements that the flow
sends it, each view in one transaction, and sign as many tokens with a key in the process.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from benchmarks.city import get_city
from benchmarks.figure import Figure, compare
from benchmarks.replay import Statement, capture
from zhengtong.capabilities.signon.models import Application
from zhengtong.capabilities.signon.public import apply_for_application, approve_application, issue_secret
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM, Actor

FLOWS = 30
CALLBACK = "https://benchmark.example/callback"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Flow:
    """A browser with a session, and the system that it is sent back to."""

    def __init__(self, application: Application, secret: str, account: identity.Account) -> None:
        self.application, self.browser, self.system = application, Client(), Client()
        self.browser.force_login(account, BACKEND)
        self.basic = base64.b64encode(f"{application.client_id}:{secret}".encode()).decode()

    def authorize(self, verifier: str) -> str:
        digest = hashlib.sha256(verifier.encode()).digest()
        answer = self.browser.get(
            "/signon/authorize",
            {
                "client_id": str(self.application.client_id),
                "response_type": "code",
                "scope": "openid profile",
                "redirect_uri": CALLBACK,
                "state": "s",
                "nonce": "n",
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            },
        )
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def change(self, code: str, verifier: str) -> dict[str, Any]:
        answer = self.system.post(
            "/signon/token",
            {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier},
            headers={"Authorization": f"Basic {self.basic}"},
        )
        assert answer.status_code == 200, answer.content
        tokens: dict[str, Any] = answer.json()
        return tokens

    def run(self) -> None:
        verifier = secrets.token_urlsafe(48)
        assert self.change(self.authorize(verifier), verifier)["id_token"]


class Bare:
    """The same statements and one signature, and nothing else. What has to be unique is made anew each time."""

    def __init__(self, steps: list[list[Statement]]) -> None:
        self.steps, self.key = steps, ec.generate_private_key(ec.SECP256R1())
        self.fresh: dict[str, str] = {}

    def _renew(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) == 64:
            return self.fresh.setdefault(value, secrets.token_hex(32))
        if isinstance(value, list | tuple):
            return type(value)(self._renew(each) for each in value)
        return value

    def say(self, step: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in self.steps[step]:
                if statement.sql.split(" ", 1)[0] in ("SAVEPOINT", "RELEASE"):
                    continue
                cursor.execute(statement.sql, self._renew(statement.parameters))
                if cursor.description is not None:
                    cursor.fetchall()

    def authorize(self, _request: HttpRequest) -> HttpResponse:
        self.fresh = {}
        self.say(0)
        return HttpResponse(status=302, headers={"Location": CALLBACK})

    def change(self, _request: HttpRequest) -> HttpResponse:
        self.say(1)
        return HttpResponse(self.key.sign(secrets.token_bytes(600), ec.ECDSA(SHA256())))


urlpatterns: list[Any] = []


def _rate(once: Callable[[], None]) -> float:
    began = perf_counter()
    for _number in range(FLOWS):
        once()
    return FLOWS / (perf_counter() - began)


def _make_flow() -> Flow:
    get_city()
    account = identity.Account.objects.get(username="reviewer")
    staff = account.staff
    application = Application.objects.filter(name="基准系统").first()
    organisation = identity.Organisation.objects.get(name="澄波区市场监督管理局")
    owner = Actor(kind=SYSTEM.kind, name=SYSTEM.name, account_id=account.pk, organisation=organisation.pk)
    if application is None:
        application = apply_for_application(
            actor=owner,
            name="基准系统",
            purpose="量一量",
            kind="web",
            audience="staff",
            scopes=["profile"],
            redirect_addresses=CALLBACK,
        )
        application = approve_application(actor=SYSTEM, application=application, is_consent_waived=True)
    assert staff
    return Flow(application, issue_secret(actor=owner, application=application), account)


def run() -> Figure:
    """Return code flows a second of one process."""
    settings.ALLOWED_HOSTS = ["*"]
    flow = _make_flow()
    flow.run()
    verifier = secrets.token_urlsafe(48)
    with capture() as first:
        code = flow.authorize(verifier)
    with capture() as second:
        flow.change(code, verifier)
    bare = Bare([first, second])
    urlpatterns[:] = [path("a", bare.authorize), path("t", bare.change)]
    plain = Client()

    def both() -> None:
        plain.get("/a")
        plain.post("/t")

    def beside() -> float:
        with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
            plain.handler.load_middleware()
            return _rate(both)

    return compare(
        "oidc",
        lambda: _rate(flow.run),
        beside,
        unit="flows/s",
        described=f"two bare Django views, the same {len(first) + len(second)} statements, a key in the process",
    )

"""An outside system that really signs people in: Authlib over HTTP, and a browser that only follows what it is told."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oidc.core import CodeIDToken

CALLBACK = "http://127.0.0.1:9/callback"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
SECONDS = 20


class Browser:
    """Cookies, redirections as far as the site goes, and forms."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"

    def get(self, url: str) -> requests.Response:
        """Follow redirections within the site, and pages that lead on by themselves; stop where one leaves it."""
        answer = self.session.get(self._whole(url), allow_redirects=False, timeout=SECONDS)
        return self._follow(answer)

    def post(self, url: str, data: dict[str, str]) -> requests.Response:
        answer = self.session.post(
            self._whole(url), data=data, allow_redirects=False, timeout=SECONDS, headers={"Referer": self.site}
        )
        return self._follow(answer)

    def _whole(self, url: str) -> str:
        return url if url.startswith("http") else self.site + url

    def _follow(self, answer: requests.Response) -> requests.Response:
        while answer.status_code in (301, 302) and self._whole(answer.headers["Location"]).startswith(self.site):
            to = self._whole(answer.headers["Location"])
            answer = self.session.get(to, allow_redirects=False, timeout=SECONDS)
            further = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
            if further:
                answer = self.session.get(self._whole(unescape(further[1])), allow_redirects=False, timeout=SECONDS)
        return answer

    def submit(self, page: requests.Response, **typed: str) -> requests.Response:
        """Send the page's own form back, filled in."""
        main = page.text.partition("<main")[2]
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(main)}
        action = re.search(r'<form method="post"(?: action="([^"]*)")?', main)
        assert action is not None, page.text[:2000]
        return self.post(unescape(action[1] or "") or page.url, {**hidden, **typed})

    def sign_in(self, page: requests.Response, login: str, password: str) -> requests.Response:
        return self.submit(page, login=login, password=password)


@dataclass
class Asked:
    """What the system remembers of a sign-in that it began."""

    url: str
    state: str
    nonce: str
    verifier: str


class Refused(Exception):
    """The system doesn't believe what came back."""


class Party:
    """The system. ``issuer`` is all that it is configured with, besides its own client id and secret."""

    def __init__(self, issuer: str, client_id: str, secret: str | None, scope: str = "openid profile") -> None:
        self.metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=SECONDS).json()
        self.issuer, self.client_id, self.secret = issuer, client_id, secret
        self.oauth = OAuth2Session(
            client_id,
            secret,
            scope=scope,
            redirect_uri=CALLBACK,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            revocation_endpoint_auth_method="client_secret_basic" if secret else "none",
        )

    def begin(self, **more: str) -> Asked:
        verifier, nonce = generate_token(48), generate_token(20)
        url, state = self.oauth.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **more
        )
        return Asked(url, state, nonce, verifier)

    def take(self, asked: Asked, answer: requests.Response) -> str:
        """Return the code of an answer that is meant for this sign-in."""
        address = answer.headers["Location"]
        if not address.startswith(CALLBACK):
            raise Refused(address)
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if said.get("state") != asked.state or said.get("iss") != self.issuer:
            raise Refused("mixed up")
        if "error" in said:
            raise Refused(said["error"])
        return said["code"]

    def change(self, asked: Asked, code: str, **more: str) -> dict[str, Any]:
        """Change a code for tokens and check who it is."""
        tokens: dict[str, Any] = self.oauth.fetch_token(
            self.metadata["token_endpoint"], code=code, code_verifier=asked.verifier, **more
        )
        tokens["claims"] = self.check(tokens["id_token"], nonce=asked.nonce)
        return tokens

    def keys(self) -> Any:
        return JsonWebKey.import_key_set(requests.get(self.metadata["jwks_uri"], timeout=SECONDS).json())

    def check(self, token: str, *, nonce: str, client_id: str = "") -> dict[str, Any]:
        """Check an identity token as OpenID Connect Core 3.1.3.7 says."""
        claims = JsonWebToken(["ES256"]).decode(
            token,
            self.keys(),
            claims_cls=CodeIDToken,
            claims_options={
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": client_id or self.client_id},
            },
            claims_params={"nonce": nonce, "client_id": client_id or self.client_id},
        )
        claims.validate()
        return dict(claims)

    def userinfo(self, token: str) -> requests.Response:
        return requests.get(
            self.metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS
        )

    def introspect(self, token: str) -> dict[str, Any]:
        said: dict[str, Any] = self.oauth.introspect_token(self.metadata["introspection_endpoint"], token=token).json()
        return said

    def refresh(self, token: str) -> dict[str, Any]:
        renewed: dict[str, Any] = self.oauth.refresh_token(self.metadata["token_endpoint"], refresh_token=token)
        return renewed

    def revoke(self, token: str) -> requests.Response:
        answer: requests.Response = self.oauth.revoke_token(self.metadata["revocation_endpoint"], token=token)
        return answer


@dataclass
class Receiver:
    """A small HTTP server that takes logout tokens."""

    address: str = ""
    answers: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a port of this machine; ``answers`` are given first, then 200."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = receiver.answers.pop(0) if receiver.answers else 200
            if status == 200:
                receiver.tokens += parse_qs(body)["logout_token"]
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the test says what it expects."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/logged-out?from=zhengtong"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

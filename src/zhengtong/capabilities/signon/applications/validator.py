"""What the provider's protocol (oauthlib, by allauth) asks of the registry: who may, with what, and only once.

Of allauth's own validator these differ: applications are those that are enabled, secrets are random and checked fast,
addresses are compared letter by letter, a code is a locked row instead of an entry in the cache, a refresh token that
comes twice ends everything that came of it, tokens die with the session, and identity tokens are signed by the signer.
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.core import context
from allauth.core.internal import httpkit
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from zhengtong.capabilities.signon.applications import authorizations
from zhengtong.capabilities.signon.applications.authorizations import hash_of
from zhengtong.capabilities.signon.applications.claims import get_claims, get_subject
from zhengtong.capabilities.signon.applications.consents import is_consent_needed
from zhengtong.capabilities.signon.applications.domain import is_registered
from zhengtong.capabilities.signon.applications.keys import read_token, sign_token
from zhengtong.capabilities.signon.applications.models import ApplicationSecret, ApplicationState, Authorization
from zhengtong.core.identity.public import Account
from zhengtong.kernel.policy import SYSTEM

# oauthlib's request: whatever was sent and found is an attribute of it.
Request = Any
BEARER = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)


class Validator(OAuthLibRequestValidator):
    """One for each request: it remembers what it found."""

    def __init__(self) -> None:
        super().__init__()
        self.authorization: Authorization | None = None
        self.refreshed: Token | None = None
        self._clients: dict[str, Client | None] = {}
        self._codes: dict[str, Authorization | None] = {}

    # Applications

    def _lookup_client(self, request: Request, client_id: Any) -> Client | None:
        if not isinstance(client_id, str):
            return None
        if client_id not in self._clients:
            found = Client.objects.select_related("application")
            self._clients[client_id] = found.filter(id=client_id, application__state=ApplicationState.ENABLED).first()
        return self._clients[client_id]

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        client_id, secret = httpkit.extract_basic_auth(request.headers)
        if not client_id and not secret:
            client_id, secret = request.client_id, request.client_secret
        if not isinstance(client_id, str) or not isinstance(secret, str) or not secret:
            return False
        client = self._lookup_client(request, client_id)
        if client is None or client.type != Client.Type.CONFIDENTIAL:
            return False
        given, now = hash_of(secret), timezone.now()
        valid = ApplicationSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), application__client=client)
        if not any(hmac.compare_digest(given, known) for known in valid.values_list("hash", flat=True)):
            return False
        self._use_client(request, client)
        return True

    def validate_redirect_uri(
        self, client_id: Any, redirect_uri: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return is_registered(redirect_uri, request.client.get_redirect_uris())

    def is_origin_allowed(self, client_id: str, origin: str, request: Request, *args: Any, **kwargs: Any) -> bool:
        return False

    # Codes

    def _find_code(self, client_id: str | None, code: str | None) -> Authorization | None:
        if not client_id or not code:
            return None
        if code not in self._codes:
            self._codes[code] = (
                Authorization.objects.select_for_update(of=("self",))
                .select_related("application__client", "account")
                .filter(code_hash=hash_of(code), application__client_id=client_id)
                .first()
            )
        return self._codes[code]

    def _lookup_authorization_code(self, request: Request, client_id: str, code: str) -> dict[str, Any] | None:
        found = self._find_code(client_id, code)
        if found is None:
            return None
        asked = found.request
        pkce = {"code_challenge": asked["code_challenge"], "code_challenge_method": "S256"}
        return {
            "redirect_uri": asked["redirect_uri"],
            "scopes": found.scopes,
            "code": {"nonce": asked["nonce"]},
            "pkce": pkce if asked["code_challenge"] else None,
        }

    def validate_code(
        self, client_id: str, code: str, client: Client, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Its row is locked until the tokens are written: of two at once the second finds it used."""
        found = self._find_code(client_id, code)
        if found is None:
            return False
        if found.used_at is not None:
            authorizations.end_for_breach(authorization=found, reason="code_reused")
            return False
        if found.ended_at or found.code_expires_at <= timezone.now() or not found.account.is_active:
            return False
        self.authorization = found
        request.scopes, request.user, request.claims = found.scopes, found.account, None
        return True

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        assert self.authorization is not None
        self.authorization.used_at = timezone.now()
        self.authorization.save(update_fields=["used_at"])

    # Tokens

    def save_bearer_token(self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        now, found = timezone.now(), self.authorization
        data = {"authorization": found.pk} if found else {}
        if self.refreshed is not None:
            self.refreshed.data = {**(self.refreshed.data or {}), "spent": True}
            self.refreshed.save(update_fields=["data"])
        made = [self._make(request, Token.Type.ACCESS_TOKEN, token["access_token"], data)]
        made[0].expires_at = now + timedelta(seconds=token["expires_in"])
        if found is not None and "refresh_token" in token:
            made.append(self._make(request, Token.Type.REFRESH_TOKEN, token["refresh_token"], data))
            # However often it is renewed: no longer than a day's work after signing in.
            made[1].expires_at = found.authorized_at + timedelta(seconds=settings.IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN)
            made[1].set_scopes(found.scopes)
        Token.objects.bulk_create(made)

    @staticmethod
    def _make(request: Request, kind: str, value: str, data: dict[str, Any]) -> Token:
        made = Token(client=request.client, user=request.user, type=kind, hash=hash_of(value), data=data)
        made.set_scopes(request.scopes)
        return made

    def _is_live(self, token: Token) -> bool:
        """Whether a token is still good; its authorisation, where there is one, is then ours."""
        if token.expires_at is not None and token.expires_at <= timezone.now():
            return False
        if token.client is None or token.client.application.state != ApplicationState.ENABLED:
            return False
        if token.user is None:
            return True
        key: int | None = (token.data or {}).get("authorization")
        found = Authorization.objects.select_related("application").filter(pk=key or 0).first()
        self.authorization = found
        return found is not None and found.ended_at is None and token.user.is_active

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Locked until its successor is written: of two at once the second finds it spent, and that ends both."""
        found = (
            Token.objects.select_for_update(of=("self",))
            .select_related("client__application", "user")
            .filter(type=Token.Type.REFRESH_TOKEN, client=client, hash=hash_of(refresh_token))
            .first()
        )
        if found is None or not self._is_live(found):
            return False
        if (found.data or {}).get("spent"):
            assert self.authorization is not None
            authorizations.end_for_breach(authorization=self.authorization, reason="refresh_reused")
            return False
        self.refreshed, request.user = found, found.user
        return True

    def get_original_scopes(self, refresh_token: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        assert self.refreshed is not None
        return self.refreshed.get_scopes()

    def rotate_refresh_token(self, request: Request) -> bool:
        return True

    def finalize_id_token(
        self, id_token: dict[str, Any], token: Mapping[str, Any], token_handler: Any, request: Request
    ) -> str:
        found = self.authorization
        assert found is not None
        return sign_token(
            {
                "iss": settings.PUBLIC_URL,
                "sub": get_subject(found.application, found.account),
                **id_token,
                "exp": id_token["iat"] + settings.IDP_OIDC_ID_TOKEN_EXPIRES_IN,
                "jti": uuid4().hex,
                "auth_time": int(found.authenticated_at.timestamp()),
                "acr": found.acr,
                "amr": found.amr,
                "sid": str(found.sid),
            }
        )

    def validate_bearer_token(self, token: str | None, scopes: list[str], request: Request) -> bool:
        if not token or context.request.GET.get("access_token"):  # an address is written to logs
            return False
        found = (
            Token.objects.select_related("client__application", "user__citizen", "user__staff")
            .filter(type=Token.Type.ACCESS_TOKEN, hash=hash_of(token))
            .first()
        )
        if found is None or not self._is_live(found) or not set(scopes) <= set(found.get_scopes()):
            return False
        assert found.client is not None
        self._use_client(request, found.client)
        request.user, request.scopes = found.user, found.get_scopes()
        return True

    def validate_jwt_bearer_token(self, token: str, scopes: list[str], request: Request) -> bool:
        return False

    def get_userinfo_claims(self, request: Request) -> dict[str, Any]:
        return get_claims(request.client.application, request.user, request.scopes)

    def introspect_token(
        self, token: str, token_type_hint: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Of its own tokens an application may know whether they are good; any other isn't (RFC 7662, 2.2)."""
        found = self._find_own(token, request)
        if found is None or not self._is_live(found) or (found.data or {}).get("spent"):
            return None
        said: dict[str, Any] = {
            "iss": settings.PUBLIC_URL,
            "aud": request.client.id,
            "client_id": request.client.id,
            "token_type": "Bearer" if found.type == Token.Type.ACCESS_TOKEN else "refresh_token",
            "scope": " ".join(found.get_scopes()),
            "iat": int(found.created_at.timestamp()),
        }
        if found.expires_at is not None:
            said["exp"] = int(found.expires_at.timestamp())
        if self.authorization is not None and isinstance(found.user, Account):
            said["sub"] = get_subject(request.client.application, found.user)
            said |= {"acr": self.authorization.acr, "sid": str(self.authorization.sid)}
        return said

    def revoke_token(
        self, token: str, token_type_hint: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke a token of the application's own; a refresh token takes all that came of it along (RFC 7009, 2.1)."""
        found = self._find_own(token, request)
        if found is None:
            return
        is_live = self._is_live(found)
        if found.type == Token.Type.REFRESH_TOKEN and is_live and self.authorization is not None:
            authorizations.end([self.authorization], actor=SYSTEM, reason="revoked", is_told=False)
        found.delete()

    @staticmethod
    def _find_own(token: str, request: Request) -> Token | None:
        found = Token.objects.select_related("client__application", "user")
        return found.filter(type__in=BEARER, client=request.client, hash=hash_of(token)).first()

    # Without anybody looking

    def validate_user_match(self, id_token_hint: str, scopes: Any, claims: Any, request: Request) -> bool:
        """Whether who is signed in is whom the application means; who isn't yet is looked at afterwards."""
        signed_in = context.request.user
        if not id_token_hint or not isinstance(signed_in, Account):
            return True
        hint = read_token(id_token_hint, audience=request.client.id, is_expiry_checked=False)
        return hint is not None and hint["sub"] == get_subject(request.client.application, signed_in)

    def validate_silent_authorization(self, request: Request) -> bool:
        account = context.request.user
        assert isinstance(account, Account)
        return not is_consent_needed(request.client.application, account, request.scopes)

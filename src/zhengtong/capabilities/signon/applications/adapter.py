"""What allauth's OpenID provider asks of the platform: the issuer, subjects, claims, secrets, keys."""

import secrets
from collections.abc import Iterable
from typing import Any, Literal

from allauth.core import context
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from zhengtong.capabilities.signon.applications import claims as told
from zhengtong.core.identity.public import Account


class OpenIdAdapter(DefaultOIDCAdapter):
    """Keys are the signer's, so that allauth's own list of private keys stays empty."""

    def get_issuer(self) -> str:
        return settings.PUBLIC_URL

    def generate_client_secret(self) -> str:
        return secrets.token_urlsafe(32)

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        assert isinstance(user, Account)
        return told.get_subject(client.application, user)

    def get_user_by_sub(self, client: Client, sub: str) -> Account | None:
        signed_in = context.request.user
        return told.find_by_subject(client.application, sub, signed_in if isinstance(signed_in, Account) else None)

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """An identity token names the person by her ``sub`` alone; the rest is asked for, and seen to be."""
        assert isinstance(user, Account)
        return told.get_claims(client.application, user, frozenset(scopes) if purpose == "userinfo" else ())

    def populate_introspection_response(self, *, response: dict[str, Any], token: Token) -> None:
        if token.client is not None:
            response.setdefault("aud", token.client.id)

"""The protocol machine: oauthlib's server with what the platform offers of it, and no more."""

from typing import Any, Final

from allauth.idp.oidc.internal.oauthlib.server import generate_opaque_token
from django.conf import settings
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256
from oauthlib.openid.connect.core.endpoints.pre_configured import Server

from zhengtong.capabilities.signon.applications.domain import LONGEST_STATE
from zhengtong.capabilities.signon.applications.validator import Validator

GRANT_TYPES: Final = ("authorization_code", "refresh_token", "client_credentials")


class OpenIdServer(Server):
    """Codes with PKCE by S256, refresh tokens and client credentials; no implicit grant, no passwords, no devices."""

    def __init__(self) -> None:
        self.validator = Validator()
        super().__init__(  # type: ignore[no-untyped-call]  # oauthlib's
            self.validator,
            token_expires_in=settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN,
            token_generator=generate_opaque_token,
            refresh_token_generator=generate_opaque_token,
        )
        # The protocol's own "plain" hides nothing; the two grants share one table each.
        self.auth_grant._code_challenge_methods = {"S256": code_challenge_method_s256}
        self.auth_grant.custom_validators.pre_auth.append(check_request)
        self.openid_connect_auth.proxy_target._code_challenge_methods = {"S256": code_challenge_method_s256}
        self.openid_connect_auth.proxy_target.custom_validators.pre_auth.append(check_request)


def check_request(request: Any) -> dict[str, Any]:
    """Refuse what isn't served before anything is made of it."""
    if request.state and len(request.state) > LONGEST_STATE:
        request.state = None
        raise errors.InvalidRequestError(
            description=f"state is longer than {LONGEST_STATE} characters", request=request
        )
    if request.nonce and len(request.nonce) > LONGEST_STATE:
        raise errors.InvalidRequestError(
            description=f"nonce is longer than {LONGEST_STATE} characters", request=request
        )
    asked = dict(request.uri_query_params)
    if "request" in asked or "request_uri" in asked:
        code = "request_not_supported" if "request" in asked else "request_uri_not_supported"
        raise errors.CustomOAuth2Error(code, description="request objects are not supported", request=request)
    if asked.get("response_mode", "query") != "query":
        raise errors.InvalidRequestError(description="only response_mode=query is supported", request=request)
    if request.code_challenge and not 43 <= len(request.code_challenge) <= 128:
        raise errors.InvalidRequestError(description="code_challenge has a wrong length", request=request)
    return {}

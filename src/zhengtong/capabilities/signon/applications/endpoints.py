"""The provider's addresses for programs: discovery, keys, tokens, who a person is, whether a token is good."""

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.internal.oauthlib.utils import (
    convert_response,
    extract_params,
    get_validator_context,
    respond_json_error,
)
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from zhengtong.capabilities.signon.applications.assurance import Acr
from zhengtong.capabilities.signon.applications.domain import SIGN_IN_SCOPES, Scope
from zhengtong.capabilities.signon.applications.keys import ALGORITHM, CACHED_SECONDS, list_published_keys
from zhengtong.capabilities.signon.applications.models import SubjectKind
from zhengtong.capabilities.signon.applications.server import GRANT_TYPES, OpenIdServer
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable

_CLAIMS = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "sid",
    "at_hash",
    "name",
    "preferred_username",
    "user_type",
    "phone_number",
    "phone_number_verified",
    "id_number",
    "identity_verified",
    "organisation",
    "posts",
    "enterprises",
]


def _at(name: str) -> str:
    return settings.PUBLIC_URL + reverse(f"signon:{name}")


def _for_anyone(body: dict[str, Any], seconds: int) -> JsonResponse:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={seconds}"}
    return JsonResponse(body, headers=headers)


@require_GET
def show_configuration(request: HttpRequest) -> HttpResponse:
    """Say what the provider offers (OpenID Connect Discovery 1.0, RFC 8414): that, and nothing else."""
    methods = ["client_secret_basic", "client_secret_post"]
    return _for_anyone(
        {
            "issuer": settings.PUBLIC_URL,
            "authorization_endpoint": _at("authorize"),
            "token_endpoint": _at("token"),
            "userinfo_endpoint": _at("userinfo"),
            "jwks_uri": _at("jwks"),
            "end_session_endpoint": _at("logout"),
            "introspection_endpoint": _at("introspect"),
            "revocation_endpoint": _at("revoke"),
            "scopes_supported": [scope.value for scope in (*SIGN_IN_SCOPES, Scope.SCIM)],
            "claims_supported": _CLAIMS,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(GRANT_TYPES),
            "subject_types_supported": [kind.value for kind in SubjectKind],
            "acr_values_supported": [acr.value for acr in Acr],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": [*methods, "none"],
            "introspection_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": [*methods, "none"],
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": ["none", "login", "consent"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "service_documentation": f"{settings.PUBLIC_URL}/api/openapi.json",
        },
        CACHED_SECONDS,
    )


@require_GET
def show_keys(request: HttpRequest) -> HttpResponse:
    """Publish the public keys; a retired one as long as something that it signed is valid."""
    try:
        return _for_anyone({"keys": list_published_keys()}, CACHED_SECONDS)
    except (SignerUnavailable, SignerRefused) as error:
        return _unavailable(error)


def _unavailable(error: Exception) -> HttpResponse:
    body = {"error": "temporarily_unavailable", "error_description": str(error)}
    return JsonResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "30"})


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"], response.headers["Pragma"] = "no-store", "no-cache"
    return response


@csrf_exempt
@require_POST
def give_tokens(request: HttpRequest) -> HttpResponse:
    """Change a code, a refresh token or an application's own secret for tokens (RFC 6749)."""
    try:
        with transaction.atomic():
            return _kept_nowhere(convert_response(*OpenIdServer().create_token_response(*extract_params(request))))
    except OAuth2Error as error:
        return _kept_nowhere(respond_json_error(request, error))
    except (SignerUnavailable, SignerRefused) as error:
        return _kept_nowhere(_unavailable(error))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def show_userinfo(request: HttpRequest) -> HttpResponse:
    """Say who the person of an access token is, as far as its scopes go (OpenID Connect Core 5.3)."""
    try:
        response = convert_response(*OpenIdServer().create_userinfo_response(*extract_params(request)))
    except OAuth2Error as error:
        response = respond_json_error(request, error)
    return _kept_nowhere(response)


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """Say whether one of the application's tokens is good (RFC 7662)."""
    get_validator_context().supported_auth_methods = app_settings.INTROSPECTION_AUTH_METHODS
    return convert_response(*OpenIdServer().create_introspect_response(*extract_params(request)))


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke one of the application's tokens (RFC 7009)."""
    with transaction.atomic():
        return convert_response(*OpenIdServer().create_revocation_response(*extract_params(request)))

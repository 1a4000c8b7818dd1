"""Identity tokens: signed by the signer with ES256, checked with the public keys that the platform publishes."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.capabilities.signon.applications.models import IdentityKey
from zhengtong.capabilities.signon.applications.permissions import REVIEW_APPLICATION
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.kernel.policy import Actor, require

ALGORITHM: Final = "ES256"
# Longer than any token lives that a key signed, and than others keep our keys.
PUBLISHED_AFTERWARDS: Final = timedelta(days=1)
CACHED_SECONDS: Final = 3600
_COORDINATE: Final = 32


def encode(octets: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def make_jwk(spki: bytes) -> dict[str, str]:
    """Return a P-256 key as a JSON Web Key; its ``kid`` is the thumbprint (RFC 7638)."""
    key = load_der_public_key(spki)
    assert isinstance(key, EllipticCurvePublicKey)
    assert isinstance(key.curve, SECP256R1)
    numbers = key.public_numbers()
    x, y = (encode(number.to_bytes(_COORDINATE, "big")) for number in (numbers.x, numbers.y))
    required = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    canonical = json.dumps(required, separators=(",", ":"), sort_keys=True).encode()
    return required | {"use": "sig", "alg": ALGORITHM, "kid": encode(hashlib.sha256(canonical).digest())}


def get_signing_key() -> IdentityKey:
    """Return the key that signs now; make one in the signer when there is none. Raises SignerUnavailable."""
    return IdentityKey.objects.filter(retired_at=None).first() or _make_key()


def _make_key() -> IdentityKey:
    name = f"identity-{uuid4().hex}"
    jwk = make_jwk(signer.create_key(name, Algorithm.P256, Purpose.IDENTITY).spki)
    try:
        with transaction.atomic():
            return IdentityKey.objects.create(name=name, kid=jwk["kid"], jwk=jwk)
    except IntegrityError:  # somebody else was first
        return IdentityKey.objects.get(retired_at=None)


@transaction.atomic
def rotate_identity_key(*, actor: Actor, key: IdentityKey, reason: str) -> IdentityKey:
    """Let a new key sign from now on. The old one stays published until what it signed has expired. Raises Denied."""
    require(actor, REVIEW_APPLICATION)
    now = timezone.now()
    old = IdentityKey.objects.select_for_update().filter(retired_at=None).first()
    if old is not None:
        old.retired_at, old.published_until = now, now + PUBLISHED_AFTERWARDS
        old.save(update_fields=["retired_at", "published_until"])
    made = _make_key()
    record(
        actor,
        "signon.identity_key_rotated",
        made,
        before={"kid": old.kid if old else None},
        after={"kid": made.kid, "reason": reason[:200]},
    )
    return made


def list_published_keys() -> list[dict[str, str]]:
    """Return the public keys with which others check what was signed here, the newest first."""
    get_signing_key()
    published = IdentityKey.objects.filter(Q(published_until=None) | Q(published_until__gt=timezone.now()))
    return list(published.order_by("-id").values_list("jwk", flat=True))


def sign_token(claims: Mapping[str, Any], *, kind: str = "JWT") -> str:
    """Return a signed token with these claims. Raises SignerUnavailable."""
    key = get_signing_key()
    header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid}
    message = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    r, s = decode_dss_signature(signer.sign(key.name, message.encode(), purpose=Purpose.IDENTITY))
    return f"{message}.{encode(r.to_bytes(_COORDINATE, 'big') + s.to_bytes(_COORDINATE, 'big'))}"


def read_token(token: str, *, audience: str | None = None, is_expiry_checked: bool = True) -> dict[str, Any] | None:
    """Return the claims of an identity token of ours, None for any other: another key, algorithm, issuer, audience."""
    try:
        kid = jwt.get_unverified_header(token).get("kid", "")
        known = next((jwk for jwk in list_published_keys() if jwk["kid"] == kid), None)
        if known is None:
            return None
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(known).key,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=settings.PUBLIC_URL,
            options={"verify_aud": audience is not None, "verify_exp": is_expiry_checked, "require": ["sub", "aud"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return claims

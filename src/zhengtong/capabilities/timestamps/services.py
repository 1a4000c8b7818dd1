"""Stamping what the platform makes, and answering whoever asks at /trust/tsa."""

from functools import partial

from zhengtong.capabilities.timestamps.authority import Stamp, answer, get_maker, make_stamp
from zhengtong.capabilities.timestamps.domain.requests import StampRequest, make_request
from zhengtong.capabilities.timestamps.models import OUTSIDE, TimestampToken
from zhengtong.core.crypto.public import Algorithm


def stamp(*, kind: str, key: str, digest: bytes, algorithm: str = "sha256") -> TimestampToken:
    """Stamp ``digest`` and keep the token with what it proves.

    Raises ValueError for a digest that has not its algorithm's length, TimeNotAvailable, SignerUnavailable.
    """
    request = make_request(digest, algorithm)
    return _keep(kind, key, request, make_stamp(request, get_maker()))


def make_token(digest: bytes, hash_algorithm: str = "sha256", nonce: int | None = None) -> bytes:
    """Return a token over ``digest`` as DER, kept by nobody: for whoever puts it into the thing that it proves."""
    return make_stamp(make_request(digest, hash_algorithm, nonce=nonce), get_maker()).token


def answer_request(content: bytes, algorithm: Algorithm = Algorithm.P256) -> bytes:
    """Return the answer to an outside request and keep the token that was given."""
    reply, request, made = answer(content, partial(get_maker, algorithm))
    if request is not None and made is not None:
        _keep(OUTSIDE, "", request, made)
    return reply


def _keep(kind: str, key: str, request: StampRequest, made: Stamp) -> TimestampToken:
    return TimestampToken.objects.create(
        kind=kind,
        key=key,
        algorithm=request.algorithm,
        digest=request.digest.hex(),
        serial=f"{made.serial:x}",
        gen_at=made.at,
        policy=made.policy,
        token=made.token,
    )

"""Answering for the state of certificates: read from the rows at the moment of asking, signed by the responder."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from zhengtong.capabilities.pki.domain.status import (
    Answer,
    Asked,
    Failure,
    Malformed,
    fail,
    make_response,
    read_request,
)
from zhengtong.capabilities.pki.issuers import sign_with
from zhengtong.capabilities.pki.models import Authority, Certificate
from zhengtong.capabilities.pki.services.founding import ensure_responder
from zhengtong.core.crypto.public import Algorithm, SignerRefused, SignerUnavailable

# How long a client may keep an answer. Short: a revocation counts at once.
ANSWER_LIFE = timedelta(minutes=10)


def answer_status(der: bytes) -> bytes:
    """Return the OCSP response to a request, both DER. Nothing is raised for what an outsider can send.

    One response is signed by one responder: when a request asks about certificates of several authorities, those of
    the others are answered as unknown, and have to be asked about on their own.
    """
    try:
        request = read_request(der)
    except Malformed:
        return fail(Failure.MALFORMED)
    authority = next(filter(None, map(_find_authority, request.asked)), None)
    if authority is None:
        return fail(Failure.UNAUTHORISED)
    now = timezone.now().replace(microsecond=0)
    try:
        responder = ensure_responder(authority)
        return make_response(
            answers=_look_up(authority, request.asked),
            nonce=request.nonce,
            responder=bytes(responder.der),
            algorithm=Algorithm(responder.algorithm),
            sign=sign_with(responder.key_name),
            now=now,
            next_update=now + ANSWER_LIFE,
        )
    except (SignerUnavailable, SignerRefused):
        return fail(Failure.TRY_LATER)


def _find_authority(asked: Asked) -> Authority | None:
    if asked.hash_name not in ("sha1", "sha256"):
        return None
    names = {f"name_{asked.hash_name}": asked.name_hash, f"key_{asked.hash_name}": asked.key_hash}
    return Authority.objects.select_related("parent").filter(**names).first()


def _look_up(authority: Authority, asked: tuple[Asked, ...]) -> list[Answer]:
    ours = [each for each in asked if _find_authority(each) == authority]
    serials = [f"{each.serial:x}" for each in ours if each.serial > 0]
    issued = Certificate.objects.filter(authority=authority, serial__in=serials)
    rows = {serial: (at, reason) for serial, at, reason in issued.values_list("serial", "revoked_at", "reason")}
    # The certificates of the authorities below are rows of their own kind.
    below = {f"{each.serial:x}" for each in ours if _is_child(authority, each.serial)}
    answers = []
    for each in asked:
        key = f"{each.serial:x}"
        if each not in ours or (key not in rows and key not in below):
            answers.append(Answer(each, is_known=False))
            continue
        at, reason = rows.get(key, (None, ""))
        answers.append(Answer(each, is_known=True, revoked_at=at, reason=reason or "unspecified"))
    return answers


def _is_child(authority: Authority, serial: int) -> bool:
    return Authority.objects.filter(
        Q(parent=authority) | Q(pk=authority.pk, parent=None), serial=f"{serial:x}"
    ).exists()

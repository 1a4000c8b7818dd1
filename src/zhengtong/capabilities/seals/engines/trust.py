"""Where proofs come from and whom a verification believes: revocation, time, roots, in this process without HTTP."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asn1crypto import cms
from pyhanko.sign.timestamps import TimeStamper

from zhengtong.capabilities.pki.public import (
    Authority,
    find_by_fingerprint,
    get_list,
    get_trust_anchors,
    list_intermediates,
)
from zhengtong.capabilities.timestamps.public import TSA, make_token


@dataclass(frozen=True, slots=True)
class Proofs:
    """What shows that certificates were in force: DER of OCSP responses and revocation lists, and of the certificates
    of those who signed them."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()

    def __add__(self, other: "Proofs") -> "Proofs":
        return Proofs(
            tuple(dict.fromkeys((*self.ocsps, *other.ocsps))),
            tuple(dict.fromkeys((*self.crls, *other.crls))),
            tuple(dict.fromkeys((*self.certificates, *other.certificates))),
        )


@dataclass(frozen=True, slots=True)
class Trust:
    """What sealing needs to be believed later.

    ``is_revoked`` takes a certificate; ``find_proofs`` takes a chain (the certificate first, the root last) and gives
    what shows its state at this moment. ``make_token`` takes a digest and its algorithm's name and gives a time-stamp
    token; ``make_clock`` gives the same authority in the form that pyHanko wants, safe to use in its event loop.
    """

    is_revoked: Callable[[bytes], bool]
    find_proofs: Callable[[Sequence[bytes]], Proofs]
    make_token: Callable[[bytes, str], bytes]
    make_clock: Callable[[], TimeStamper]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Whom a verification believes: ``roots`` are the platform's own, ``outside`` those that it took in besides."""

    roots: tuple[bytes, ...]
    outside: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()

    @property
    def all(self) -> tuple[bytes, ...]:
        return (*self.roots, *self.outside)


class RecordingClock(TimeStamper):
    """Asks another clock and remembers the certificates of the last token: they are to be kept with the document."""

    def __init__(self, clock: TimeStamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # of pyHanko
        self._clock = clock
        self.certificates: list[bytes] = []

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = await self._clock.async_timestamp(message_digest, md_algorithm)
        self.certificates = [each.chosen.dump() for each in token["content"]["certificates"]]
        return token


def get_trust() -> Trust:
    """Return what the platform gives of its own: states of certificates, and time."""
    return Trust(is_revoked, find_proofs, make_token, TSA)


def get_anchors() -> Anchors:
    """Return whom the platform believes now."""
    authorities = list(Authority.objects.order_by("id"))
    own = tuple(bytes(each.der) for each in authorities if each.is_root)
    return Anchors(
        roots=own,
        outside=tuple(each for each in get_trust_anchors() if each not in own),
        intermediates=tuple(list_intermediates()),
        lists=tuple(bytes(get_list(each).der) for each in authorities),
    )


def is_revoked(certificate: bytes) -> bool:
    """Tell whether the platform took back a certificate of its own; of others it knows nothing."""
    found = find_by_fingerprint(hashlib.sha256(certificate).hexdigest())
    return found is not None and found.is_revoked


def find_proofs(chain: Sequence[bytes]) -> Proofs:
    """Return the revocation lists of the own authorities in ``chain``; what others issued can't be proved here."""
    wanted = [hashlib.sha256(each).hexdigest() for each in chain[1:]]
    found = Authority.objects.filter(fingerprint__in=wanted).order_by("id")
    return Proofs(crls=tuple(bytes(get_list(each).der) for each in found))

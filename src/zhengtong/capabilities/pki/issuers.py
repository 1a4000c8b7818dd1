"""What an authority is to the rest of the platform: own or licensed, it answers the same four questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asn1crypto.x509 import Certificate as Parsed

from zhengtong.capabilities.pki.domain import certificates as building
from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.domain.profiles import Profile
from zhengtong.capabilities.pki.models import Authority
from zhengtong.core.crypto.public import Algorithm, Purpose, signer


@dataclass(frozen=True)
class Issued:
    """A certificate as an issuer hands it back: its DER and those above it, the root last."""

    der: bytes
    chain: list[bytes]


class Issuer(Protocol):
    """An authority that certificates can be asked of. A licensed body is connected by another implementation.

    ``issue`` is given a checked name and a key whose possession was proved. ``revoke`` tells it that one no longer
    counts; ``status_url`` is where its answer about a certificate is asked for, "" where it has none.
    """

    @property
    def title(self) -> str: ...

    @property
    def chain(self) -> list[bytes]: ...

    @property
    def status_url(self) -> str: ...

    def issue(
        self, *, subject: Subject, spki: bytes, profile: Profile, serial: int, not_before: datetime, not_after: datetime
    ) -> Issued: ...

    def revoke(self, *, serial: int, at: datetime, reason: str) -> None: ...


class OwnIssuer:
    """The platform's own authority: its key signs in the signer. What is revoked is a row, read by lists and OCSP."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority

    @property
    def title(self) -> str:
        return self.authority.title

    @property
    def chain(self) -> list[bytes]:
        return self.authority.chain_der()

    @property
    def status_url(self) -> str:
        from zhengtong.capabilities.pki.addresses import ocsp_url

        return ocsp_url()

    def issue(
        self, *, subject: Subject, spki: bytes, profile: Profile, serial: int, not_before: datetime, not_after: datetime
    ) -> Issued:
        der = building.make_certificate(
            issuing=get_issuing(self.authority),
            subject=subject,
            spki=spki,
            serial=serial,
            not_before=not_before,
            not_after=not_after,
            profile=profile,
        )
        return Issued(der, self.chain)

    def revoke(self, *, serial: int, at: datetime, reason: str) -> None:
        """A new list is published at once; OCSP reads the row."""
        from zhengtong.capabilities.pki.services.lists import publish_list

        publish_list(authority=self.authority)


def get_issuing(authority: Authority) -> building.Issuing:
    """Return what signs for ``authority`` and the addresses that its certificates name."""
    from zhengtong.capabilities.pki.addresses import certificate_url, list_url, ocsp_url

    parsed = Parsed.load(bytes(authority.der))
    return building.Issuing(
        name=parsed.subject,
        key_identifier=building.key_identifier(parsed.public_key),
        algorithm=Algorithm(authority.algorithm),
        sign=sign_with(authority.key_name),
        list_url=list_url(authority.code),
        certificate_url=certificate_url(authority.code),
        ocsp_url=ocsp_url(),
    )


def sign_with(key_name: str) -> building.Sign:
    """Return what signs with an authority's key (or a status responder's) in the signer."""
    return lambda message: signer.sign(key_name, message, purpose=Purpose.CA)

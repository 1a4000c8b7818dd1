"""Who can say whose a certificate is, and whether it was revoked: declared by the certificate authority above."""

from collections.abc import Callable
from dataclasses import dataclass

from zhengtong.core.identity.public import Account
from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class CertificateDirectory(Declaration):
    """A source of certificates that people sign in with.

    ``find_account(der)``: the account that the certificate was issued to, None where it isn't one of its own or is
    nobody's. ``is_revoked(der)``: whether it was taken back; None where this directory doesn't know it.
    """

    code: str
    find_account: Callable[[bytes], Account | None]
    is_revoked: Callable[[bytes], bool | None]

    @property
    def key(self) -> str:
        return self.code

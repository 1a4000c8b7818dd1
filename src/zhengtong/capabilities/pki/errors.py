"""What the authority refuses, each with a sentence that says what to do."""

from django.utils.functional import Promise


class CertificateRefused(Exception):
    """Something can't be certified, revoked or trusted so. ``message`` is the sentence, ``field`` where it belongs."""

    def __init__(self, code: str, message: str | Promise, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)

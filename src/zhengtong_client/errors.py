"""What may go wrong, each with a code that stays the same and a sentence that says what to do."""


class ClientError(Exception):
    """The call brought nothing. ``code`` is for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Unreachable(ClientError):
    """The platform did not answer. ``was_sent``: it may have been asked all the same."""

    def __init__(self, text: str, *, was_sent: bool) -> None:
        super().__init__("unreachable", text)
        self.was_sent = was_sent


class Refused(ClientError):
    """The platform answered with a problem (RFC 9457). ``may_retry``: nothing was done, a later try may succeed.

    ``retry_after`` is in seconds, None when the platform named no time.
    """

    def __init__(
        self,
        code: str,
        text: str,
        *,
        status: int,
        next_step: str = "",
        may_retry: bool = False,
        retry_after: float | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(code, f"{text} {next_step}".strip())
        self.status, self.next_step, self.may_retry = status, next_step, may_retry
        self.retry_after, self.request_id = retry_after, request_id


class AnswerNotTrusted(ClientError):
    """An answer came whose signature, digest, subject or key isn't what it has to be: use nothing of it."""

    def __init__(self, text: str) -> None:
        super().__init__("answer-not-trusted", text)

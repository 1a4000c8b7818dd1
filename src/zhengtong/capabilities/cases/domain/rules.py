"""What it means to break a rule: a stable code for programs, a Chinese sentence for people."""

from typing import ClassVar


def _(message: str) -> str:
    """Mark ``message`` for the catalogue; whoever shows it translates it."""
    return message


class RuleBroken(Exception):
    """An act that the law or the platform's rules forbid.

    ``code`` is stable. ``message`` is the sentence in the catalogue, with ``params`` to fill in;
    a view shows ``gettext(error.message) % error.params``.
    """

    code: ClassVar[str] = "rule-broken"

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params
        super().__init__(message % params)

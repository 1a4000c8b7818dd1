"""What goes wrong with a letter: a rule forbids it, somebody was faster, or what was typed can't be used."""

from typing import ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class LetterRefused(Exception):
    """An act isn't possible. ``message`` is the sentence in the catalogue; ``field`` says where it was typed."""

    code: ClassVar[str] = "letter-refused"

    def __init__(self, message: str, field: str = "", **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message, self.field, self.params = message, field, params

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        said = gettext(self.message)
        return said % self.params if self.params else said


class LetterConflict(LetterRefused):
    """The letter changed since the page was shown, or a colleague has the task."""

    code: ClassVar[str] = "letter-conflict"


class StaleLetter(LetterConflict):
    def __init__(self) -> None:
        super().__init__(_("这封来信刚刚被处理过，页面上的内容已经不是最新。请看最新情况后再办。"))


class NoLetterTask(LetterConflict):
    def __init__(self) -> None:
        super().__init__(_("这个环节没有待办任务，可能已经办完。请刷新页面。"))


class TakenLetterTask(LetterConflict):
    def __init__(self, name: str) -> None:
        super().__init__(_("这项任务已由%(name)s领办。"), name=name)

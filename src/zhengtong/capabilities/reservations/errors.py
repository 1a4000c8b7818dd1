"""What can't be done in the hall, in a sentence that says what happened and what to do."""

from typing import ClassVar

from django.utils.translation import gettext


class LobbyRefused(Exception):
    """``sentence`` is the one in the catalogue; ``field`` says where it was typed."""

    code: ClassVar[str] = "lobby-refused"

    def __init__(self, message: str, field: str = "", **params: object) -> None:
        super().__init__(message % params if params else message)
        self.sentence, self.field, self.params = message, field, params

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        said = gettext(self.sentence)
        return said % self.params if self.params else said

    @property
    def message(self) -> str:
        """What declared screens show beside the field."""
        return str(self)


class SlotFull(LobbyRefused):
    """Somebody else took the last place."""

    code: ClassVar[str] = "slot-full"


class LobbyConflict(LobbyRefused):
    """The ticket or the window isn't any more as the page showed it."""

    code: ClassVar[str] = "lobby-conflict"

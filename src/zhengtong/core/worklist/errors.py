"""What goes wrong when work moves from one person to another: a colleague was faster, or may not have it."""

from typing import ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class WorkRefused(Exception):
    """An item can't be moved as asked. ``message`` is the sentence in the catalogue, ``params`` fill it in."""

    code: ClassVar[str] = "work-refused"

    def __init__(self, message: str, field: str = "", **params: object) -> None:
        super().__init__(message % params)
        self.message = message
        self.field = field
        self.params = params

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        return gettext(self.message) % self.params


class ItemTaken(WorkRefused):
    """A colleague holds the item."""

    code: ClassVar[str] = "taken"

    def __init__(self, name: str) -> None:
        super().__init__(_("这项任务已由%(name)s领办。"), name=name)
        self.name = name


class ItemGone(WorkRefused):
    """The item is done or cancelled, or never was."""

    code: ClassVar[str] = "gone"

    def __init__(self) -> None:
        super().__init__(_("这项任务已经办完或取消。请刷新页面。"))


class NotMovable(WorkRefused):
    """The kind of work, or its owner, doesn't let this item move this way."""

    code: ClassVar[str] = "not-movable"


class WrongColleague(WorkRefused):
    """The person who was chosen can't have the item."""

    code: ClassVar[str] = "wrong-colleague"

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message, "to", **params)


class Opened(WorkRefused):
    """A transfer can't be taken back: the receiver has opened it, or it wasn't made by this person."""

    code: ClassVar[str] = "opened"

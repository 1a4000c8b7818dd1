"""What goes wrong in a case besides the rules of ``domain``: somebody else was faster, or the form is wrong."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.domain import RuleBroken


class Conflict(RuleBroken):
    """The case changed since the page was shown, or a task is somebody else's."""

    code: ClassVar[str] = "conflict"


class StaleCase(Conflict):
    def __init__(self) -> None:
        super().__init__(_("这个办件刚刚被处理过，页面上的内容已经不是最新。请看最新情况后再决定。"))


class TakenTask(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(_("这项任务已由%(name)s领办。"), name=name)


class NoTask(Conflict):
    def __init__(self) -> None:
        super().__init__(_("这个环节没有待办任务，可能已经办完。请刷新页面。"))


class PowerWithdrawn(RuleBroken):
    """The power under which the item is handled isn't in the lists any more."""

    code: ClassVar[str] = "power-withdrawn"


class IncompleteApplication(RuleBroken):
    """The application can't be submitted yet. ``errors`` are triples of section, field and sentence."""

    code: ClassVar[str] = "incomplete-application"

    def __init__(self, errors: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(_("申请还有 %(count)d 处需要修改。"), count=len(errors))
        self.errors = list(errors)


class Unacceptable(RuleBroken):
    """A value given to an act can't be used; ``field`` says where it was typed."""

    code: ClassVar[str] = "unacceptable"

    def __init__(self, message: str, field: str = "", **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


class HeldBack(Unacceptable):
    """A module above the case doesn't let it go on yet (see ``declarations.StepGuard``)."""

    code: ClassVar[str] = "held-back"

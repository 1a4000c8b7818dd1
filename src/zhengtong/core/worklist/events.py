"""What the worklist tells the modules whose work moved, in the transaction in which it moves."""

from dataclasses import dataclass
from typing import ClassVar

from zhengtong.core.worklist.models import TransferAct
from zhengtong.kernel.events import Event


@dataclass(frozen=True, slots=True)
class WorkItemMoved(Event):
    """Objects of ``kind`` went from an appointment (None: the office's pool) to another (None: back to the office).

    One object, except when somebody leaves: then all that go the same way. ``held`` is what the kind's guard returned.
    """

    code: ClassVar[str] = "work_item.moved"
    kind: str
    object_ids: tuple[int, ...]
    from_id: int | None
    to_id: int | None
    act: TransferAct
    reason: str = ""
    held: object = None

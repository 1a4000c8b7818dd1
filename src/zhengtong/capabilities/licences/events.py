"""What licences tell the modules above them, in the transaction in which it happens."""

from dataclasses import dataclass
from typing import ClassVar

from zhengtong.capabilities.licences.models import Licence
from zhengtong.kernel.events import Event


@dataclass(frozen=True, slots=True)
class LicenceIssued(Event):
    """A granted case led to its licence."""

    code: ClassVar[str] = "licence.issued"
    licence: Licence

"""What contracts tell those above: one came into force, one ended or is held."""

from dataclasses import dataclass
from typing import ClassVar

from zhengtong.capabilities.contracts.models import Contract
from zhengtong.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ContractGranted(Event):
    code: ClassVar[str] = "contract.granted"
    contract: Contract


@dataclass(frozen=True, slots=True)
class ContractSuspended(Event):
    """Nothing moves from the next batch or call on, until it is resumed."""

    code: ClassVar[str] = "contract.suspended"
    contract: Contract


@dataclass(frozen=True, slots=True)
class ContractResumed(Event):
    code: ClassVar[str] = "contract.resumed"
    contract: Contract


@dataclass(frozen=True, slots=True)
class ContractEnded(Event):
    """Revoked or expired; ``contract.state`` says which."""

    code: ClassVar[str] = "contract.ended"
    contract: Contract

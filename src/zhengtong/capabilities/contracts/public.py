"""The contracts' door."""

from zhengtong.capabilities.contracts.domain import ContractContent, ContractField
from zhengtong.capabilities.contracts.models import Contract, ContractState, DataRequest, Mode, RequestState

__all__ = ["Contract", "ContractContent", "ContractField", "ContractState", "DataRequest", "Mode", "RequestState"]

"""The contracts' door."""

from zhengtong.capabilities.contracts.domain import ContractContent, ContractField
from zhengtong.capabilities.contracts.masks import Masks, compile_masks
from zhengtong.capabilities.contracts.models import Contract, ContractState, DataRequest, Mode, RequestState
from zhengtong.capabilities.contracts.rules import Rules

__all__ = ["Contract", "ContractContent", "ContractField", "ContractState", "DataRequest", "Masks", "Mode", "RequestState", "Rules", "compile_masks"]

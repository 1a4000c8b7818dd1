"""The contracts' door."""

from zhengtong.capabilities.contracts.domain import ContractContent, ContractField
from zhengtong.capabilities.contracts.masks import Masks, check_mask, compile_masks
from zhengtong.capabilities.contracts.models import Contract, ContractState, DataRequest, Mode, RequestState
from zhengtong.capabilities.contracts.reading import write_json
from zhengtong.capabilities.contracts.rules import Checked, Held, Rules, check_rule

__all__ = [
    "Checked",
    "Contract",
    "ContractContent",
    "ContractField",
    "ContractState",
    "DataRequest",
    "Held",
    "Masks",
    "Mode",
    "RequestState",
    "Rules",
    "check_mask",
    "check_rule",
    "compile_masks",
    "write_json",
]

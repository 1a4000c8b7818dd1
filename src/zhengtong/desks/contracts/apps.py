"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ContractsDeskConfig(ModuleConfig):
    name = "zhengtong.desks.contracts"
    label = "contracts_desk"
    verbose_name = "共享申请"

"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ContractsConfig(ModuleConfig):
    name = "zhengtong.capabilities.contracts"
    label = "contracts"
    verbose_name = "共享申请和合约"

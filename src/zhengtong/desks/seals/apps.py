"""The desk where seals are applied for, made, used and accounted for."""

from zhengtong.kernel.modules import ModuleConfig


class SealsDeskConfig(ModuleConfig):
    name = "zhengtong.desks.seals"
    label = "seals_desk"
    verbose_name = "用印"

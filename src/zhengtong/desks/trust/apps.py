"""The desk of those who keep keys, certificates and time."""

from zhengtong.kernel.modules import ModuleConfig


class TrustDeskConfig(ModuleConfig):
    name = "zhengtong.desks.trust"
    label = "trust_desk"
    verbose_name = "信任服务"

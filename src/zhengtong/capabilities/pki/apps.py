"""Certificates: the authority that issues, renews and revokes them."""

from zhengtong.kernel.modules import ModuleConfig


class PkiConfig(ModuleConfig):
    name = "zhengtong.capabilities.pki"
    label = "pki"
    verbose_name = "数字证书"

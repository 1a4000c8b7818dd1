"""The crypto module's application."""

from zhengtong.kernel.modules import ModuleConfig


class CryptoConfig(ModuleConfig):
    name = "zhengtong.core.crypto"
    label = "crypto"
    verbose_name = "密码"

"""Signing on: second factors, passkeys, certificates, and the door for outside systems."""

from zhengtong.kernel.assurance import install
from zhengtong.kernel.modules import ModuleConfig


class SignonConfig(ModuleConfig):
    name = "zhengtong.capabilities.signon"
    label = "signon"
    verbose_name = "统一登录"

    def ready(self) -> None:
        from zhengtong.capabilities.signon.assurance import RuleChecker

        super().ready()
        install(RuleChecker())

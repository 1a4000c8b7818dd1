"""The identity module's application: it also installs the platform's policy."""

from zhengtong.kernel.modules import ModuleConfig
from zhengtong.kernel.policy import install


class IdentityConfig(ModuleConfig):
    name = "zhengtong.core.identity"
    label = "identity"
    verbose_name = "身份"

    def ready(self) -> None:
        from zhengtong.core.identity.policy import IdentityPolicy

        super().ready()
        install(IdentityPolicy())

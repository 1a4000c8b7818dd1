"""The licences module's application."""

from zhengtong.kernel.modules import ModuleConfig


class LicencesConfig(ModuleConfig):
    name = "zhengtong.capabilities.licences"
    label = "licences"
    verbose_name = "电子证照"

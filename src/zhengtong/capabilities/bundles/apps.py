"""The bundles module's application."""

from zhengtong.kernel.modules import ModuleConfig


class BundlesConfig(ModuleConfig):
    name = "zhengtong.capabilities.bundles"
    label = "bundles"
    verbose_name = "一件事"

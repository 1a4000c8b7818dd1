"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class NodesConfig(ModuleConfig):
    name = "zhengtong.capabilities.nodes"
    label = "nodes"
    verbose_name = "节点互联"

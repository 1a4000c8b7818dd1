"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class NodesDeskConfig(ModuleConfig):
    name = "zhengtong.desks.nodes"
    label = "nodes_desk"
    verbose_name = "节点互联"

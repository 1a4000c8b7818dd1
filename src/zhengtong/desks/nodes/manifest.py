"""The desk of nodes: its lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.public import VIEW
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据")

MODULE = Module(
    code="nodes_desk",
    title=_("节点互联"),
    declares=(
        MenuEntry("nodes.home", _("节点"), "globe", "nodes_desk:home", (VIEW,), order=58, group=GROUP),
        MenuEntry("nodes.messages", _("节点消息"), "send", "nodes_desk:messages", (VIEW,), order=59, group=GROUP),
        MenuEntry("nodes.joined", _("接入率"), "chart", "nodes_desk:joined", (VIEW,), order=59, group=GROUP),
    ),
)

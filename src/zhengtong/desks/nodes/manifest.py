"""The desk of nodes: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="nodes_desk", title=_("节点互联"), declares=())

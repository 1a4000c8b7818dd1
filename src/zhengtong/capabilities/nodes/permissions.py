"""What may be done with nodes, and the roles that may: whoever applies doesn't approve."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW, OPERATE, APPROVE = "nodes.view", "nodes.operate", "nodes.approve"

PERMISSIONS = (
    Permission(VIEW, _("查看节点、链路和消息")),
    Permission(OPERATE, _("申请、评估、连接、暂停节点，发送消息")),
    Permission(APPROVE, _("批准节点接入和证书更换，撤销节点")),
)
ROLES = (
    Role("node_operator", _("节点管理员"), (VIEW, OPERATE)),
    # Whoever approves a link doesn't act for the absent operator, nor the other way round.
    Role("node_approver", _("节点审批人"), (VIEW, APPROVE), is_delegable=False),
)

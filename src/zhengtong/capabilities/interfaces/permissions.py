"""What may be done with published services, and the roles that may."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW, MANAGE, MEMBERS = "interfaces.view", "interfaces.manage_services", "interfaces.manage_members"
TRY, READ, RULES = "interfaces.try_service", "interfaces.read_body", "interfaces.set_rules"

PERMISSIONS = (
    Permission(VIEW, _("查看接口服务、统计和调用日志")),
    Permission(MANAGE, _("发布、停止接口服务")),
    Permission(MEMBERS, _("登记接入系统和密钥，处理订阅和未送达的变更")),
    Permission(TRY, _("在测试台调用本单位合约内的服务")),
    Permission(READ, _("说明用途后查看一次调用的内容")),
    Permission(RULES, _("维护接口规则")),
)
ROLES = (
    Role("interface_manager", _("接口服务管理员"), (VIEW, MANAGE, MEMBERS, TRY, RULES)),
    # Whoever runs the services doesn't read what goes through them.
    Role("interface_auditor", _("接口日志审计员"), (VIEW, READ)),
    Role("interface_user", _("接口服务使用人"), (VIEW, TRY)),
)

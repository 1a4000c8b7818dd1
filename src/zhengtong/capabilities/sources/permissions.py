"""What may be done with sources, and the role that may."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW, MANAGE = "sources.view", "sources.manage"
PERMISSIONS = (
    Permission(VIEW, _("查看数据源")),
    Permission(MANAGE, _("登记、修改、检查、停用数据源，更换口令")),
)
ROLES = (Role("source_manager", _("数据源管理员"), (VIEW, MANAGE)),)

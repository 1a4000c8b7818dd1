"""Who may look into the registers, and who keeps them."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW_RESIDENT = "registers.view_resident"
REVEAL_RESIDENT = "registers.reveal_resident"
VIEW_ENTERPRISE = "registers.view_enterprise"
KEEP_ENTERPRISE = "registers.keep_enterprise"

PERMISSIONS = (
    Permission(VIEW_RESIDENT, _("查询人口库")),
    Permission(REVEAL_RESIDENT, _("查看人口库中的完整个人信息")),
    Permission(VIEW_ENTERPRISE, _("查询法人库")),
    Permission(KEEP_ENTERPRISE, _("登记和变更经营主体")),
)
ROLES = (
    Role("enterprise_registrar", _("登记员"), (VIEW_ENTERPRISE, KEEP_ENTERPRISE)),
    Role("resident_reader", _("人口信息查询员"), (VIEW_RESIDENT, REVEAL_RESIDENT)),
)

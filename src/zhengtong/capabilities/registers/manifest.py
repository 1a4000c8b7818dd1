"""What the registers bring: who may look into the register of population and the register of legal entities."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module, Permission

VIEW_RESIDENT = "registers.view_resident"
VIEW_ENTERPRISE = "registers.view_enterprise"

MODULE = Module(
    code="registers",
    title=_("基础库"),
    declares=(
        Permission(VIEW_RESIDENT, _("查询人口库")),
        Permission(VIEW_ENTERPRISE, _("查询法人库")),
    ),
)

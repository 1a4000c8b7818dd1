"""What the toy module brings."""

from django.utils.translation import gettext_lazy as _

from tests.toy.models import Well
from tests.toy.screens import OpenWellScreens, WellScreens
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, Permission, Role

MODULE = Module(
    code="wells",
    title=_("水井"),
    declares=(
        Permission("wells.view_well", _("查看水井")),
        Permission("wells.manage_well", _("登记和管理水井")),
        Permission("wells.view_fee", _("查看水资源税")),
        Permission("wells.reveal_keeper", _("查看看护人的完整手机号")),
        Role("well_viewer", _("水井查看员"), ("wells.view_well",)),
        Role(
            "well_keeper",
            _("水井管理员"),
            ("wells.view_well", "wells.manage_well", "wells.view_fee", "wells.reveal_keeper"),
        ),
        Protected(Well, organisation="owner_id"),
        WellScreens(),
        OpenWellScreens(),
    ),
)

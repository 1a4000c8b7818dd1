"""What the toy module brings."""

from django.utils.translation import gettext_lazy as _

from tests.toy.models import Well
from tests.toy.screens import REPORT, VIEW, VIEW_OWN, MyWellScreens, OpenWellScreens, WellScreens
from zhengtong.core.identity.public import Protected
from zhengtong.core.search.public import Searchable
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
        Protected(
            Well,
            organisation="owner_id",
            owner="keeper_account_id",
            owner_actions=frozenset({VIEW_OWN, REPORT}),
        ),
        WellScreens(),
        MyWellScreens(),
        OpenWellScreens(),
        Searchable(
            kind="wells.well",
            title=_("水井"),
            model=Well,
            name=lambda well: well.name,
            text=lambda well: well.note,
            reference="code",
            slug="pk",
            newest="registered_at",
            permission=VIEW,
            page="screens:wells.wells.detail",
        ),
    ),
)

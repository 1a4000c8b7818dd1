"""What data keys bring to the desk: who may change them, and the operator's role."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords
from zhengtong.kernel.modules import Permission, Role
from zhengtong.screens.menu import MenuEntry

CHANGE = "trust.change_data_key"

DATA = (
    Permission(CHANGE, _("更换数据密钥")),
    # GB/T 39786 names the post: it works with keys that it never sees.
    Role("cipher_operator", _("密码操作员"), ("timestamps.view_register", CHANGE)),
    MenuEntry("trust.data", _("数据密钥"), "file", "trust_desk:data", (CHANGE,), order=92, group=_("信任服务")),
    ActionWords(
        "trust",
        {"change_data_key": _("更换数据密钥")},
        keys={"use": _("用途"), "cipher": _("算法"), "before": _("更换前")},
        names={"crypto.datakey": "number"},
    ),
)

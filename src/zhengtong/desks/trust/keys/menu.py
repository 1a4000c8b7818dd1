"""The custodians' lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.keys.public import KEEP, VIEW, count_waiting
from zhengtong.screens.menu import MenuEntry

GROUP = _("信任服务")
KEYS = (
    MenuEntry("trust.keys", _("密钥"), "shield", "trust_desk:keys", (VIEW,), order=80, group=GROUP),
    MenuEntry(
        "trust.key_requests",
        _("密钥申请"),
        "check",
        "trust_desk:key_requests",
        (KEEP,),
        order=81,
        group=GROUP,
        count=count_waiting,
    ),
    MenuEntry("trust.key_ledger", _("密钥台账"), "list", "trust_desk:key_ledger", (VIEW,), order=82, group=GROUP),
)

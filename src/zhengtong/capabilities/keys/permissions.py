"""Who may look at keys, ask for what needs two custodians, and decide over it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import IncompatibleRoles
from zhengtong.kernel.modules import Permission, Role

VIEW = "keys.view_keys"
ASK = "keys.ask_custodians"
KEEP = "keys.keep_keys"

PERMISSIONS = (
    Permission(VIEW, _("查看密钥目录和台账")),
    Permission(ASK, _("轮换密钥，提出需要保管员批准的申请")),
    Permission(KEEP, _("以密钥保管员身份批准申请")),
)
ROLES = (
    Role("key_custodian", _("密钥保管员"), (VIEW, ASK, KEEP), is_delegable=False),
    *(
        IncompatibleRoles(
            f"keys.custodian-{other}",
            frozenset({"key_custodian", other}),
            _("密钥保管员不兼任系统管理、安全审计，也不录入和审批证书（GB/T 39786）"),
        )
        for other in ("system_administrator", "audit_administrator", "ca_officer", "ca_approver")
    ),
)

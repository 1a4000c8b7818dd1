"""Who may do what with certificates, and the roles made of it: whoever enters an application never approves it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import IncompatibleRoles
from zhengtong.kernel.modules import Permission, Role

VIEW = "pki.view_certificate"
APPLY = "pki.apply_for_certificate"
ENTER = "pki.enter_application"
APPROVE = "pki.approve_application"
REVOKE = "pki.revoke_certificate"
PROPOSE = "pki.propose_authority"
TRUST = "pki.trust_authority"
OWN = frozenset({VIEW, APPLY, REVOKE})

PERMISSIONS = (
    Permission(VIEW, _("查看证书和申请")),
    Permission(APPLY, _("申请自己的证书")),
    Permission(ENTER, _("录入机关、服务器、设备的证书申请")),
    Permission(APPROVE, _("审批证书申请、恢复暂停的证书")),
    Permission(REVOKE, _("吊销、暂停证书")),
    Permission(PROPOSE, _("提出信任外部颁发机构")),
    Permission(TRUST, _("批准和停止信任外部颁发机构")),
)
ROLES = (
    Role("ca_officer", _("证书录入员"), (VIEW, ENTER, REVOKE, PROPOSE)),
    Role("ca_approver", _("证书审批员"), (VIEW, APPROVE, REVOKE, TRUST)),
    IncompatibleRoles(
        "pki.officers",
        frozenset({"ca_officer", "ca_approver"}),
        _("证书申请的录入和审批应由不同的人担任，一个人不能既提出又批准"),
    ),
)

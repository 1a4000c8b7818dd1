"""What may be done with requests and contracts, and the roles that may."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW, APPLY, APPROVE = "contracts.view", "contracts.apply", "contracts.approve"
REVIEW, COORDINATE, STEER, RULES = (
    "contracts.review",
    "contracts.coordinate",
    "contracts.steer",
    "contracts.set_rules",
)

PERMISSIONS = (
    Permission(VIEW, _("查看共享申请和合约")),
    Permission(APPLY, _("申请共享数据")),
    Permission(APPROVE, _("审批对本单位数据的共享申请")),
    Permission(REVIEW, _("对共享申请作合规审查")),
    Permission(COORDINATE, _("协调共享争议")),
    Permission(STEER, _("暂停、恢复、撤销共享合约")),
    Permission(RULES, _("维护共享办理规则和不予共享的理由")),
)
ROLES = (
    Role("data_applicant", _("数据申请员"), (VIEW, APPLY)),
    Role("data_provider", _("数据提供审批员"), (VIEW, APPROVE, STEER)),
    Role("data_authority", _("共享主管"), (VIEW, REVIEW, COORDINATE, STEER, RULES)),
    Role("data_viewer", _("数据共享查看"), (VIEW,)),
)
ANY = (VIEW, APPLY, APPROVE, REVIEW, COORDINATE, STEER)

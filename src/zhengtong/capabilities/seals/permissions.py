"""What may be done with seals, and the roles that may."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW, APPLY, USE, KEEP = "seals.view", "seals.apply", "seals.use", "seals.keep"
REVIEW, APPROVE, MAKE, FILE = "seals.review", "seals.approve", "seals.make", "seals.file"
RULES = "seals.set_rules"

PERMISSIONS = (
    Permission(VIEW, _("查看印章、用印和台账")),
    Permission(APPLY, _("申请制发、变更、重新制作、注销印章")),
    Permission(USE, _("申请用印")),
    Permission(KEEP, _("保管印章：启用、停用、恢复，批准用印，常设授权，登记接入系统")),
    Permission(REVIEW, _("审核印章申请")),
    Permission(APPROVE, _("批准印章申请")),
    Permission(MAKE, _("制作印章")),
    Permission(FILE, _("印章备案")),
    Permission(RULES, _("维护印章规则")),
)
ROLES = (
    Role("seal_applicant", _("印章申请和用印人"), (VIEW, APPLY, USE)),
    Role("seal_keeper", _("印章保管人"), (VIEW, USE, KEEP)),
    Role("seal_reviewer", _("印章审核人"), (VIEW, REVIEW, FILE)),
    Role("seal_approver", _("印章批准人"), (VIEW, APPROVE, RULES)),
    # Whoever makes seals doesn't act for an absent approver, nor the other way round.
    Role("seal_maker", _("印章制作人"), (VIEW, MAKE), is_delegable=False),
)
# Who has something to do at the desk.
ANY = (VIEW, APPLY, USE, KEEP, REVIEW, APPROVE, MAKE, FILE)

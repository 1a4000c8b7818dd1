"""Who may do what with the catalogue, and the roles made of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW = "catalogue.view_entry"
COMPILE = "catalogue.compile_entry"
REVIEW = "catalogue.review_entry"
APPROVE = "catalogue.approve_entry"
MANAGE = "catalogue.manage_catalogue"
ANY = (VIEW, COMPILE, REVIEW, APPROVE)

PERMISSIONS = (
    Permission(VIEW, _("查看目录编制情况")),
    Permission(COMPILE, _("编制信息资源目录")),
    Permission(REVIEW, _("部门审核信息资源目录")),
    Permission(APPROVE, _("主管审核和发布信息资源目录")),
    Permission(MANAGE, _("管理资源分类和审核期限")),
)
ROLES = (
    Role("catalogue_compiler", _("目录编制员"), (VIEW, COMPILE)),
    Role("catalogue_reviewer", _("目录审核员（部门）"), (VIEW, REVIEW)),
    Role("catalogue_authority", _("目录主管"), (VIEW, APPROVE, MANAGE)),
)

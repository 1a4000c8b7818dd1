"""Who applies for an application, who reviews it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW_APPLICATIONS = "signon.view_applications"
APPLY_APPLICATION = "signon.apply_application"
REVIEW_APPLICATION = "signon.review_application"

DECLARATIONS = (
    Permission(VIEW_APPLICATIONS, _("查看应用系统")),
    Permission(APPLY_APPLICATION, _("申请接入应用系统、领取密钥")),
    Permission(REVIEW_APPLICATION, _("审核和停用应用系统、更换登录令牌签名密钥")),
    Role("application_owner", _("应用系统管理员"), (VIEW_APPLICATIONS, APPLY_APPLICATION)),
)

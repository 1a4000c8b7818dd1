"""Who watches over signing in: the security administrator; who vouches for a colleague: two of these."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission

EXAMINE = "signon.examine_sign_ins"
SET_POLICY = "signon.set_policy"
RESET = "signon.reset_factors"
VOUCH = "signon.vouch_for_reset"
VIEW_RESETS = "signon.view_resets"

PERMISSIONS = (
    Permission(EXAMINE, _("查看和核查登录情况、强制退出登录")),
    Permission(SET_POLICY, _("规定登录和确认身份的要求")),
    Permission(VIEW_RESETS, _("查看和终止重置登录方式")),
    Permission(RESET, _("提出重置登录方式")),
    Permission(VOUCH, _("作为第二人核实重置登录方式")),
)

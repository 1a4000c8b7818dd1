"""What acts of signing on are called in the journal."""

from django.utils.translation import gettext_lazy as _

FACTOR_ACTS = {
    "generator_added": _("添加动态口令"),
    "generator_removed": _("删除动态口令"),
    "recovery_codes_made": _("生成恢复码"),
    "recovery_code_used": _("使用恢复码"),
    "passkey_added": _("添加通行密钥"),
    "passkey_renamed": _("通行密钥改名"),
    "passkey_removed": _("删除通行密钥"),
    "passkey_blocked": _("停用疑似被复制的通行密钥"),
    "certificate_bound": _("绑定数字证书"),
    "certificate_unbound": _("解除绑定数字证书"),
    "confirmed": _("再次确认身份"),
    "factor_rule_set": _("规定登录要求"),
    "step_up_rule_set": _("规定办理前的身份确认"),
    "watch_rule_set": _("规定异常登录的判断标准"),
    "attempt_examined": _("核查异常登录"),
    "sessions_ended": _("强制退出全部登录"),
    "reset_requested": _("提出重置登录方式"),
    "reset_confirmed": _("核实重置登录方式"),
    "reset_stopped": _("终止重置登录方式"),
    "factors_reset": _("重置登录方式"),
    "attempts_forgotten": _("删除到期的登录记录"),
}

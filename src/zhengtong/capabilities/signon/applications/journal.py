"""What acts on applications are called in the journal."""

from django.utils.translation import gettext_lazy as _

APPLICATION_ACTS = {
    "application_applied": _("申请接入应用系统"),
    "application_amended": _("修改应用系统申请"),
    "application_approved": _("审核通过并启用应用系统"),
    "application_returned": _("退回应用系统申请"),
    "application_suspended": _("停用应用系统"),
    "application_resumed": _("恢复应用系统"),
    "application_addresses_changed": _("变更应用系统的地址"),
    "secret_issued": _("领取应用密钥"),
    "secrets_withdrawn": _("作废旧的应用密钥"),
    "signed_in_to_application": _("登录到应用系统"),
    "signed_out_of_application": _("应用系统登录结束"),
    "consent_given": _("同意向应用系统提供信息"),
    "consent_revoked": _("撤回对应用系统的同意"),
    "logout_notice_resent": _("重发退出通知"),
    "identity_key_rotated": _("更换登录令牌签名密钥"),
}

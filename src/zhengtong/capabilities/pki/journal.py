"""What the acts of the authority are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "pki",
    {
        "found_authority": _("建立颁发机构"),
        "issue_certificate": _("颁发证书"),
        "apply_for_certificate": _("申请证书"),
        "withdraw_application": _("撤回证书申请"),
        "approve_application": _("批准证书申请"),
        "refuse_application": _("不予颁发证书"),
        "collect_certificate": _("领取证书"),
        "revoke_certificate": _("吊销证书"),
        "hold_certificate": _("暂停证书"),
        "release_certificate": _("恢复证书"),
        "publish_list": _("发布吊销列表"),
        "warn_of_expiry": _("提醒证书到期"),
        "propose_authority": _("提出信任外部颁发机构"),
        "trust_authority": _("批准信任外部颁发机构"),
        "refuse_authority": _("不予信任外部颁发机构"),
        "end_trust": _("停止信任外部颁发机构"),
        "export": _("导出证书目录"),
    },
    keys={
        "serial": _("序列号"),
        "fingerprint": _("指纹"),
        "profile": _("类别"),
        "reason": _("原因"),
        "number": _("编号"),
        "entries": _("条数"),
        "key": _("密钥"),
    },
    names={
        "pki.certificate": "common_name",
        "pki.certificateapplication": "number",
        "pki.outsideauthority": "name",
        "pki.authority": "title",
    },
)

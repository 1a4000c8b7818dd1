"""What acts on licences are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "licences",
    {
        "issue_licence": _("颁发电子证照"),
        "start_request": _("申请变动证照"),
        "change": _("变更证照"),
        "renew": _("延续证照"),
        "correct": _("更正证照"),
        "cancel": _("注销证照"),
        "suspend_licence": _("暂停证照"),
        "resume_licence": _("恢复证照"),
        "present_licence": _("出示证照码"),
        "ask_lookup": _("申请查看他人证照"),
        "answer_lookup": _("答复证照查看申请"),
        "look_at_licence": _("经同意查看证照"),
        "propose_revocation": _("提出撤销许可"),
        "decide_revocation": _("决定撤销许可"),
    },
    looks=frozenset({"look_at_licence"}),
    names={"licences.licence": "number"},
)

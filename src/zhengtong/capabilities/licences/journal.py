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
        "propose_revocation": _("提出撤销许可"),
        "decide_revocation": _("决定撤销许可"),
    },
    names={"licences.licence": "number"},
)

"""What acts on papers are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "papers",
    {"issue_paper": _("制发文书"), "revoke_paper": _("撤销文书")},
    names={"papers.paper": "title"},
)

"""What acts on papers are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "papers",
    {
        "issue_paper": _("制发文书"),
        "revoke_paper": _("撤销文书"),
        "template_failed": _("文书模板不能用，改用系统自带模板"),
        "start_template": _("开始修改文书模板"),
        "save_template": _("保存文书模板"),
        "submit_template": _("把文书模板送审"),
        "return_template": _("退回文书模板"),
        "publish_template": _("审核发布文书模板"),
        "abandon_template": _("放弃修改文书模板"),
        "try_on_paper": _("用已制发的文书试排模板"),
    },
    looks=frozenset({"try_on_paper"}),
    names={"papers.paper": "title", "papers.templateversion": "kind"},
)

"""What acts on lists of power are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "powers",
    {
        "add_list": _("增加清单"),
        "amend_list": _("修改清单"),
        "load_powers": _("载入权力事项"),
        "compile_version": _("编制权力事项"),
        "amend_version": _("修改编制中的权力事项"),
        "propose_adjustment": _("提出调整权力事项"),
        "submit_version": _("送审权力事项"),
        "abandon_version": _("放弃编制"),
        "return_version": _("退回权力事项"),
        "publish_version": _("审核并发布权力事项"),
        "turn_day": _("权力事项到期生效"),
    },
    keys={"code": _("编码"), "versions": _("版本数")},
    names={"powers.powerentry": "name", "powers.powerversion": "entry__name"},
)

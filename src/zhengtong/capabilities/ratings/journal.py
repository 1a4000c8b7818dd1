"""What the acts on ratings are called in the journal and on a case's timeline."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "ratings",
    {
        "open": _("开始差评整改"),
        "contact": _("联系差评人"),
        "unreachable": _("联系差评人未接通"),
        "rectify": _("完成差评整改"),
        "return": _("退回重新整改"),
        "verify": _("核实差评整改"),
        "rate_again": _("再次评价"),
        "clock_alert": _("差评整改临期或超期"),
        "succeed_office": _("机构调整接续差评整改"),
        "export": _("导出好差评统计"),
    },
)

"""What supervision brings: who may watch and who may urge, urgings on the worklist, their words."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.supervision.urging import READ_WITH, URGE, WATCH, WORK_KIND
from zhengtong.core.audit.public import ActionWords
from zhengtong.core.messages.public import MessageTemplate
from zhengtong.core.worklist.public import Nature, WorkKind
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="supervision",
    title=_("电子监察"),
    declares=(
        Permission(WATCH, _("监察办件")),
        Permission(URGE, _("催办")),
        WorkKind(WORK_KIND, _("催办"), permissions=READ_WITH, nature=Nature.TO_READ),
        MessageTemplate(
            "supervision.urged", _("办件催办"), _("{name}催办“{title}”（{reference}）：{words}。请说明办理情况。")
        ),
        MessageTemplate(
            "supervision.urging_answered", _("催办已说明"), _("{name}说明了“{title}”（{reference}）的办理情况：{words}")
        ),
        ActionWords(
            "supervision",
            {
                "urge_case": _("催办"),
                "answer_urging": _("说明办理情况"),
                "create_display": _("创建大屏链接"),
                "revoke_display": _("停用大屏链接"),
            },
            keys={"urging": _("催办"), "task": _("任务")},
            names={"supervision.walldisplay": "name"},
        ),
    ),
)

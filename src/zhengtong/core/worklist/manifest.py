"""What the worklist brings: what it tells people, and what its acts are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords
from zhengtong.core.worklist.messages import MESSAGE_TEMPLATES
from zhengtong.core.worklist.models import TransferAct
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="worklist",
    title=_("待办"),
    declares=(
        *MESSAGE_TEMPLATES,
        ActionWords(
            "worklist",
            {
                **{act.value: act.label for act in TransferAct},
                "open_item": _("打开转来的任务"),
                "read_item": _("阅毕"),
                "watch": _("关注"),
                "unwatch": _("取消关注"),
                "hand_over": _("移交离任人员的任务"),
                "succeed": _("承接被合并机构的任务"),
            },
            keys={
                "kind": _("类型"),
                "object": _("对象编号"),
                "to_successor": _("移交给接办人的任务"),
                "to_office": _("退回单位的任务"),
                "cancelled": _("取消的待阅"),
                "watched": _("移交的关注（件）"),
                "items": _("转入的任务"),
                "back_in_office": _("待领办的任务"),
            },
        ),
    ),
)

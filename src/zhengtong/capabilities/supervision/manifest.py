"""What supervision brings: who may do what, urgings and cards on the worklist, their words and papers."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.supervision.announcing import SCORE
from zhengtong.capabilities.supervision.cameras import OPEN_VIDEO, REGISTER
from zhengtong.capabilities.supervision.carding import CARD_KIND, DECIDE, REVIEW_KIND
from zhengtong.capabilities.supervision.datasets import DATASETS
from zhengtong.capabilities.supervision.proceedings import CARD_PAPER
from zhengtong.capabilities.supervision.rulebook import COMPILE
from zhengtong.capabilities.supervision.urging import READ_WITH, URGE, WATCH, WORK_KIND
from zhengtong.core.audit.public import ActionWords
from zhengtong.core.messages.public import MessageTemplate
from zhengtong.core.worklist.public import Nature, WorkKind
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="supervision",
    title=_("电子监察"),
    declares=(
        *DATASETS,
        Permission(WATCH, _("监察办件")),
        Permission(URGE, _("催办")),
        Permission(COMPILE, _("编制监察规则")),
        Permission(DECIDE, _("审核亮牌的说明和申诉")),
        Permission(SCORE, _("公布季度考评")),
        Permission(REGISTER, _("登记窗口摄像机")),
        Permission(OPEN_VIDEO, _("调阅窗口视频")),
        WorkKind(WORK_KIND, _("催办"), permissions=READ_WITH, nature=Nature.TO_READ),
        WorkKind(CARD_KIND, _("亮牌说明"), permissions=READ_WITH, transfer_allowed=False, return_allowed=False),
        WorkKind(REVIEW_KIND, _("亮牌审核"), permissions=(DECIDE,), transfer_allowed=False, return_allowed=False),
        CARD_PAPER,
        MessageTemplate(
            "supervision.urged", _("办件催办"), _("{name}催办“{title}”（{reference}）：{words}。请说明办理情况。")
        ),
        MessageTemplate(
            "supervision.urging_answered", _("催办已说明"), _("{name}说明了“{title}”（{reference}）的办理情况：{words}")
        ),
        MessageTemplate(
            "supervision.carded",
            _("监察亮牌"),
            _("“{title}”（{reference}）亮{level}：{rule}。打开可以查看原因和处理。"),
        ),
        MessageTemplate(
            "supervision.card_explained",
            _("亮牌已说明"),
            _("{name}对“{title}”（{reference}）的{level}作了说明：{words}"),
        ),
        MessageTemplate(
            "supervision.card_appealed", _("亮牌申诉"), _("{name}对“{title}”（{reference}）的{level}提出申诉：{words}")
        ),
        MessageTemplate(
            "supervision.card_decided", _("亮牌处理结果"), _("“{title}”（{reference}）的{level}：{outcome}。{words}")
        ),
        ActionWords(
            "supervision",
            {
                "urge_case": _("催办"),
                "answer_urging": _("说明办理情况"),
                "create_display": _("创建大屏链接"),
                "revoke_display": _("停用大屏链接"),
                "explain_card": _("说明亮牌情况"),
                "appeal_card": _("申诉亮牌"),
                "uphold_card": _("维持亮牌"),
                "cancel_card": _("撤销亮牌"),
                "publish_rule": _("发布监察规则"),
                "enable_rule": _("启用监察规则"),
                "disable_rule": _("停用监察规则"),
                "try_rule": _("试运行监察规则"),
                "publish_formula": _("发布评分公式"),
                "announce_scores": _("公布季度考评"),
                "correct_score": _("更正季度考评"),
                "register_camera": _("登记摄像机"),
                "switch_camera": _("启用或者停用摄像机"),
                "open_video": _("调阅窗口视频"),
            },
            looks=frozenset({"open_video"}),
            keys={"urging": _("催办"), "task": _("任务"), "card": _("亮牌"), "level": _("亮牌")},
            names={
                "supervision.walldisplay": "name",
                "supervision.supervisionrule": "name",
                "supervision.camera": "name",
            },
        ),
    ),
)

"""What bundles bring."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.datasets import DATASETS
from zhengtong.capabilities.bundles.services.opinions import GIVEN, REVIEW, TO_GIVE
from zhengtong.capabilities.bundles.services.telling import PART_FAILED
from zhengtong.capabilities.bundles.services.visits import INVITATION, NEWS
from zhengtong.core.audit.public import ActionWords
from zhengtong.core.messages.public import MessageTemplate
from zhengtong.core.papers.public import PaperKind
from zhengtong.core.worklist.public import Nature, WorkKind
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="bundles",
    title=_("一件事"),
    declares=(
        *DATASETS,
        ActionWords(
            "bundles",
            {
                "precheck_part": _("预先核对一件事后续事项的材料"),
                "not_compiled": _("一件事与事项的新内容不符，未更新"),
            },
        ),
        PaperKind(
            "bundles.completion",
            _("一件事办结告知单"),
            Path(__file__).parent / "papers" / "completion.typ",
            sample={
                "applicant_name": "望江区老陈面馆",
                "item_name": "开餐饮店一件事",
                "case_number": "AL-2026-000123",
                "received_on": "2026-11-21",
                "completed_on": "2026-12-03",
                "parts": [
                    {
                        "name": "食品经营许可",
                        "organ": "望江区市场监督管理局",
                        "result": "准予",
                        "number": "望许准〔2026〕1号",
                    },
                    {"name": "门头招牌设置许可", "organ": "望江区城市管理局", "result": "不予", "number": ""},
                ],
                "contact_name": "综合窗口",
                "contact_phone": "0999-8123456",
            },
            must_show=(
                ("case_number", _("办件编号")),
                ("parts.name", _("各事项")),
                ("parts.result", _("各事项的结果")),
            ),
        ),
        MessageTemplate(
            "bundles.submitted",
            _("申请已收到"),
            _("您申请的“{item}”已收到，编号 {number}，共 {count} 个事项，由各部门同时办理。"),
            is_binding=True,
            belongs_to="cases",
        ),
        MessageTemplate(
            "bundles.completed",
            _("一件事已全部办结"),
            _("您申请的“{item}”（{number}）已全部办结，{count} 个事项办成 {granted} 个，请对本次服务作出评价。"),
            belongs_to="cases",
        ),
        WorkKind(PART_FAILED, _("同一件事的其他事项未办成"), permissions=("cases.review_case",), nature=Nature.TO_READ),
        WorkKind(INVITATION, _("联合核查邀请"), permissions=(REVIEW,)),
        WorkKind(NEWS, _("联合核查的变化"), permissions=(REVIEW,), nature=Nature.TO_READ),
        WorkKind(TO_GIVE, _("征求意见"), permissions=(REVIEW,)),
        WorkKind(GIVEN, _("意见答复"), permissions=(REVIEW,), nature=Nature.TO_READ),
    ),
)

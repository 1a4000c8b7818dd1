"""What each notice is looked at with while its template is edited: one made-up application, as it went its ways."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.papers import contents
from zhengtong.kernel.modules import Text

COMMON: Final[contents.Common] = {
    "applicant_name": "望江区老陈面馆",
    "item_name": "食品经营许可（新办）",
    "case_number": "AL-2026-000123",
    "contact_name": "综合窗口",
    "contact_phone": "0999-8123456",
    "contact_address": "望江路18号",
}
REMEDIES: Final[contents.Remedies] = {
    "texts": ["可以自知道本决定之日起六十日内依法申请行政复议。", "也可以自知道本决定之日起六个月内提起行政诉讼。"],
    "review_body": "望江区人民政府",
    "court": "望江区人民法院",
}
SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "receipt": {
        **COMMON,
        "received_at": datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
        "channel": "网上申请",
        "materials": [
            {
                "name": "平面布局图",
                "form": "电子件",
                "count": 2,
            }
        ],
        "expected_on": date(2026, 12, 3),
        "promised_days": 8,
    },
    "acceptance": {
        **COMMON,
        "received_on": date(2026, 11, 21),
        "accepted_on": date(2026, 11, 23),
        "is_deemed": False,
        "statutory_days": 10,
        "statutory_due_on": date(2026, 12, 7),
        "promised_days": 8,
        "promised_due_on": date(2026, 12, 3),
    },
    "rejection_not_competent": {
        **COMMON,
        "received_on": date(2026, 11, 21),
        "reasons": "场所在临湖县。",
        "redirect": {
            "organisation_name": "临湖县市场监督管理局",
            "phone": "0999-7123456",
        },
        "remedies": REMEDIES,
    },
    "rejection_not_required": {
        **COMMON,
        "received_on": date(2026, 11, 21),
        "reasons": "仅销售预包装食品。",
        "remedies": REMEDIES,
    },
    "correction": {
        **COMMON,
        "received_on": date(2026, 11, 21),
        "marks": [
            {
                "where": "平面布局图",
                "problem": "未标明水池",
                "requirement": "补充标明",
            },
            {
                "where": "从业人数",
                "problem": "与名单不符",
                "requirement": "核对后改正",
            },
        ],
        "period_days": 20,
        "due_on": date(2026, 12, 21),
    },
    "site_visit": {
        **COMMON,
        "visit_at": datetime(2026, 11, 25, 6, 0, tzinfo=UTC),
        "address": "滨江路66号",
        "officers": [
            {
                "name": "李国强",
                "certificate_number": "99010200123",
            },
            {
                "name": "周敏",
                "certificate_number": "99010200145",
            },
        ],
        "subjects": ["布局与图纸是否一致"],
        "excluded_days": 5,
        "excluded_from": date(2026, 11, 25),
        "new_due_on": date(2026, 12, 14),
    },
    "extension": {
        **COMMON,
        "accepted_on": date(2026, 11, 23),
        "original_due_on": date(2026, 12, 7),
        "extended_days": 5,
        "new_due_on": date(2026, 12, 14),
        "reasons": "需要再次核查。",
        "approved_by": "本机关负责人",
        "legal_basis": "《行政许可法》第四十二条第一款",
    },
    "grant": {
        **COMMON,
        "accepted_on": date(2026, 11, 23),
        "legal_basis": "《行政许可法》第三十八条第一款",
        "licence_name": "食品经营许可证",
        "licence_number": "JY29901020000017",
        "scope": [["经营项目", "热食类食品制售"]],
        "valid_from": date(2026, 12, 1),
        "valid_until": date(2031, 11, 30),
        "delivery_days": 5,
    },
    "refusal": {
        **COMMON,
        "accepted_on": date(2026, 11, 23),
        "reasons": [
            {
                "fact": "没有洗手设施。",
                "article": "《食品安全法》第三十三条",
            }
        ],
        "legal_basis": "《行政许可法》第三十八条第二款",
        "remedies": REMEDIES,
    },
    "withdrawal": {
        **COMMON,
        "received_on": date(2026, 11, 21),
        "withdrawn_on": date(2026, 11, 24),
        "reason": "租赁合同解除",
    },
    "delivery": {
        **COMMON,
        "papers": [
            {
                "title": "准予行政许可决定书",
                "number": "望许准〔2026〕1号",
            }
        ],
        "method": "网上送达",
    },
    "special_procedure": {
        **COMMON,
        "matter": "专家评审",
        "reason": "涉及新工艺，需要专家论证",
        "excluded_days": 15,
        "excluded_from": date(2026, 11, 25),
        "excluded_basis": "《行政许可法》第四十五条",
        "new_due_on": date(2026, 12, 28),
        "conducted_by": "市食品安全专家组",
    },
    "consultation": {
        **COMMON,
        "addressee": "望江区司法局",
        "question": "该经营场所是否属于禁止设立餐饮服务的范围。",
        "days": 3,
        "due_on": date(2026, 11, 26),
    },
}
# What the law wants on a notice, whoever edits its template (行政许可法 第三十二、三十四、三十八、四十二、四十五条).
MUST_SHOW: Final[Mapping[str, tuple[tuple[str, Text], ...]]] = {
    "receipt": (
        ("case_number", _("办件编号")),
        ("received_at", _("收到材料的时间")),
        ("materials.name", _("收到的材料")),
    ),
    "acceptance": (
        ("case_number", _("办件编号")),
        ("accepted_on", _("受理日期")),
        ("statutory_due_on", _("法定办结日期")),
    ),
    "rejection_not_competent": (
        ("reasons", _("不予受理的理由")),
        ("redirect.organisation_name", _("应当向哪个机关申请")),
        ("remedies.texts", _("救济途径")),
    ),
    "rejection_not_required": (("reasons", _("不受理的理由")), ("remedies.texts", _("救济途径"))),
    "correction": (("marks.where", _("要补正的内容")), ("marks.problem", _("问题")), ("marks.requirement", _("要求"))),
    "site_visit": (("visit_at", _("核查时间")), ("officers.name", _("核查人员")), ("new_due_on", _("顺延后的期限"))),
    "special_procedure": (
        ("matter", _("特别程序")),
        ("excluded_days", _("所需时间")),
        ("new_due_on", _("顺延后的期限")),
    ),
    "extension": (("new_due_on", _("延长后的期限")), ("reasons", _("延长的理由"))),
    "grant": (("case_number", _("办件编号")), ("licence_name", _("准予的内容")), ("legal_basis", _("依据"))),
    "refusal": (
        ("reasons.fact", _("不予许可的理由")),
        ("legal_basis", _("依据")),
        ("remedies.texts", _("救济途径")),
        ("remedies.review_body", _("行政复议机关")),
        ("remedies.court", _("管辖法院")),
    ),
    "withdrawal": (("case_number", _("办件编号")), ("withdrawn_on", _("终止办理的日期"))),
    "consultation": (("question", _("征求的意见")), ("due_on", _("答复期限"))),
    "delivery": (("papers.title", _("送达的文书")), ("method", _("送达方式"))),
}

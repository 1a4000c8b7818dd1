"""What cases bring: permissions, the roles made of them, how cases are protected, the papers of a case."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.datasets import DATASETS
from zhengtong.capabilities.cases.journal import ACTION_WORDS
from zhengtong.capabilities.cases.marking import FILE_HOLDER, MARK_CONTENT, MARKABLE_CASE
from zhengtong.capabilities.cases.messages import MESSAGE_TEMPLATES, NOTICE_TOPIC
from zhengtong.capabilities.cases.models import (
    Case,
    Dictionary,
    DictionaryEntry,
    ItemDraft,
    KeptMaterial,
    LibraryMaterial,
)
from zhengtong.capabilities.cases.screens import DictionaryEntryScreens, DictionaryScreens
from zhengtong.capabilities.cases.search import SEARCHABLES
from zhengtong.capabilities.cases.selectors import list_agent_matters
from zhengtong.capabilities.cases.services.papers import PAPER_KINDS
from zhengtong.capabilities.cases.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import AgentMatters, MatterKind, Protected
from zhengtong.core.marks.public import MARK_RULE
from zhengtong.kernel.calendars import IMPORT_CALENDAR
from zhengtong.kernel.modules import Module, Permission, Role

MODULE = Module(
    code="cases",
    title=_("办件"),
    declares=(
        *DATASETS,
        Permission("cases.view_case", _("查看办件")),
        Permission("cases.edit_application", _("填写申请")),
        Permission("cases.withdraw_application", _("撤回申请")),
        Permission("cases.appraise_case", _("评价办件")),
        Permission("cases.keep_material", _("保管自己的材料")),
        Permission("cases.accept_case", _("受理办件")),
        Permission("cases.file_for_applicant", _("窗口代为申请")),
        Permission("cases.review_case", _("审查办件")),
        Permission("cases.decide_case", _("作出决定")),
        Permission("cases.approve_extension", _("批准延期")),
        Permission("cases.deliver_case", _("送达文书")),
        Permission("cases.archive_case", _("归档办件")),
        Permission("cases.compile_item", _("编制事项")),
        Permission("items.compile", _("编制本单位的事项")),
        Permission("items.publish", _("审核发布本单位的事项")),
        IMPORT_CALENDAR,
        Role(
            "window_clerk",
            _("窗口受理员"),
            (
                "cases.view_case",
                "cases.accept_case",
                "cases.file_for_applicant",
                "cases.deliver_case",
                "identity.verify_identity",
                "payments.view_order",
                "payments.collect_fee",
                "payments.ask_refund",
                "licences.look_up",
            ),
        ),
        Role(
            "reviewer",
            _("审查员"),
            (
                "cases.view_case",
                "cases.review_case",
                MARK_CONTENT,
                "cases.archive_case",
                "licences.view_licence",
                "licences.propose_revocation",
                "licences.look_up",
                "ratings.view_rating",
                "ratings.handle_rating",
            ),
        ),
        Role(
            "approver",
            _("审批员"),
            (
                "cases.view_case",
                "cases.decide_case",
                MARK_CONTENT,
                "licences.view_licence",
                "licences.decide_revocation",
                "ratings.view_rating",
                "ratings.verify_rating",
            ),
        ),
        Role(
            "organ_head",
            _("机关负责人"),
            (
                "cases.view_case",
                "cases.decide_case",
                "cases.approve_extension",
                MARK_CONTENT,
                "marks.view_marks",
                "licences.view_licence",
                "licences.decide_revocation",
                "ratings.view_rating",
                "screens.share_view",
                "supervision.watch",
            ),
        ),
        Role(
            "supervisor",
            _("监察员"),
            (
                "cases.view_case",
                "ratings.view_rating",
                "supervision.watch",
                "supervision.urge",
                "supervision.compile_rule",
                "supervision.decide_card",
                "supervision.announce_scores",
                "supervision.register_camera",
                "supervision.open_video",
            ),
        ),
        Role("item_compiler", _("事项管理员"), ("cases.compile_item", IMPORT_CALENDAR.code)),
        Role("item_clerk", _("事项编制员"), ("items.compile",)),
        Role("item_publisher", _("事项审核员"), ("items.compile", "items.publish")),
        Protected(ItemDraft, organisation="organisation_id"),
        Protected(LibraryMaterial, organisation="organisation_id"),
        Protected(
            Case,
            **MARK_RULE,
            organisation="organisation_id",
            owner="account_id",
            owner_is_cleared=True,
            entity="legal_entity_id",
            matters=("office__item__code", "parent__office__item__code"),
            owner_actions=frozenset(
                {
                    "cases.view_case",
                    "cases.edit_application",
                    "cases.withdraw_application",
                    "cases.appraise_case",
                }
            ),
        ),
        Protected(
            KeptMaterial,
            owner="account_id",
            entity="legal_entity_id",
            owner_actions=frozenset({"cases.keep_material"}),
        ),
        MARKABLE_CASE,
        FILE_HOLDER,
        Protected(Dictionary, is_unscoped=True),
        Protected(DictionaryEntry, is_unscoped=True),
        DictionaryScreens(),
        DictionaryEntryScreens(),
        ACTION_WORDS,
        AgentMatters(list_agent_matters),
        MatterKind(
            "cases.counter",
            _("窗口受理和送达"),
            (
                "cases.view_case",
                "cases.accept_case",
                "cases.file_for_applicant",
                "cases.deliver_case",
                "identity.verify_identity",
            ),
        ),
        MatterKind(
            "cases.review",
            _("审查"),
            (
                "cases.view_case",
                "cases.review_case",
                "cases.archive_case",
                "licences.view_licence",
                "licences.propose_revocation",
            ),
        ),
        MatterKind("cases.decision", _("审批决定"), ("cases.view_case", "cases.decide_case", "licences.view_licence")),
        MatterKind("cases.extension", _("批准延期"), ("cases.view_case", "cases.approve_extension")),
        *PAPER_KINDS,
        *WORK_KINDS,
        *MESSAGE_TEMPLATES,
        NOTICE_TOPIC,
        *SEARCHABLES,
    ),
)

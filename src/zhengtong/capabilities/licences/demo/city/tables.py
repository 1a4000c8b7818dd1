"""Which columns of which tables a real city's cases fill, and the words that the services fill them with."""

from collections.abc import Mapping

# The tables and their columns, in the order in which they are filled.
TABLES: Mapping[str, tuple[str, ...]] = {
    "cases.Case": (
        "id", "public_id", "number", "item_version_id", "item_name", "office_id", "organisation_id", "state", "version",
        "channel", "delivery_way", "account_id", "legal_entity_id", "filed_by_id", "applicant_name",
        "applicant_number", "applicant_phone", "identity_checked", "form", "reused", "created_at", "saved_at",
        "submitted_at", "received_at", "accepted_at", "is_deemed_accepted", "decided_at", "delivered_at", "closed_at",
        "due_at",
    ),
    "cases.CaseEvent": (
        "case_id", "at", "act", "from_state", "to_state", "actor_name", "organisation_name", "words", "note",
    ),
    "cases.Task": (
        "id", "case_id", "node", "organisation_id", "permission", "assignee_id", "status", "opened_at", "done_at",
        "done_by_id", "outcome", "opinion",
    ),
    "worklist.WorkItem": (
        "kind", "object_id", "nature", "organisation_id", "permission", "assignee_id", "reference", "title", "party",
        "step", "url", "due_at", "next_alert_at", "level", "state", "opened_at", "done_at",
    ),
    "cases.Clock": (
        "id", "case_id", "purpose", "basis", "rule", "article", "unit", "budget", "extension", "started_at",
        "finished_at", "is_paused", "level", "due_at", "next_alert_at", "is_provisional", "calendar_version",
    ),
    "cases.ClockInterval": (
        "clock_id", "started_at", "ended_at", "allowed_days", "reason", "article", "paper_id",
    ),
    "cases.CaseDocument": ("case_id", "paper_id"),
    "cases.CorrectionNotice": ("id", "case_id", "issued_at", "paper_id", "resubmitted_at"),
    "cases.CorrectionMark": ("notice_id", "target", "label", "message"),
    "cases.SiteVisit": (
        "id", "case_id", "planned_at", "place", "allowed_days", "paper_id", "arranged_at", "is_passed", "findings",
        "finished_at",
    ),
    "cases.SiteVisit_officers": ("sitevisit_id", "appointment_id"),
    "cases.Appraisal": ("case_id", "score", "comment", "given_at"),
    "audit.AuditRecord": (
        "at", "actor_kind", "account", "actor_name", "appointment", "organisation", "action", "object_kind",
        "object_id", "before", "after", "address", "request_id", "purpose", "digest",
    ),
}  # fmt: skip
# Filled from a table of their own, which gives them their numbers (see ``loading``).
DRAFTS: Mapping[str, tuple[str, ...]] = {
    "cases.Decision": (
        "case_id", "organisation_id", "outcome", "reasons", "legal_basis", "decided_by_id", "decided_at",
    ),
    "papers.Paper": ("id", "organisation_id", "code", "kind", "title", "word", "issued_at", "content", "public_facts"),
}  # fmt: skip
# Rows of a case whose ids others name: so many ids are kept for each case.
TASKS, CLOCKS, PAPERS = 6, 4, 2
PERMISSIONS = {
    "acceptance": "cases.accept_case",
    "review": "cases.review_case",
    "decision": "cases.decide_case",
    "delivery": "cases.deliver_case",
}
STEPS = {"acceptance": "受理", "review": "审查", "decision": "决定", "delivery": "送达"}
LEADS_TO = {
    "submit": "submitted",
    "request_materials": "need_materials",
    "resubmit": "resubmitted",
    "accept": "accepted",
    "declare_not_required": "not_required",
    "declare_not_competent": "not_competent",
    "withdraw": "withdrawn",
    "begin_review": "reviewing",
    "start_excluded_time": "excluded_time",
    "end_excluded_time": "reviewing",
    "decide_grant": "granted",
    "decide_refuse": "refused",
    "deliver": "delivered",
    "archive": "archived",
}
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

"""The papers module's door."""

from zhengtong.core.papers.diffs import Line, compare_lines
from zhengtong.core.papers.domain import MistypedCode, PaperStatus, Standing, read_code, show_code
from zhengtong.core.papers.edited import LONGEST_SOURCE, SetPaper
from zhengtong.core.papers.faults import TemplateFault
from zhengtong.core.papers.fonts import FontCase, FontsMissing, open_font_case
from zhengtong.core.papers.kinds import PaperFinisher, PaperKind, VerificationPage
from zhengtong.core.papers.models import OPEN_TEMPLATES, Paper, TemplateStatus, TemplateVersion
from zhengtong.core.papers.rendering import ensure_rendered, open_pdf, verify_url
from zhengtong.core.papers.samples import DESCRIBED_MUST_SHOW, DESCRIBED_SAMPLE
from zhengtong.core.papers.selectors import PaperDescription, describe, get_paper_by_code, get_status, matches_file
from zhengtong.core.papers.services import (
    AlreadyRevoked,
    end_paper,
    issue_paper,
    resume_paper,
    revoke_paper,
    suspend_paper,
)
from zhengtong.core.papers.templates import (
    abandon_template,
    find_faults,
    get_open,
    list_kinds,
    list_trials,
    list_versions,
    preview_template,
    publish_template,
    read_live,
    read_supplied,
    restore_supplied,
    return_template,
    save_template,
    start_template,
    submit_template,
)
from zhengtong.core.papers.typesetting import Sheet, UnprintablePaper, render_pdf

__all__ = [
    "DESCRIBED_MUST_SHOW",
    "DESCRIBED_SAMPLE",
    "LONGEST_SOURCE",
    "OPEN_TEMPLATES",
    "AlreadyRevoked",
    "FontCase",
    "FontsMissing",
    "Line",
    "MistypedCode",
    "Paper",
    "PaperDescription",
    "PaperFinisher",
    "PaperKind",
    "PaperStatus",
    "SetPaper",
    "Sheet",
    "Standing",
    "TemplateFault",
    "TemplateStatus",
    "TemplateVersion",
    "UnprintablePaper",
    "VerificationPage",
    "abandon_template",
    "compare_lines",
    "describe",
    "end_paper",
    "ensure_rendered",
    "find_faults",
    "get_open",
    "get_paper_by_code",
    "get_status",
    "issue_paper",
    "list_kinds",
    "list_trials",
    "list_versions",
    "matches_file",
    "open_font_case",
    "open_pdf",
    "preview_template",
    "publish_template",
    "read_code",
    "read_live",
    "read_supplied",
    "render_pdf",
    "restore_supplied",
    "resume_paper",
    "return_template",
    "revoke_paper",
    "save_template",
    "show_code",
    "start_template",
    "submit_template",
    "suspend_paper",
    "verify_url",
]

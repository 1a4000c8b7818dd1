"""The papers module's door."""

from zhengtong.core.papers.domain import MistypedCode, PaperStatus, Standing, read_code, show_code
from zhengtong.core.papers.fonts import FontsMissing
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.core.papers.models import Paper
from zhengtong.core.papers.rendering import ensure_rendered, open_pdf, verify_url
from zhengtong.core.papers.selectors import PaperDescription, describe, get_paper_by_code, get_status, matches_file
from zhengtong.core.papers.services import AlreadyRevoked, end_paper, issue_paper, revoke_paper
from zhengtong.core.papers.typesetting import Sheet, UnprintablePaper, render_pdf

__all__ = [
    "AlreadyRevoked",
    "FontsMissing",
    "MistypedCode",
    "Paper",
    "PaperDescription",
    "PaperKind",
    "PaperStatus",
    "Sheet",
    "Standing",
    "UnprintablePaper",
    "describe",
    "end_paper",
    "ensure_rendered",
    "get_paper_by_code",
    "get_status",
    "issue_paper",
    "matches_file",
    "open_pdf",
    "read_code",
    "render_pdf",
    "revoke_paper",
    "show_code",
    "verify_url",
]

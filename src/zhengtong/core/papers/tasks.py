"""Rendering in the background."""

from zhengtong.core.papers.models import Paper
from zhengtong.core.papers.rendering import ensure_rendered
from zhengtong.kernel.jobs import job


@job("papers.render")
def render_paper(paper_id: int) -> None:
    """Give the paper its file. A second run finds the file and does nothing."""
    ensure_rendered(Paper.objects.get(pk=paper_id))

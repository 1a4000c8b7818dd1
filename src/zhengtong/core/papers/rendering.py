"""From an issued paper to its one file."""

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from zhengtong.core.audit.public import record
from zhengtong.core.files.public import open_bytes, store_bytes
from zhengtong.core.marks.public import derive_mark
from zhengtong.core.papers.edited import set_edited
from zhengtong.core.papers.faults import TemplateFault
from zhengtong.core.papers.kinds import PaperFinisher
from zhengtong.core.papers.models import Paper, TemplateStatus, TemplateVersion
from zhengtong.core.papers.typesetting import Sheet, render_pdf, template_hash
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM


def verify_url(paper: Paper) -> str:
    """Return the address that the QR code of ``paper`` holds."""
    return f"{settings.PUBLIC_URL}/verify/{paper.code}"


@transaction.atomic
def ensure_rendered(paper: Paper) -> Paper:
    """Return ``paper`` with its file, which is made now if it isn't there yet.

    The row is locked meanwhile: whoever comes second finds the file of the first. File and digest become
    true in one transaction. Raises FontsMissing and UnprintablePaper.
    """
    if paper.file_id is not None:
        return paper
    locked = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if locked.file_id is None:
        locked.template_version = find_in_force(locked.kind, locked.issued_at)
        pdf = _set_in_force(locked)
        for finisher in registry.of(PaperFinisher):
            pdf = finisher.finish(locked, pdf)
        locked.file = store_bytes(actor=SYSTEM, name=locked.file_name, data=pdf, content_type="application/pdf")
        locked.sha256 = sha256(pdf).hexdigest()
        edited = find_edited(locked)
        locked.template_hash = template_hash(edited.source if edited else locked.template)
        locked.save(update_fields=["file", "sha256", "template_hash", "template_version", "template_fault"])
        # What it was made from may be a work secret.
        derive_mark(actor=SYSTEM, row=locked.file)
    for name in ("file", "sha256", "template_hash", "template_version", "template_fault"):
        setattr(paper, name, getattr(locked, name))
    return paper


def find_in_force(kind: str, at: datetime) -> TemplateVersion | None:
    """Return the version of the template that was in force at a moment; None: the supplied one, never edited."""
    published = TemplateVersion.objects.filter(kind=kind, status=TemplateStatus.PUBLISHED, published_at__lte=at)
    return published.order_by("-published_at", "-number").first()


def find_edited(paper: Paper) -> TemplateVersion | None:
    """Return the edited template that ``paper`` is set with, None for the supplied one."""
    version = paper.template_version
    return None if version is None or version.is_supplied or paper.template_fault else version


def _set_in_force(paper: Paper) -> bytes:
    """Set ``paper`` with the template in force; where that can't, with the supplied one: nobody waits for her notice
    because of a template, and those who keep it see why."""
    try:
        return set_paper(paper)
    except TemplateFault as fault:
        paper.template_fault = str(fault)[:300]
        after = {"version": paper.template_version_id, "fault": paper.template_fault}
        record(SYSTEM, "papers.template_failed", paper, after=after)
        return set_paper(paper)


def make_sheet(paper: Paper) -> Sheet:
    """Return all that ``paper`` says, to be set."""
    return Sheet(
        title=paper.title,
        number=paper.number,
        issuer_name=paper.issuer_name,
        issued_at=paper.issued_at,
        code=paper.code,
        verify_url=verify_url(paper),
        content=paper.content,
    )


def set_paper(paper: Paper) -> bytes:
    """Return the PDF of ``paper`` without keeping it. The same paper and template give the same bytes.

    Raises TemplateFault where an edited template can't be used.
    """
    edited = find_edited(paper)
    if edited is not None:
        return set_edited(edited.source, paper.declaration, make_sheet(paper)).pdf
    return render_pdf(paper.template, make_sheet(paper))


def open_pdf(paper: Paper) -> bytes:
    """Return the bytes of the file of ``paper``, rendering it first if need be."""
    rendered = ensure_rendered(paper)
    assert rendered.file is not None  # ensure_rendered gives it one
    return open_bytes(rendered.file)

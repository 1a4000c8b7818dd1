"""From an issued paper to its one file."""

from hashlib import sha256

from django.conf import settings
from django.db import transaction

from zhengtong.core.files.public import open_bytes, store_bytes
from zhengtong.core.papers.models import Paper
from zhengtong.core.papers.typesetting import Sheet, render_pdf, template_hash
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
        pdf = set_paper(locked)
        locked.file = store_bytes(actor=SYSTEM, name=locked.file_name, data=pdf, content_type="application/pdf")
        locked.sha256 = sha256(pdf).hexdigest()
        locked.template_hash = template_hash(locked.template)
        locked.save(update_fields=["file", "sha256", "template_hash"])
    paper.file, paper.sha256, paper.template_hash = locked.file, locked.sha256, locked.template_hash
    return paper


def set_paper(paper: Paper) -> bytes:
    """Return the PDF of ``paper`` without keeping it. The same paper and template give the same bytes."""
    sheet = Sheet(
        title=paper.title,
        number=paper.number,
        issuer_name=paper.issuer_name,
        issued_at=paper.issued_at,
        code=paper.code,
        verify_url=verify_url(paper),
        content=paper.content,
    )
    return render_pdf(paper.template, sheet)


def open_pdf(paper: Paper) -> bytes:
    """Return the bytes of the file of ``paper``, rendering it first if need be."""
    rendered = ensure_rendered(paper)
    assert rendered.file is not None  # ensure_rendered gives it one
    return open_bytes(rendered.file)

"""Reading papers: by code for a stranger, and what a stranger may know."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from zhengtong.core.papers.domain import PaperStatus, Standing, read_code
from zhengtong.core.papers.models import Paper


@dataclass(frozen=True, slots=True)
class PaperDescription:
    """What anyone may know of a paper who has its code."""

    code: str
    title: str
    number: str
    issuer_name: str
    issued_at: datetime
    status: PaperStatus
    public_facts: tuple[tuple[str, str], ...]


def get_paper_by_code(code: str) -> Paper | None:
    """Return the paper with ``code`` as a person typed it, or None if none was ever issued under it.

    Raises MistypedCode for what can't be a code: it was mistyped, and says nothing about any paper.
    """
    return Paper.objects.filter(code=read_code(code)).first()


def get_status(paper: Paper) -> PaperStatus:
    """Return the standing of ``paper`` at this moment."""
    if paper.revoked_at is not None:
        sentence = _("本文书已于 %(date)s 撤销，不再有效。") % {"date": _day(paper.revoked_at)}
        if paper.revoked_reason:
            sentence += _("理由：%(reason)s") % {"reason": paper.revoked_reason}
        return PaperStatus(Standing.REVOKED, sentence)
    if paper.suspended_at is not None:
        sentence = _("本文书自 %(date)s 起暂停使用。") % {"date": _day(paper.suspended_at)}
        if paper.suspended_reason:
            sentence += _("理由：%(reason)s") % {"reason": paper.suspended_reason}
        return PaperStatus(Standing.SUSPENDED, sentence)
    if answer := paper.declaration.status:
        return answer(paper)
    return PaperStatus(Standing.IN_FORCE, _("本文书真实、有效。"))


def describe(paper: Paper) -> PaperDescription:
    """Return what a stranger who verifies ``paper`` is told."""
    return PaperDescription(
        code=paper.shown_code,
        title=paper.title,
        number=paper.number,
        issuer_name=paper.issuer_name,
        issued_at=paper.issued_at,
        status=get_status(paper),
        public_facts=tuple((str(label), str(value)) for label, value in paper.public_facts),
    )


def matches_file(paper: Paper, data: bytes) -> bool:
    """Return whether ``data`` is, byte for byte, the file that was issued. False while there is no file."""
    return bool(paper.sha256) and compare_digest(sha256(data).hexdigest(), paper.sha256)


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "Y年n月j日")

"""Issuing and revoking papers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.core.papers.models import Paper
from zhengtong.core.papers.tasks import render_paper
from zhengtong.core.papers.text import printable, printable_content
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, require


class AlreadyRevoked(Exception):
    """The paper was revoked before."""


def issue_paper(
    *,
    actor: Actor,
    kind: str,
    title: str,
    number: str | None,
    issuer: Organisation,
    content: Mapping[str, Any],
    public_facts: Sequence[tuple[str, str]],
    issued_at: datetime | None = None,
) -> Paper:
    """Issue a paper of the declared ``kind`` in the caller's transaction; its file is made by a job after it.

    The caller has decided that ``actor`` may. ``content`` is what the kind's template documents;
    ``public_facts`` pairs of label and value with natural persons' names already masked. An empty ``title`` is
    the kind's own. ``issued_at`` is now by default. Raises LookupError for an undeclared kind.
    """
    declaration = registry.get(PaperKind, kind)
    # No savepoint: whoever issues a paper gives up its own transaction when that fails.
    with transaction.atomic(savepoint=False):
        paper = Paper.objects.create(
            kind=kind,
            title=printable(title or str(declaration.title)),
            number=printable(number or ""),
            issuer=issuer,
            issuer_name=issuer.name,
            issued_at=issued_at or timezone.now(),
            content=printable_content(content),
            public_facts=printable_content([list(fact) for fact in public_facts]),
        )
        record(actor, "papers.issue_paper", paper, after={"kind": kind, "number": number, "title": paper.title})
        enqueue(render_paper, paper_id=paper.pk)
    return paper


@transaction.atomic
def revoke_paper(*, actor: Actor, paper: Paper, reason: str) -> Paper:
    """Take the effect from a paper; who verifies it is told so and why.

    Raises Denied, and AlreadyRevoked.
    """
    require(actor, "papers.revoke_paper", paper)
    return end_paper(actor=actor, paper=paper, reason=reason)


@transaction.atomic
def suspend_paper(*, paper: Paper, reason: str) -> None:
    """Let a paper be without effect for a time, as part of another act, whose record says so. Twice is once.

    Raises AlreadyRevoked.
    """
    locked = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if locked.revoked_at is not None:
        raise AlreadyRevoked(locked.code)
    if locked.suspended_at is None:
        locked.suspended_at, locked.suspended_reason = timezone.now(), printable(reason)[:300]
        locked.save(update_fields=["suspended_at", "suspended_reason"])


def resume_paper(*, paper: Paper) -> None:
    """Give a suspended paper its effect back, as part of another act, whose record says so."""
    locked = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if locked.suspended_at is not None:
        locked.suspended_at, locked.suspended_reason = None, ""
        locked.save(update_fields=["suspended_at", "suspended_reason"])


def end_paper(*, actor: Actor, paper: Paper, reason: str) -> Paper:
    """Take the effect from a paper as part of another act, whose service has decided that ``actor`` may: a newer paper
    stands in its place, or what it certified has ended. Raises AlreadyRevoked."""
    locked = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if locked.revoked_at is not None:
        raise AlreadyRevoked(locked.code)
    locked.revoked_at = timezone.now()
    locked.revoked_reason = printable(reason)[:300]
    locked.save(update_fields=["revoked_at", "revoked_reason"])
    record(actor, "papers.revoke_paper", locked, before={"revoked_at": None}, after={"reason": locked.revoked_reason})
    return locked

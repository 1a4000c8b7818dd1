"""Revocation lists: a new one at every revocation and before the last one's time is over."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.capabilities.pki.domain.certificates import RevokedEntry, make_list
from zhengtong.capabilities.pki.issuers import get_issuing
from zhengtong.capabilities.pki.models import Authority, CertificateState, RevocationList
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM, Actor

# A list is relied on for so long; the next one comes well before. A root revokes rarely.
LIFE, ROOT_LIFE = timedelta(days=7), timedelta(days=180)
RENEW_BEFORE, ROOT_RENEW_BEFORE = timedelta(days=6), timedelta(days=30)


@transaction.atomic
def publish_list(*, authority: Authority, actor: Actor = SYSTEM) -> RevocationList:
    """Sign and keep a new full list of ``authority``. Raises SignerUnavailable.

    A certificate leaves the list once it has stood on one that was published after its own end (RFC 5280 3.3).
    """
    locked = Authority.objects.select_for_update(of=("self",)).select_related("parent").get(pk=authority.pk)
    now = timezone.now().replace(microsecond=0)
    last = locked.lists.order_by("-number").first()
    revoked = locked.certificates.exclude(state=CertificateState.VALID).order_by("id")
    if last is not None:
        revoked = revoked.filter(Q(not_after__gte=last.this_update))
    entries = [
        RevokedEntry(int(serial, 16), at, reason)
        for serial, at, reason in revoked.values_list("serial", "revoked_at", "reason")
        if at is not None
    ]
    locked.list_number += 1
    until = now + (ROOT_LIFE if locked.is_root else LIFE)
    der = make_list(
        issuing=get_issuing(locked), number=locked.list_number, this_update=now, next_update=until, entries=entries
    )
    locked.save(update_fields=["list_number"])
    published = RevocationList.objects.create(
        authority=locked, number=locked.list_number, this_update=now, next_update=until, entries=len(entries), der=der
    )
    record(actor, "pki.publish_list", published, after={"number": published.number, "entries": published.entries})
    return published


def get_list(authority: Authority) -> RevocationList:
    """Return the newest list; publish one when the newest has run out, whatever kept the periodic job."""
    newest = authority.lists.order_by("-number").first()
    if newest is None or newest.next_update <= timezone.now():
        return publish_list(authority=authority)
    return newest


def publish_due_lists() -> int:
    """Publish the lists whose turn it is; return how many."""
    now, count = timezone.now(), 0
    for authority in Authority.objects.all():
        newest = authority.lists.order_by("-number").first()
        before = ROOT_RENEW_BEFORE if authority.is_root else RENEW_BEFORE
        if newest is None or newest.next_update - before <= now:
            publish_list(authority=authority)
            count += 1
    return count

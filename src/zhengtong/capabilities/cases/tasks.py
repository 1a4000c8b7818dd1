"""Jobs of cases: clocks that came due, deadlines after a new calendar, electronic delivery."""

from contextlib import suppress

from zhengtong.capabilities.cases.services import clocks
from zhengtong.core.papers.public import ensure_rendered
from zhengtong.kernel.jobs import job, periodic
from zhengtong.kernel.policy import SYSTEM


@periodic("cases.fire_clocks", "* * * * *")
def fire_clocks(timestamp: int) -> None:
    """Every minute: whatever came due since the last time, however long that is ago."""
    from zhengtong.capabilities.cases.services.supervision import fire_due

    while fire_due() == clocks.BATCH:
        continue


@job("cases.deem_accepted")
def deem_accepted(case_id: int) -> None:
    from zhengtong.capabilities.cases.services.acceptance import deem_accepted as act

    act(case_id=case_id)


@job("cases.deliver_electronically")
def deliver_electronically(case_id: int) -> None:
    """Make every paper of the case, then mark it delivered: what can't be downloaded isn't delivered.

    One that is held back waits: whoever settles what holds it resumes the delivery.
    """
    from zhengtong.capabilities.cases.errors import HeldBack
    from zhengtong.capabilities.cases.models import CaseDocument
    from zhengtong.capabilities.cases.services.decision import deliver_case

    for document in CaseDocument.objects.filter(case_id=case_id).select_related("paper"):
        ensure_rendered(document.paper)
    with suppress(HeldBack):
        deliver_case(actor=SYSTEM, case_id=case_id)


@periodic("cases.remind_consulted", "*/10 * * * *")
def remind_consulted(timestamp: int) -> None:
    """Every ten minutes: who was asked for an opinion and hasn't answered in time is told, and who asked."""
    from zhengtong.capabilities.cases.services.consulting import REMINDED_AT_ONCE, remind_late

    while remind_late() == REMINDED_AT_ONCE:
        continue


@periodic("cases.refresh_items", "2 0 * * *")
def refresh_items(timestamp: int) -> None:
    """Every night: thresholds that come into force change what items ask."""
    from zhengtong.capabilities.cases.services.items import refresh_items as act

    act(actor=SYSTEM)


@job("cases.recompute_clocks")
def recompute_clocks(after_id: int = 0) -> None:
    """One batch of open clocks after a calendar was imported; the next batch is a job of its own."""
    last = clocks.recompute_open(after_id)
    if last:
        recompute_clocks.defer(after_id=last)

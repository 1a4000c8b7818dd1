"""What an operator has to look at: a contract whose last run failed, and receipts that stay without a stamp (待补戳).

Each is told of once; what solves it closes the work: the next good run, the stamps that were made up for.
"""

from typing import Final

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.engine.stamps import find_oldest_unstamped, is_late
from zhengtong.capabilities.exchange.messages import run_url, tell_of_failure
from zhengtong.capabilities.exchange.models import Receipt, Run, RunAlert, RunState
from zhengtong.capabilities.exchange.permissions import OPERATE
from zhengtong.capabilities.exchange.work_kinds import FAILED, UNSTAMPED
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.core.worklist.public import WorkItem, WorkState, close_item, open_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

BAD = (RunState.FAILED, RunState.STOPPED)
_LOCK: Final = 0x6578_6368
_ENDED = (*BAD, RunState.DONE)


def watch_runs(*, actor: Actor) -> tuple[int, int]:
    """Open and close alerts by what each contract's last ended run came to; return how many of each."""
    last = Run.objects.filter(contract=OuterRef("pk"), state__in=_ENDED).order_by("-ended_at", "-id")
    contracts = Contract.objects.annotate(
        last=Subquery(last.values("pk")[:1]), came_to=Subquery(last.values("state")[:1])
    )
    alerted = RunAlert.objects.filter(closed_at=None).values("contract")
    failed = contracts.filter(came_to__in=BAD).exclude(pk__in=alerted).values_list("last", flat=True)
    opened = sum(open_alert(actor=actor, run_id=each) for each in failed)
    done = contracts.filter(came_to=RunState.DONE, pk__in=alerted).values_list("pk", "last")
    closed = sum(close_alert(actor=actor, contract_id=pk, run_id=run) for pk, run in done)
    return opened, closed


@step()
def open_alert(*, actor: Actor, run_id: int) -> bool:
    """Tell of a failed run, once a contract. Returns whether somebody was told."""
    related = ("contract__resource", "contract__provider", "contract__consumer")
    run = Run.objects.select_related(*related).get(pk=run_id)
    # The contract's row is the lock: another worker that looks at the same moment finds the alert.
    Contract.objects.select_for_update(of=("self",)).get(pk=run.contract_id)
    if run.state not in BAD or RunAlert.objects.filter(contract=run.contract, closed_at=None).exists():
        return False
    alert = RunAlert.objects.create(contract=run.contract, run=run)
    with translation.override("zh-hans"):
        title = _("交换没有完成：%(name)s") % {"name": run.contract.resource.name}
        state = str(run.get_state_display())
    open_item(
        kind=FAILED,
        object_id=alert.pk,
        organisation_id=run.contract.provider_id,
        permission=OPERATE,
        reference=run.contract.number,
        title=title[:200],
        party=run.contract.consumer.name[:100],
        step=state,
        url=run_url(run),
    )
    record(actor, "exchange.open_alert", run, after={"contract": run.contract.number, "code": run.code})
    tell_of_failure(run, actor=actor)
    return True


@step()
def close_alert(*, actor: Actor, contract_id: int, run_id: int) -> bool:
    """Close the alert of a contract whose run is done again."""
    found = RunAlert.objects.select_for_update(of=("self",)).select_related("contract")
    alert = find_sole(found.filter(contract_id=contract_id, closed_at=None))
    if alert is None:
        return False
    alert.closed_at = timezone.now()
    alert.save(update_fields=["closed_at"])
    close_item(kind=FAILED, object_id=alert.pk, done_by_id=None)
    record(actor, "exchange.close_alert", alert, after={"contract": alert.contract.number, "run": run_id})
    return True


# Receipts without stamps ---------------------------------------------------------------------------------


def watch_stamps(*, actor: Actor) -> tuple[int, int]:
    """Open work for each office whose receipts wait too long, close it when none waits; return how many of each."""
    told = set(WorkItem.objects.filter(kind=UNSTAMPED, state=WorkState.OPEN).values_list("object_id", flat=True))
    if is_late():
        waiting = Receipt.objects.filter(is_stamped=False).order_by()
        offices = set(waiting.values_list("run__contract__provider_id", flat=True).distinct())
        return sum(_open_unstamped(actor=actor, office_id=each) for each in sorted(offices - told)), 0
    return 0, sum(_close_unstamped(actor=actor, office_id=each) for each in sorted(told))


@step()
def _open_unstamped(*, actor: Actor, office_id: int) -> bool:
    office = _hold_office(office_id)
    waiting = Receipt.objects.filter(is_stamped=False, run__contract__provider_id=office_id)
    first = waiting.select_related("run").defer("archive").order_by("id").first()
    oldest = find_oldest_unstamped()
    if first is None or oldest is None or _is_told(office_id):
        return False
    with translation.override("zh-hans"):
        title, words = _("%(n)s 份交换回执没有盖上时间戳") % {"n": waiting.count()}, _("检查时间戳服务")
        party = _("待补戳，中断太久会停止交换")
    open_item(
        kind=UNSTAMPED,
        object_id=office_id,
        organisation_id=office_id,
        permission=OPERATE,
        reference=f"{timezone.localtime(first.made_at):%Y-%m-%d %H:%M}",
        title=title,
        party=party,
        step=words,
        url=run_url(first.run),
    )
    record(actor, "exchange.miss_stamps", office, after={"since": oldest.isoformat(timespec="seconds")})
    return True


@step()
def _close_unstamped(*, actor: Actor, office_id: int) -> bool:
    office = _hold_office(office_id)
    if not _is_told(office_id):
        return False
    close_item(kind=UNSTAMPED, object_id=office_id, done_by_id=None)
    record(actor, "exchange.make_up_stamps", office)
    return True


def _is_told(office_id: int) -> bool:
    return WorkItem.objects.filter(kind=UNSTAMPED, object_id=office_id, state=WorkState.OPEN).exists()


def _hold_office(office_id: int) -> Organisation:
    """Keep another worker from opening or closing the same work at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, office_id])
    return Organisation.objects.get(pk=office_id)

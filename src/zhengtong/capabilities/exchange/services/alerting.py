"""A contract whose last run failed: operator and consumer are told once; the next good run closes the work."""

from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.messages import run_url, tell_of_failure
from zhengtong.capabilities.exchange.models import Run, RunAlert, RunState
from zhengtong.capabilities.exchange.permissions import OPERATE
from zhengtong.capabilities.exchange.work_kinds import FAILED
from zhengtong.core.audit.public import record
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

BAD = (RunState.FAILED, RunState.STOPPED)
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

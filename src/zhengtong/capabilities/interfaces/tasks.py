"""The interface path's jobs: sealing the log, delivering changes, days of the log, what nobody needs any more."""

from datetime import timedelta

from django.utils import timezone

from zhengtong.capabilities.interfaces.gateway.admission import remove_spent
from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.models import Allowance, Change, ChangeState, MemberKey, RuleKey
from zhengtong.capabilities.interfaces.partitions import keep_days
from zhengtong.capabilities.interfaces.sealing import seal_calls
from zhengtong.capabilities.interfaces.services.alerting import watch_interfaces
from zhengtong.capabilities.interfaces.services.delivery import deliver_changes, list_due
from zhengtong.kernel.jobs import job, periodic
from zhengtong.kernel.policy import SYSTEM

ALLOWANCES_KEPT = timedelta(days=2)


@periodic("interfaces.seal", "* * * * * */5")  # the sixth field is the seconds
def seal(timestamp: int) -> None:
    """Close a block over the calls since the last one, and stamp it."""
    seal_calls()


@job("interfaces.deliver", retry=0)
def deliver(subscription: int) -> None:
    """Deliver a subscription's changes. A failed one has its next time in its own row."""
    deliver_changes(subscription)


@periodic("interfaces.deliver_due", "* * * * * */15")
def deliver_due(timestamp: int) -> None:
    """Take up what failed before."""
    for subscription in list_due():
        deliver_changes(subscription)


@periodic("interfaces.watch", "* * * * *")
def watch(timestamp: int) -> None:
    """Put on the lists what isn't delivered or stamped, take off what is again."""
    watch_interfaces(actor=SYSTEM)


@periodic("interfaces.clean", "*/5 * * * *")
def clean(timestamp: int) -> None:
    """Remove nonces that no envelope could use again, limits of days gone by, and keys of the test bench."""
    now = timezone.now()
    remove_spent(now)
    Allowance.objects.filter(begun_at__lt=now - ALLOWANCES_KEPT).delete()
    MemberKey.objects.filter(member__is_bench=True, valid_until__lt=now - timedelta(hours=1)).delete()


@periodic("interfaces.days", "10 1 * * *")
def days(timestamp: int) -> None:
    """Make the log's partitions of the next days, drop those that are too old; the same for changes that arrived."""
    keep_days()
    limit = timezone.now() - timedelta(days=get_rule(RuleKey.KEEP_DAYS))
    Change.objects.filter(state=ChangeState.ARRIVED, arrived_at__lt=limit).delete()

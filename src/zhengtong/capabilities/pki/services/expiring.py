"""Before certificates end: holders and officers are told in working days, services get their next one in time."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.capabilities.pki.messages import list_holders, tell, tell_officers
from zhengtong.capabilities.pki.models import Certificate, CertificateState, HolderKind
from zhengtong.capabilities.pki.services.founding import prepare_trust
from zhengtong.core.audit.public import record
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import SYSTEM

# Working days before the end; each step is told once.
STEPS = (30, 10, 3)
SERVICE_RENEWED_BEFORE = timedelta(days=30)


def warn_of_expiry() -> int:
    """Tell whom it concerns about certificates that end soon; return how many warnings went out.

    One whose successor was issued is left in peace. Run every morning; twice is the same as once.
    """
    now, today, calendar, count = timezone.now(), timezone.localdate(), get_calendar(), 0
    horizon = now + timedelta(days=90)
    ending = Certificate.objects.filter(
        state=CertificateState.VALID, not_after__gt=now, not_after__lte=horizon, pair=None, renewals=None
    ).exclude(holder_kind=HolderKind.SERVICE)
    for certificate in ending.select_related("account", "legal_entity").order_by("not_after", "id"):
        last = timezone.localdate(certificate.not_after)
        left = max(calendar.working_days_between(today, last), 0)
        step = min((each for each in STEPS if left <= each), default=None)
        if step is None:
            continue
        with once(f"pki:expiry:{certificate.pk}:{step}") as is_first:
            if is_first:
                _warn(certificate, left)
                count += 1
    return count


def _warn(certificate: Certificate, left: int) -> None:
    context: dict[str, Any] = {
        "name": certificate.common_name,
        "kind": get_profile(certificate.profile).title,
        "day": timezone.localdate(certificate.not_after).isoformat(),
        "left": left,
    }
    for account in list_holders(certificate):
        tell(account, "pki.expiring", actor=SYSTEM, **context)
    tell_officers("pki.expiring", **context)
    record(SYSTEM, "pki.warn_of_expiry", certificate, after={"serial": certificate.serial, "left": left})


def renew_services() -> int:
    """Issue the next certificate of each service and responder whose present one ends soon; return how many."""
    return len(prepare_trust(ends_after=timezone.now() + SERVICE_RENEWED_BEFORE))

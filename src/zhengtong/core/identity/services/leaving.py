"""Ending appointments, and handing over what is open in them (工作交接); leaving the service.

An appointment ends with its last day. After it, once, what was open goes to whoever was named, or back to the office:
:class:`AppointmentEnded`. By a periodic job, or at once where the day is past.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.administrators import require_staffing
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AppointmentEnded
from zhengtong.core.identity.models import Appointment, StaffMember
from zhengtong.core.identity.services.accounts import end_sessions
from zhengtong.core.identity.services.staff import check_period
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor


@transaction.atomic
def end_appointment(
    *,
    actor: Actor,
    appointment: Appointment,
    end_date: date,
    successor: Appointment | None = None,
    reason: str = "",
) -> Appointment:
    """Let an appointment end; ``end_date`` is its last day, ``successor`` takes over what is open then (nobody: the
    office). Until the last day is past it can be ended anew, on another day. Raises Refused and Denied.
    """
    require_staffing(actor, appointment.post)
    # Without its key: a step of hers that is under way refers to the appointment, and would wait for us as we for it.
    found = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("post", "staff")
        .get(pk=appointment.pk)
    )
    if found.handed_over_at is not None:
        raise Refused("handed-over", _("这个任职已经结束，工作也已交接"))
    check_period(found.start_date, end_date)
    _check_successor(found, successor, end_date)
    before = found.end_date
    found.end_date, found.successor, found.end_reason = end_date, successor, reason.strip()[:200]
    found.save(update_fields=["end_date", "successor", "end_reason"])
    record(
        actor,
        "identity.appointment_ended",
        found,
        before={"end_date": before},
        after={"end_date": end_date, "successor": successor.pk if successor else None, "reason": found.end_reason},
    )
    if end_date < timezone.localdate():
        _hand_over(actor, found)
    for name in ("end_date", "successor_id", "end_reason", "handed_over_at"):
        setattr(appointment, name, getattr(found, name))
    return appointment


@transaction.atomic
def leave(
    *,
    actor: Actor,
    staff: StaffMember,
    last_day: date,
    successors: Mapping[int, int | None],
    reason: str,
) -> None:
    """Let a person leave the service with ``last_day``: all that she holds ends, what was to begin later doesn't.

    ``successors`` says by ids which appointment takes over from which; one that isn't named goes back to its office.
    Her account is closed after the last day. Raises Refused and Denied.
    """
    if not reason.strip():
        raise Refused("reason", _("请写明离任的原因，比如“调出”“退休”"), "reason")
    held = list(
        Appointment.objects.filter(Q(end_date=None) | Q(end_date__gt=last_day), staff=staff, handed_over_at=None)
        .select_related("post__organisation", "staff")
        .order_by("-kind", "id")
    )
    if not held:
        raise Refused("nothing-held", _("%(name)s没有要结束的任职") % {"name": staff.name})
    heirs = Appointment.objects.select_related("staff").in_bulk([pk for pk in successors.values() if pk is not None])
    for appointment in held:
        require_staffing(actor, appointment.post)
    for appointment in held:
        if appointment.start_date > last_day:
            _cancel(actor, appointment)
            continue
        heir = heirs.get(successors.get(appointment.pk) or 0)
        if heir is not None and heir.staff_id == staff.pk:
            raise Refused("successor-leaves", _("接办人不能是离任的人自己"), "successors")
        end_appointment(actor=actor, appointment=appointment, end_date=last_day, successor=heir, reason=reason)


def hand_over_ended(*, actor: Actor) -> int:
    """Hand over what is open in appointments whose last day is past, each once; return how many."""
    ended = Appointment.objects.filter(end_date__lt=timezone.localdate(), handed_over_at=None).order_by(
        "end_date", "id"
    )
    done = 0
    for pk in list(ended.values_list("pk", flat=True)):
        with transaction.atomic():
            found = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("staff").get(pk=pk)
            # Meanwhile another worker may have done it, or an administrator let it last longer.
            if found.handed_over_at is None and found.end_date and found.end_date < timezone.localdate():
                _hand_over(actor, found)
                done += 1
    return done


def _hand_over(actor: Actor, appointment: Appointment) -> None:
    """The row is locked by the caller."""
    successor = _find_present(appointment)
    appointment.handed_over_at = timezone.now()
    appointment.save(update_fields=["handed_over_at"])
    record(
        actor,
        "identity.appointment_handed_over",
        appointment,
        after={"successor": successor.pk if successor else None},
    )
    publish(
        AppointmentEnded(
            actor=actor,
            appointment_id=appointment.pk,
            successor_id=successor.pk if successor else None,
            reason=appointment.end_reason,
        )
    )
    _close_account(actor, appointment)


def _find_present(appointment: Appointment) -> Appointment | None:
    """Return who takes over: the successor, or hers where she is gone by now; None: the office."""
    today, seen = timezone.localdate(), {appointment.pk}
    successor = appointment.successor
    while successor is not None and successor.end_date is not None and successor.end_date < today:
        if successor.pk in seen:
            return None
        seen.add(successor.pk)
        successor = successor.successor
    return successor


def _close_account(actor: Actor, ended: Appointment) -> None:
    """Close the account of who holds nothing any more, neither now nor later."""
    staff = (
        StaffMember.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account")
        .get(pk=ended.staff_id)
    )
    today = timezone.localdate()
    if staff.appointments.filter(Q(end_date=None) | Q(end_date__gte=today)).exists() or not staff.account.is_active:
        return
    staff.left_date = ended.end_date
    staff.save(update_fields=["left_date"])
    staff.account.is_active = False
    staff.account.save(update_fields=["is_active"])
    record(actor, "identity.account_closed", staff.account, after={"left_date": staff.left_date})
    end_sessions(actor=actor, account=staff.account)


def _cancel(actor: Actor, appointment: Appointment) -> None:
    """Forget an appointment that never began."""
    pk, post = appointment.pk, appointment.post
    try:
        with transaction.atomic():
            appointment.delete()
    except ProtectedError:
        raise Refused(
            "needed",
            _("%(post)s的任职还没有开始，但已有委托或交接指向它，请先撤销那些安排") % {"post": post},
        ) from None
    record(
        actor,
        "identity.appointment_cancelled",
        ("identity.appointment", pk),
        before={"post": post.pk, "start_date": appointment.start_date},
    )


def _check_successor(appointment: Appointment, successor: Appointment | None, end_date: date) -> None:
    if successor is None:
        return
    if successor.pk == appointment.pk:
        raise Refused("successor", _("接办人不能是本人的同一任职"), "successor")
    if successor.handed_over_at is not None or (successor.end_date is not None and successor.end_date <= end_date):
        raise Refused("successor-gone", _("接办人那时已经离任，请选择别人"), "successor")
    if successor.start_date > max(end_date + timedelta(days=1), timezone.localdate()):
        raise Refused("successor-late", _("接办人那时还没有到任，请选择别人，或者改由科室接办"), "successor")

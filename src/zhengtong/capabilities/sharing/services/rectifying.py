"""Rectifications: told, answered, accepted or returned; each on the list of whoever has to act."""

from datetime import date

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.sharing.models import MeasureWords, Rectification
from zhengtong.capabilities.sharing.permissions import ANSWER, SUPERVISE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

WORK_KIND, CHECK_KIND = "sharing.rectification", "sharing.rectification_check"
State = Rectification.State


def lock(pk: int) -> Rectification:
    """Raises Rectification.DoesNotExist."""
    return Rectification.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)


def _say(text: str, field: str, most: int) -> str:
    said = text.strip()
    if not said:
        raise Refused("empty", _("请填写内容。"), field)
    if len(said) > most:
        raise Refused("long", _("最多%(most)d个字。") % {"most": most}, field)
    return said


def _next_number() -> str:
    head = f"GXZG{timezone.localdate().year}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sharing:{head}"])
    last = Rectification.objects.filter(number__startswith=head).aggregate(last=Max("number"))["last"]
    return f"{head}{int(last[len(head) :]) + 1 if last else 1:05d}"


def _url(row: Rectification) -> str:
    return f"/desk/sharing/rectifications/{row.pk}/"


def _put_on_list(row: Rectification) -> None:
    open_item(
        kind=WORK_KIND,
        object_id=row.pk,
        organisation_id=row.organisation_id,
        permission=ANSWER,
        reference=row.number,
        title=_("共享整改：%(measure)s") % {"measure": row.get_measure_display()},
        party=row.organisation.name,
        step=_("反馈整改情况"),
        url=_url(row),
        due_at=row.due_at,
    )


def _close(actor: Actor, kind: str, row: Rectification) -> None:
    close_item(kind=kind, object_id=row.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)


@step()
def demand_rectification(
    *, actor: Actor, organisation: Organisation, measure: str, month: date, found: str, required: str, days: int = 10
) -> Rectification:
    """Tell a department what to put right within ``days`` working days. Raises Denied, Refused."""
    require(actor, SUPERVISE)
    if measure not in MeasureWords.values:
        raise Refused("measure", _("请选择指标。"), "measure")
    if not 1 <= days <= 120:
        raise Refused("days", _("期限在1到120个工作日之间。"), "days")
    first = month.replace(day=1)
    running = Rectification.objects.filter(organisation=organisation, measure=measure, month=first)
    number = _next_number()  # which keeps two who press at once apart
    if running.filter(state__in=[State.OPEN, State.ANSWERED]).exists():
        raise Refused("running", _("这个单位这个月的这项指标已经有没办结的整改通知。"), "measure")
    calendar = get_calendar()
    row = Rectification.objects.create(
        number=number,
        organisation=organisation,
        measure=measure,
        month=first,
        found=_say(found, "found", 500),
        required=_say(required, "required", 500),
        days=days,
        due_at=calendar.end_of_day(calendar.add_working_days(timezone.localdate(), days)),
        issued_by_id=actor.held_appointment,
        issued_at=timezone.now(),
    )
    record(actor, "sharing.demand_rectification", row, after={"measure": measure, "month": first, "days": days})
    _put_on_list(row)
    return row


def _take(pk: int, state: str) -> Rectification:
    row = lock(pk)
    if row.state != state:
        raise Refused("state", _("这份整改通知现在是“%(state)s”，请刷新页面。") % {"state": row.get_state_display()})
    return row


@step()
def answer_rectification(*, actor: Actor, rectification: Rectification, answer: str) -> Rectification:
    """Say what was done. Raises Denied, Refused."""
    row = _take(rectification.pk, State.OPEN)
    require(actor, ANSWER, row)
    row.answer, row.answered_at, row.state = _say(answer, "answer", 1000), timezone.now(), State.ANSWERED
    row.save(update_fields=["answer", "answered_at", "state"])
    record(actor, "sharing.answer_rectification", row, after={"answer": row.answer})
    _close(actor, WORK_KIND, row)
    if row.issued_by is not None:
        open_item(
            kind=CHECK_KIND,
            object_id=row.pk,
            organisation_id=row.issued_by.post.organisation_id,
            permission=SUPERVISE,
            reference=row.number,
            title=_("共享整改：%(measure)s") % {"measure": row.get_measure_display()},
            party=row.organisation.name,
            step=_("验收整改"),
            url=_url(row),
        )
    return row


@step()
def accept_rectification(*, actor: Actor, rectification: Rectification, opinion: str = "") -> Rectification:
    """Accept what was done; the rectification is over. Raises Denied, Refused."""
    row = _take(rectification.pk, State.ANSWERED)
    require(actor, SUPERVISE, row)
    row.state, row.opinion, row.closed_at = State.CLOSED, opinion.strip()[:500], timezone.now()
    row.save(update_fields=["state", "opinion", "closed_at"])
    record(actor, "sharing.accept_rectification", row, after={"opinion": row.opinion})
    _close(actor, CHECK_KIND, row)
    return row


@step()
def return_rectification(*, actor: Actor, rectification: Rectification, opinion: str, days: int = 5) -> Rectification:
    """Return the answer: it isn't enough; ``days`` more working days from today. Raises Denied, Refused."""
    row = _take(rectification.pk, State.ANSWERED)
    require(actor, SUPERVISE, row)
    if not 1 <= days <= 120:
        raise Refused("days", _("期限在1到120个工作日之间。"), "days")
    calendar = get_calendar()
    row.state, row.opinion, row.days = State.OPEN, _say(opinion, "opinion", 500), days
    row.due_at = calendar.end_of_day(calendar.add_working_days(timezone.localdate(), days))
    row.save(update_fields=["state", "opinion", "days", "due_at"])
    record(actor, "sharing.return_rectification", row, after={"opinion": row.opinion, "days": days})
    _close(actor, CHECK_KIND, row)
    _put_on_list(row)
    return row


@step()
def withdraw_rectification(*, actor: Actor, rectification: Rectification, opinion: str) -> Rectification:
    """Take back what shouldn't have been demanded. Raises Denied, Refused."""
    row = _take(rectification.pk, State.OPEN)
    require(actor, SUPERVISE, row)
    row.state, row.opinion, row.closed_at = State.WITHDRAWN, _say(opinion, "opinion", 500), timezone.now()
    row.save(update_fields=["state", "opinion", "closed_at"])
    record(actor, "sharing.withdraw_rectification", row, after={"opinion": row.opinion})
    _close(actor, WORK_KIND, row)
    return row

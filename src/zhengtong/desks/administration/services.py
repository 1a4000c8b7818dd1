"""What operators do here that no module below records by itself: jobs, holiday notices; rules by their kind."""

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from zhengtong.capabilities.cases.public import LegalRule, revise_rule
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Organisation,
    Refused,
    Reorganisation,
    StaffMember,
    leave,
    merge_organisations,
    set_active,
)
from zhengtong.desks.administration.permissions import MANAGE_JOBS
from zhengtong.kernel.calendars import import_year
from zhengtong.kernel.failures import discard_failed, retry_failed
from zhengtong.kernel.holidays import DepartingDay, Notice, UnusableNotice
from zhengtong.kernel.models import CalendarNotice
from zhengtong.kernel.policy import Actor, require


@transaction.atomic
def retry_job(*, actor: Actor, job: ProcrastinateJob) -> None:
    """Let a failed job run again now. Raises Refused when it isn't failed any more, and Denied."""
    require(actor, MANAGE_JOBS)
    if not retry_failed(job.pk):
        raise Refused("not-failed", _("这个任务已经不是失败状态，可能刚被同事处理，请刷新页面"))
    record(actor, "administration.job_retried", ("kernel.job", job.pk), after={"task": job.task_name})


@transaction.atomic
def discard_job(*, actor: Actor, job: ProcrastinateJob, reason: str) -> None:
    """Give a failed job up for good. Raises Refused when it isn't failed any more, and Denied."""
    require(actor, MANAGE_JOBS)
    if not discard_failed(job.pk):
        raise Refused("not-failed", _("这个任务已经不是失败状态，可能刚被同事处理，请刷新页面"))
    after = {"task": job.task_name, "reason": reason.strip()}
    record(actor, "administration.job_discarded", ("kernel.job", job.pk), after=after)


@transaction.atomic
def import_notice(
    *,
    actor: Actor,
    year: int,
    title: str,
    days: tuple[DepartingDay, ...],
    number: str = "",
    amended_by: str = "",
    region: str = "",
) -> CalendarNotice:
    """Enter or replace a year's holiday notice; deadlines that it moves are computed anew. Raises Refused, Denied."""
    try:
        notice = import_year(
            actor=actor, notice=Notice(year, title.strip(), days, number.strip(), amended_by.strip()), region=region
        )
    except UnusableNotice as error:
        raise Refused("notice", str(error), "days") from error
    after = {"year": year, "version": notice.version, "days": len(days)}
    record(actor, "administration.calendar_imported", notice, after=after)
    return notice


def amend_notice(
    *,
    actor: Actor,
    notice: CalendarNotice,
    title: str,
    days: tuple[DepartingDay, ...],
    number: str = "",
    amended_by: str = "",
) -> CalendarNotice:
    """Enter a change to a year that was announced already."""
    return import_notice(
        actor=actor,
        year=notice.year,
        title=title,
        days=days,
        number=number,
        amended_by=amended_by,
        region=notice.region,
    )


def merge_into(
    *, actor: Actor, organisation: Organisation, into: Organisation, on_date: date | None = None, basis: str = ""
) -> Reorganisation:
    """Merge one organisation into another, today or on a day. Raises Refused and Denied."""
    return merge_organisations(actor=actor, organisations=[organisation], into=into, on_date=on_date, basis=basis)


def leave_service(*, actor: Actor, staff: StaffMember, last_day: date, reason: str) -> None:
    """Let a person leave; what she had open goes back to her offices. Raises Refused and Denied.

    A successor is named where a single appointment is ended.
    """
    leave(actor=actor, staff=staff, last_day=last_day, successors={}, reason=reason)


def open_account(*, actor: Actor, staff: StaffMember) -> None:
    """Let a person sign in again. Raises Denied."""
    set_active(actor=actor, staff=staff, is_active=True)


def close_account(*, actor: Actor, staff: StaffMember) -> None:
    """Let a person sign in no more; her sessions end at once. Raises Denied."""
    set_active(actor=actor, staff=staff, is_active=False)


class Source(TypedDict):
    """What every rule states of its basis."""

    effective_from: date
    law: str
    article: str
    note: str
    is_unverified: bool


def revise_limit(*, actor: Actor, rule: LegalRule, budget: int, extension: int, **source: Unpack[Source]) -> LegalRule:
    """Set a period anew from a day on."""
    return _revise(actor, rule, source, budget=budget, extension=extension)


def revise_term(*, actor: Actor, rule: LegalRule, years: int, **source: Unpack[Source]) -> LegalRule:
    """Set anew how long a licence is valid."""
    return _revise(actor, rule, source, years=years)


def revise_warning(*, actor: Actor, rule: LegalRule, percent: int, **source: Unpack[Source]) -> LegalRule:
    """Set anew at which part of a period the yellow card comes."""
    return _revise(actor, rule, source, percent=percent)


def revise_remedy(*, actor: Actor, rule: LegalRule, text: str, **source: Unpack[Source]) -> LegalRule:
    """Set anew what a refusal tells of remedies."""
    return _revise(actor, rule, source, text=text)


def revise_exclusion(*, actor: Actor, rule: LegalRule, **source: Unpack[Source]) -> LegalRule:
    """Set anew the basis of time that isn't counted."""
    return _revise(actor, rule, source)


def _revise(actor: Actor, rule: LegalRule, source: Source, **values: Any) -> LegalRule:
    return revise_rule(actor=actor, rule=rule, values=values, **source)

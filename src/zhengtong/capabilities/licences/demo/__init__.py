"""Cases of the demo city in every state, with a year of history, made by the services as of their own days."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import ItemOffice, LegalState, deem_accepted, fire_due, get_item
from zhengtong.capabilities.licences.demo.city import load_city
from zhengtong.capabilities.licences.demo.families import load_families
from zhengtong.capabilities.licences.demo.history import History
from zhengtong.capabilities.licences.demo.people import Applicant, find_representatives, gather_public, list_bureaus
from zhengtong.capabilities.licences.demo.plans import SPAN_DAYS, Plan, list_plans
from zhengtong.capabilities.registers.public import Enterprise
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import StoredFile
from zhengtong.core.messages.public import Message, MessageState, mark_all_read
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM

title = "办件与证照"
ITEM = "food-business-licence"
CASE_COUNT = 300
# Applicants whose messages are read until then, so that only the latest are new.
READ_DAYS_AGO = 3

Happening = Iterator[datetime]
Take = Callable[[], list[tuple[str, dict[str, int]]]]


def load(context: DemoContext, count: int | None = None) -> None:
    """Make ``count`` cases, CASE_COUNT by default, until the beginning of the demo's day.

    All acts of all cases happen in the order of time, so numbers and journal are in that order too. A real city's
    million come before them: the cases of the accounts that one signs in with are then the newest.
    """
    if context.is_city:
        load_city(context)
    item = get_item(ITEM)
    if item is None:
        raise LookupError(f"the demo needs the item {ITEM}")
    calendar = get_calendar()
    end = datetime.combine(context.today, time(), calendar.zone)
    with held_jobs() as take:
        histories, applicants = _cast_histories(context, calendar, count or CASE_COUNT)
        first = calendar.subtract_working_days(context.today, SPAN_DAYS + 2)
        happenings: list[Happening] = [*(history.run() for history in histories), _read(applicants, calendar, end)]
        happenings.append(_fire(first, end, take, calendar))
        with context.progress(sum(history.length for history in histories), _("办件")) as advance:
            _play(happenings, end, advance)
        others = load_families(context, applicants)
        with as_of(end):
            _fire_all(take)
    # Their phones got these texts long ago; what is told now is still to be sent.
    texts = Message.objects.filter(state=MessageState.QUEUED, created_at__lt=end, template__startswith="cases.")
    texts.update(state=MessageState.SENT, sent_at=F("created_at"), delivered_at=F("created_at"), attempts=1)
    record(SYSTEM, "demo.load", ("licences", context.seed), after={"cases": len(histories) + others})


def _play(happenings: list[Happening], end: datetime, advance: Callable[[int], None]) -> None:
    """Let happen, in the order of time, what comes before ``end``."""
    queue = [(next(happening), number) for number, happening in enumerate(happenings)]
    heapq.heapify(queue)
    while queue:
        moment, number = heapq.heappop(queue)
        if moment >= end:
            continue
        with as_of(moment):
            following = next(happenings[number], None)
        if following is not None:
            heapq.heappush(queue, (max(following, moment), number))
        if number < len(happenings) - 2:
            advance(1)


# What happens beside the cases


def _fire(first: date, end: datetime, take: Take, calendar: WorkingCalendar) -> Happening:
    """Fire the clocks at the end of every working day's hours, and after every midnight."""
    day = first
    while day <= end.date():
        yield datetime.combine(day, time(0, 0, 30), calendar.zone)
        _fire_all(take)
        if calendar.is_working(day):
            yield datetime.combine(day, time(17, 31), calendar.zone)
            _fire_all(take)
        day += timedelta(days=1)


def _fire_all(take: Take) -> None:
    """Do what the jobs of the clocks do; the other jobs that were held would only print and send."""
    while fire_due():
        pass
    for name, arguments in take():
        if name == "cases.deem_accepted":
            deem_accepted(**arguments)


def _read(applicants: list[Applicant], calendar: WorkingCalendar, end: datetime) -> Happening:
    yield datetime.combine(calendar.subtract_working_days(end.date(), READ_DAYS_AGO), time(20, 15), calendar.zone)
    for applicant in applicants:
        mark_all_read(actor=applicant.actor)


# Who has which case


def _cast_histories(
    context: DemoContext, calendar: WorkingCalendar, count: int
) -> tuple[list[History], list[Applicant]]:
    """Give each plan its applicant and enterprise."""
    rng = context.rng("licences.cases")
    offices = ItemOffice.objects.filter(item__code=ITEM).select_related("organisation", "region", "window", "item")
    bureaus = list_bureaus(list(offices.order_by("region__code")))
    counties = list(bureaus)
    public = gather_public(counties)
    plans = list_plans(context.rng("licences.plans"), count, counties)
    casting = _Casting(rng, public.applicants, public.by_county)
    pairs = casting.choose_all(plans)
    representatives = find_representatives([enterprise for _applicant, enterprise in pairs])
    seen: set[int] = set()
    histories = []
    kept_files: dict[tuple[int | None, str], StoredFile] = {}
    for number, (plan, (applicant, enterprise)) in enumerate(zip(plans, pairs, strict=True)):
        histories.append(
            History(
                bureau=bureaus[plan.county],
                elsewhere=bureaus[next(county for county in reversed(counties) if county != plan.county)],
                calendar=calendar,
                rng=context.rng(f"licences.case.{number}"),
                enterprise=enterprise,
                representative=representatives[enterprise.representative_digest],
                applicant=applicant,
                takes_paper=plan.takes_paper,
                is_new_place=enterprise.pk in seen,
                is_submitted=plan.goal is not LegalState.DRAFT,
                day=calendar.subtract_working_days(context.today, plan.start + 1),
                acts=plan.acts,
                kept_files=kept_files,
            )
        )
        seen.add(enterprise.pk)
    return histories, public.applicants


@dataclass
class _Casting:
    rng: random.Random
    applicants: list[Applicant]
    enterprises: dict[str, list[Enterprise]]

    def choose_all(self, plans: list[Plan]) -> list[tuple[Applicant | None, Enterprise]]:
        """Return the applicant and the enterprise of each plan. Drafts are given last: nothing may come after one."""
        order = sorted(range(len(plans)), key=lambda number: plans[number].goal is LegalState.DRAFT)
        chosen = {number: self.choose(plans[number]) for number in order}
        return [chosen[number] for number in range(len(plans))]

    def choose(self, plan: Plan) -> tuple[Applicant | None, Enterprise]:
        """Return who applies and for which enterprise; no applicant where a clerk files for her."""
        applicant = self._applicant(plan)
        if applicant is not None:
            applicant.starts.append(plan.start)
            if applicant.enterprise is not None:
                return applicant, applicant.enterprise
        there = self.enterprises[plan.county]
        return applicant, there.pop(self.rng.randrange(len(there)))

    def _applicant(self, plan: Plan) -> Applicant | None:
        if plan.applicant:
            return next(a for a in self.applicants if a.username == plan.applicant)
        if plan.is_online is False:
            return None
        named = ("applicant", "owner")
        here = [a for a in self.applicants if a.county == plan.county and a.username not in named]
        self.rng.shuffle(here)
        is_draft = plan.goal is LegalState.DRAFT
        return next((a for a in here if a.is_free(plan.start, is_last=is_draft)), None)

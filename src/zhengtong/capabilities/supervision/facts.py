"""What an expression of supervision may ask: one flat list of names, each with its title and how it is read.

A rule is judged right after an event; every answer is of that moment, also when it is asked a year later, so that
judging again finds what was found. What isn't known is nothing (None), and compares as false.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.supervision.histories import Clock, Event, History, Pause
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.modules import Text

HOUR: Final = 3600
OFFICE_HOURS: Final = range(8, 19)


class Moment:
    """A case right after one of its events, as far as its expression asks; ``clock`` for rules about clocks."""

    __slots__ = ("_events", "calendar", "clock", "event", "history", "index")

    def __init__(self, history: History, index: int, calendar: WorkingCalendar, clock: Clock | None = None) -> None:
        self.history, self.index, self.calendar, self.clock = history, index, calendar, clock
        self.event: Event = history.events[index]

    def count(self, act: str) -> int:
        """How often ``act`` has happened up to now."""
        return sum(1 for event in self.history.events[: self.index + 1] if event.act == act)

    def day(self, moment: datetime) -> date:
        return self.calendar.local_date(moment)

    def working_days_since(self, moment: datetime | None) -> int | None:
        if moment is None:
            return None
        return self.calendar.working_days_between(self.day(moment), self.day(self.event.at))

    def seconds_since(self, moment: datetime | None) -> int | None:
        return None if moment is None else int((self.event.at - moment).total_seconds())

    @property
    def previous(self) -> Event | None:
        return self.history.events[self.index - 1] if self.index else None

    @property
    def reviews(self) -> list[Any]:
        """The reviews that were done by now."""
        return [review for review in self.history.reviews if review.done_at <= self.event.at + _SAME]

    @property
    def is_decided(self) -> bool:
        decided = self.history.decision
        return decided is not None and decided.at <= self.event.at + _SAME

    @property
    def last_visit(self) -> bool | None:
        passed = [visit.is_passed for visit in self.history.visits if visit.at <= self.event.at + _SAME]
        return passed[-1] if passed else None

    # Clocks

    def excluded(self, clock: Clock, until: date, *, before: Pause | None = None) -> int:
        """Working days up to ``until`` that didn't count because of pauses."""
        days = 0
        for pause in self.history.pauses:
            if pause.clock != clock.pk or pause is before or pause.started_at > self.event.at + _SAME:
                continue
            ended = self.day(pause.ended_at) if pause.ended_at else until
            days += min(max(self.between(clock, self.day(pause.started_at), min(ended, until)), 0), pause.allowed_days)
        return days

    def between(self, clock: Clock, first: date, last: date) -> int:
        if clock.unit == "working_days":
            return self.calendar.working_days_between(first, last)
        return (last - first).days

    def days_used(self, clock: Clock) -> int:
        until = self.day(self.ends(clock))
        return max(self.between(clock, self.day(clock.started_at), until) - self.excluded(clock, until), 0)

    def ends(self, clock: Clock) -> datetime:
        """The moment up to which the clock is looked at: this one, or when it stopped."""
        if clock.finished_at is not None and clock.finished_at < self.event.at:
            return clock.finished_at
        return self.event.at

    def hours_left(self, clock: Clock, *, before: Pause | None = None) -> int:
        """Hours up to the end of its last day, as it was without the pause ``before``; negative when it has passed."""
        until = self.day(self.event.at)
        days = clock.budget + clock.extension + self.excluded(clock, until, before=before)
        first = self.day(clock.started_at)
        if clock.unit == "working_days":
            last = self.calendar.add_working_days(first, days)
        else:
            last = self.calendar.add_calendar_days(first, days)
        end = datetime.combine(last + timedelta(days=1), datetime.min.time(), self.calendar.zone)
        return int((end - self.event.at).total_seconds() // HOUR)

    @property
    def pause(self) -> tuple[Clock, Pause] | None:
        """The pause of the promised decision clock that began with this event."""
        for clock in self.history.clocks:
            if clock.purpose == "decision" and clock.basis == "promised":
                for pause in self.history.pauses:
                    if pause.clock == clock.pk and abs(pause.started_at - self.event.at) <= _SAME:
                        return clock, pause
        return None


# What one act writes has moments taken one after the other.
_SAME: Final = timedelta(seconds=2)
Read = Callable[[Moment], Any]


@dataclass(frozen=True, slots=True)
class Name:
    """A name and what it stands for. Those of ``clock`` make a rule one about each of the case's clocks."""

    code: str
    title: Text
    read: Read
    kind: str = "number"
    choices: Mapping[str, Text] | None = None

    @property
    def section(self) -> str:
        return self.code.partition(".")[0]


def _decision(read: Callable[[Any], Any]) -> Read:
    return lambda moment: read(moment.history.decision) if moment.is_decided else None


def _clock(read: Callable[[Moment, Clock], Any]) -> Read:
    return lambda moment: None if moment.clock is None else read(moment, moment.clock)


def _local(moment: Moment) -> datetime:
    return moment.event.at.astimezone(moment.calendar.zone)


def _is_working_time(moment: Moment) -> bool:
    local = _local(moment)
    return local.hour in OFFICE_HOURS and moment.calendar.is_working(local.date())


def _pause_hours(moment: Moment) -> int | None:
    found = moment.pause
    return moment.hours_left(found[0], before=found[1]) if found else None


def _changed(moment: Moment) -> bool:
    """Whether two reviews in a row said opposite things."""
    outcomes = [review.outcome for review in moment.reviews if review.outcome in ("grant", "refuse")]
    return any(one != other for one, other in pairwise(outcomes))


def _own_approval(moment: Moment) -> bool | None:
    if not moment.is_decided or moment.history.decision is None:
        return None
    deciders = moment.history.decision.people
    return any(review.people & deciders for review in moment.reviews)


def _last_review(read: Callable[[Any], Any]) -> Read:
    def answer(moment: Moment) -> Any:
        done = moment.reviews
        return read(done[-1]) if done else None

    return answer


ACTS: Final[Mapping[str, Text]] = {
    "submit": _("提交申请"),
    "accept": _("受理"),
    "deem_accepted": _("逾期视为受理"),
    "request_materials": _("一次性告知补正"),
    "resubmit": _("提交补正材料"),
    "declare_not_required": _("告知不受理"),
    "declare_not_competent": _("决定不予受理"),
    "begin_review": _("开始审查"),
    "recommend": _("提出审查意见"),
    "return": _("退回重审"),
    "start_excluded_time": _("启动特别程序"),
    "end_excluded_time": _("结束特别程序"),
    "extend": _("延长期限"),
    "decide_grant": _("准予许可"),
    "decide_refuse": _("不予许可"),
    "deliver": _("送达"),
    "withdraw": _("撤回申请"),
}
_OUTCOMES: Final[Mapping[str, Text]] = {"grant": _("准予"), "refuse": _("不予")}

_ALL: Final = (
    Name("event.act", _("刚发生的办理动作"), lambda m: m.event.act, "choice", ACTS),
    Name("event.hour", _("发生的钟点（0–23）"), lambda m: _local(m).hour),
    Name("event.is_working_day", _("是否在工作日"), lambda m: m.calendar.is_working(_local(m).date()), "truth"),
    Name("event.is_working_time", _("是否在工作日8时至19时"), _is_working_time, "truth"),
    Name("event.organisation", _("办理单位名称"), lambda m: m.event.organisation, "text"),
    Name(
        "event.seconds_since_previous",
        _("与上一个动作相隔的秒数，倒签的是负数"),
        lambda m: m.seconds_since(m.previous.at if m.previous else None),
    ),
    Name(
        "event.is_backdated",
        _("记录的时间早于先前已登记的动作"),
        lambda m: any(event.at - m.event.at > _SAME for event in m.history.events[: m.index]),
        "truth",
    ),
    Name("event.actor_is_recommender", _("作决定的人就是提出审查意见的人"), _own_approval, "truth"),
    Name("case.item", _("事项代码"), lambda m: m.history.item, "text"),
    Name("case.item_name", _("事项名称"), lambda m: m.history.item_name, "text"),
    Name("case.kind", _("类别：licence 单个事项，bundle 一件事"), lambda m: m.history.kind, "text"),
    Name("case.channel", _("渠道：online 网上，counter 窗口"), lambda m: m.history.channel, "text"),
    Name("case.region", _("行政区划代码"), lambda m: m.history.region, "text"),
    Name("case.state", _("动作之后的状态"), lambda m: m.event.to_state or None, "text"),
    Name("case.corrections", _("告知补正的次数"), lambda m: m.count("request_materials")),
    Name("case.returns", _("退回重审的次数"), lambda m: m.count("return")),
    Name("case.extensions", _("延长期限的次数"), lambda m: m.count("extend")),
    Name("case.is_deemed_accepted", _("逾期未答复而视为受理"), lambda m: m.history.is_deemed_accepted, "truth"),
    Name(
        "case.is_own_office",
        _("办理机关就是实施清单里的机关"),
        lambda m: m.history.organisation == m.history.office,
        "truth",
    ),
    Name("case.seconds_since_submission", _("提交以来的秒数"), lambda m: m.seconds_since(m.history.submitted_at)),
    Name("case.seconds_since_acceptance", _("受理以来的秒数"), lambda m: m.seconds_since(m.history.accepted_at)),
    Name(
        "case.working_days_since_submission",
        _("提交以来的工作日"),
        lambda m: m.working_days_since(m.history.submitted_at),
    ),
    Name(
        "case.working_days_since_acceptance",
        _("受理以来的工作日"),
        lambda m: m.working_days_since(m.history.accepted_at),
    ),
    Name("review.outcome", _("最近一次审查意见"), _last_review(lambda r: r.outcome or None), "choice", _OUTCOMES),
    Name("review.opinion_length", _("最近一次审查意见的字数"), _last_review(lambda r: r.opinion_length)),
    Name("review.count", _("审查意见的次数"), lambda m: len(m.reviews)),
    Name("review.outcome_changed", _("前后两次审查意见相反"), _changed, "truth"),
    Name("decision.outcome", _("决定"), _decision(lambda d: d.outcome), "choice", _OUTCOMES),
    Name("decision.reasons_length", _("决定理由的字数"), _decision(lambda d: d.reasons_length)),
    Name("decision.has_basis", _("决定写明了依据"), _decision(lambda d: d.has_basis), "truth"),
    Name("visit.count", _("现场核查的次数"), lambda m: sum(v.at <= m.event.at + _SAME for v in m.history.visits)),
    Name("visit.is_passed", _("最近一次现场核查通过"), lambda m: m.last_visit, "truth"),
    Name(
        "pauses.count",
        _("承诺时钟中止的次数"),
        lambda m: sum(
            pause.started_at <= m.event.at + _SAME
            for pause in m.history.pauses
            if any(c.pk == pause.clock and c.basis == "promised" for c in m.history.clocks)
        ),
    ),
    Name("pause.hours_before_due", _("刚开始的中止距到期的小时数"), _pause_hours),
    Name(
        "clock.purpose",
        _("时钟：completeness 受理，decision 决定，delivery 送达，bundle 一件事"),
        _clock(lambda m, c: c.purpose),
        "text",
    ),
    Name("clock.basis", _("依据：statutory 法定，promised 承诺"), _clock(lambda m, c: c.basis), "text"),
    Name("clock.budget", _("期限的日数，含延长"), _clock(lambda m, c: c.budget + c.extension)),
    Name("clock.days_used", _("已用的日数，不含中止"), _clock(lambda m, c: m.days_used(c))),
    Name(
        "clock.used",
        _("已用的比例，1是用完"),
        _clock(lambda m, c: round(m.days_used(c) / max(c.budget + c.extension, 1), 3)),
    ),
    Name("clock.hours_left", _("距到期的小时数，超期是负数"), _clock(lambda m, c: m.hours_left(c))),
    Name("clock.is_overdue", _("已超期"), _clock(lambda m, c: m.ends(c) >= c.due_at), "truth"),
    Name("clock.is_warned", _("已亮黄灯或者红灯"), _clock(lambda m, c: c.level != "green"), "truth"),
    Name("clock.is_finished", _("已停止"), _clock(lambda m, c: m.ends(c) is c.finished_at), "truth"),
)
NAMES: Final[Mapping[str, Name]] = {name.code: name for name in _ALL}
SECTIONS: Final[Mapping[str, Text]] = {
    "event": _("刚发生的动作"),
    "case": _("办件"),
    "review": _("审查"),
    "decision": _("决定"),
    "visit": _("现场核查"),
    "pauses": _("中止"),
    "pause": _("中止"),
    "clock": _("时钟"),
}

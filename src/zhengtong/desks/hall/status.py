"""What a case's legal state means for its applicant: in plain words, what happens next, and by when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from zhengtong.capabilities.cases.public import Act, Case, CaseKind, LegalState, allowed_acts, list_clocks

S = LegalState
# Tone, short word for lists, headline, what it means and what happens next.
_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    S.DRAFT: (
        "neutral",
        N_("草稿"),
        N_("还没有提交"),
        N_("填完并提交以后，我们才会开始办理。"),
    ),
    S.SUBMITTED: (
        "info",
        N_("等待受理"),
        N_("已收到，等待受理"),
        N_("窗口正在核对您的材料。材料齐全的会受理，缺什么会一次告诉您。"),
    ),
    S.RESUBMITTED: (
        "info",
        N_("等待受理"),
        N_("补正已收到，等待受理"),
        N_("窗口正在核对您补正的内容。"),
    ),
    S.NEED_MATERIALS: (
        "warning",
        N_("待您补正"),
        N_("需要您补正"),
        N_("请按通知逐项修改后提交，我们收到后重新核对。其他内容不用动。"),
    ),
    S.ACCEPTED: (
        "info",
        N_("已受理"),
        N_("已受理，等待审查"),
        N_("审查人员会按顺序审查您的申请，需要现场核查的会提前约时间。"),
    ),
    S.REVIEWING: (
        "info",
        N_("审查中"),
        N_("正在审查"),
        N_("审查完成后会作出决定，结果会用短信和消息告诉您。"),
    ),
    S.EXCLUDED_TIME: (
        "paused",
        N_("现场核查"),
        N_("等待现场核查"),
        N_("工作人员会按约定的时间到现场，请安排人员在场。核查所需时间不计入办理期限。"),
    ),
    S.GRANTED: (
        "success",
        N_("准予许可"),
        N_("已准予许可"),
        N_("决定已经作出，证照和决定书正在送达。"),
    ),
    S.REFUSED: (
        "danger",
        N_("不予许可"),
        N_("没有获得许可"),
        N_("理由和您可以采取的救济途径写在决定书里，请在下面下载。"),
    ),
    S.NOT_REQUIRED: (
        "neutral",
        N_("不用办理"),
        N_("这件事不需要办许可"),
        N_("您可以直接开展，不用再申请。详情见决定书。"),
    ),
    S.NOT_COMPETENT: (
        "warning",
        N_("不归本机关办理"),
        N_("这件事不归我们办"),
        N_("应当向哪个机关申请，写在决定书里，请在下面下载。"),
    ),
    S.WITHDRAWN: (
        "neutral",
        N_("已撤回"),
        N_("您已撤回申请"),
        N_("办理已经终止。需要时可以重新申请。"),
    ),
    S.UNDERWAY: (
        "info",
        N_("办理中"),
        N_("各部门正在办理"),
        N_("办好一样就先发一样，不用等到最后。一样没有办成，不影响其他几样。"),
    ),
    S.COMPLETED: (
        "success",
        N_("已办结"),
        N_("已全部办结"),
        N_("每一样的结果都在下面，证照和文书可以下载。"),
    ),
}
_DELIVERED: Final = {
    "grant": (
        "success",
        N_("准予许可"),
        N_("已办结，准予许可"),
        N_("证照和决定书可以在本页下载。"),
    ),
    "refuse": (
        "danger",
        N_("不予许可"),
        N_("已办结，没有获得许可"),
        N_("理由和您可以采取的救济途径写在决定书里，请在下面下载。"),
    ),
    "": (
        "neutral",
        N_("已办结"),
        N_("已办结"),
        N_("文书可以在本页下载。"),
    ),
}
_ROAD: Final = (N_("受理"), N_("审查"), N_("决定"), N_("送达"))
_AHEAD: Final[Mapping[str, int]] = {
    S.SUBMITTED: 0,
    S.RESUBMITTED: 0,
    S.NEED_MATERIALS: 0,
    S.ACCEPTED: 1,
    S.REVIEWING: 2,
    S.EXCLUDED_TIME: 1,
    S.GRANTED: 3,
    S.REFUSED: 3,
}
_BY: Final = {
    "completeness": N_("最迟在这一天答复是否受理"),
    "decision": N_("最迟在这一天作出决定"),
    "delivery": N_("最迟在这一天送达"),
    "bundle": N_("最迟在这一天全部办结"),
}


@dataclass(frozen=True)
class Status:
    """``due`` is the last moment of the limit that runs now, ``by`` what happens until then."""

    tone: str
    word: str
    headline: str
    text: str
    by: str = ""
    due: datetime | None = None
    days: int | None = None
    unit: str = ""
    is_paused: bool = False
    is_provisional: bool = False


def is_ended(case: Case) -> bool:
    """Return whether nothing is owed to the applicant any more."""
    return case.state != LegalState.DRAFT and set(allowed_acts(LegalState(case.state))) <= {Act.ARCHIVE}


def can_withdraw(case: Case) -> bool:
    return case.state != LegalState.DRAFT and Act.WITHDRAW in allowed_acts(LegalState(case.state))


def get_words(case: Case) -> tuple[str, str, str, str]:
    """Return tone, short word, headline and explanation, untranslated."""
    if case.state in _WORDS:
        return _WORDS[case.state]
    decision = getattr(case, "decision", None)
    return _DELIVERED[decision.outcome if decision else ""]


def get_chip(case: Case) -> tuple[str, str]:
    """Return word and tone for a list."""
    tone, word, *_rest = get_words(case)
    return _(word), tone


def get_status(case: Case) -> Status:
    """Return what the page of ``case`` says on top."""
    tone, word, headline, text = get_words(case)
    status = Status(tone, _(word), _(headline), _(text))
    running = [view for view in list_clocks(case) if view.is_running]
    promised = [view for view in running if view.clock.basis == "promised"] or running
    if not promised or case.state == LegalState.NEED_MATERIALS:
        return status
    view = promised[-1]
    return Status(
        status.tone,
        status.word,
        status.headline,
        status.text,
        by=_(_BY[view.clock.purpose]),
        due=view.last_moment,
        days=view.remaining,
        unit="" if view.clock.unit == "working_days" else "calendar",
        is_paused=view.clock.is_paused,
        is_provisional=view.clock.is_provisional,
    )


def get_timeline(case: Case, status: Status) -> Sequence[Mapping[str, Any]]:
    """Return what the applicant was told, then where the case is now and what is still to come."""
    events = [
        {
            "title": _(event.words),
            "at": event.at,
            "who": event.organisation_name or event.actor_name,
        }
        for event in case.events.exclude(words="").order_by("id")
    ]
    if is_ended(case):
        return events
    if case.kind == CaseKind.BUNDLE:
        return [*events, {"title": status.headline, "state": "current"}]
    ahead = [{"title": _(step), "state": "upcoming"} for step in _ROAD[_AHEAD.get(case.state, 0) :]]
    return [*events, {"title": status.headline, "state": "current"}, *ahead]

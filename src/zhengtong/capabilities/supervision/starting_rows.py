"""The rules that every installation starts with, and the formula of the quarterly score."""

from datetime import date
from decimal import Decimal
from typing import Final

from zhengtong.capabilities.supervision.models import Level, RuleVersion, ScoreFormula, SupervisionRule, Told
from zhengtong.kernel.policy import Actor

_LONG_AGO: Final = date(2004, 7, 1)  # 行政许可法 in force
_H, _L, _S = Told.HOLDER.value, Told.HEAD.value, Told.SUPERVISOR.value
_LICENSING: Final = "《中华人民共和国行政许可法》"
# Code, name, lamp, condition, level, points, told, basis.
STARTING: Final = (
    (
        "promise-warning",
        "承诺期限用去九成",
        "yellow",
        "clock.is_warned",
        Level.YELLOW,
        "1",
        [_H],
        "行政审批电子监察规则",
    ),
    (
        "overdue",
        "超过期限",
        "red",
        "clock.is_overdue",
        Level.RED,
        "3",
        [_H, _L, _S],
        f"{_LICENSING}第四十二条、第四十四条；承诺期限",
    ),
    (
        "forwarded-late",
        "受理后移送审查过迟",
        "",
        'event.act == "recommend" and review.count == 1 and case.returns == 0 and case.extensions == 0'
        " and pauses.count == 0 and case.working_days_since_acceptance > 15",
        Level.YELLOW,
        "1",
        [_H, _L],
        f"{_LICENSING}第四十二条",
    ),
    (
        "refused-though-fit",
        "条件具备却不予许可",
        "",
        'event.act == "decide_refuse" and (review.outcome == "grant" or visit.is_passed == true and'
        ' review.outcome != "refuse")',
        Level.RED,
        "3",
        [_H, _L, _S],
        f"{_LICENSING}第三十八条第一款",
    ),
    (
        "no-reasons",
        "决定没有写明理由",
        "",
        'event.act == "decide_refuse" and decision.reasons_length < 5',
        Level.RED,
        "2",
        [_H, _L, _S],
        f"{_LICENSING}第三十八条第二款",
    ),
    (
        "outside-list",
        "清单以外的机关作出决定",
        "",
        'event.act in ["decide_grant", "decide_refuse"] and case.is_own_office == false',
        Level.RED,
        "3",
        [_H, _L, _S],
        f"{_LICENSING}第二十二条、第二十三条",
    ),
    (
        "backdated",
        "倒签日期",
        "",
        'event.is_backdated and event.act != "deem_accepted"',
        Level.RED,
        "3",
        [_H, _L, _S],
        "行政审批电子监察规则：办理记录应当真实",
    ),
    (
        "decided-in-seconds",
        "受理后立即作出决定",
        "",
        'event.act in ["decide_grant", "decide_refuse"] and case.seconds_since_acceptance >= 0 and'
        " case.seconds_since_acceptance < 60",
        Level.NOTICE,
        "0",
        [_L, _S],
        "行政审批电子监察规则：秒批的承诺件应当先受理、后审查",
    ),
    (
        "corrected-again",
        "反复要求补正",
        "",
        'event.act == "request_materials" and case.corrections > 1',
        Level.YELLOW,
        "2",
        [_H, _L],
        f"{_LICENSING}第三十二条第一款第四项：一次告知",
    ),
    (
        "paused-before-due",
        "临近到期启动特别程序",
        "",
        'event.act == "start_excluded_time" and pause.hours_before_due < 24',
        Level.YELLOW,
        "1",
        [_H, _L],
        f"{_LICENSING}第四十五条",
    ),
    (
        "reversed",
        "退回以后审查意见相反",
        "",
        'event.act == "recommend" and case.returns > 0 and review.outcome_changed',
        Level.NOTICE,
        "0",
        [_L, _S],
        "行政审批电子监察规则",
    ),
    (
        "self-approval",
        "自审自批",
        "",
        'event.act in ["decide_grant", "decide_refuse"] and event.actor_is_recommender',
        Level.RED,
        "3",
        [_L, _S],
        "行政审批电子监察规则：审查和决定分离",
    ),
)
FORMULA: Final = "max(0, 100 - cards.points * 100 / max(cases.decided, 100))"


def load(*, actor: Actor) -> None:
    """Add the rules that aren't there yet. What is there is never changed."""
    known = set(SupervisionRule.objects.values_list("code", flat=True))
    for code, name, lamp, expression, level, points, tells, note in STARTING:
        if code in known:
            continue
        rule = SupervisionRule.objects.create(code=code, name=name, lamp=lamp)
        RuleVersion.objects.create(
            rule=rule,
            number=1,
            expression=expression,
            level=level,
            points=Decimal(points),
            tells=tells,
            legal_note=note,
            effective_from=_LONG_AGO,
        )
    if not ScoreFormula.objects.exists():
        ScoreFormula.objects.create(
            number=1,
            expression=FORMULA,
            excellent=Decimal(95),
            good=Decimal(85),
            passing=Decimal(70),
            effective_from=_LONG_AGO,
        )

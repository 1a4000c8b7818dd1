"""Writing rules: a draft is read and tried on cases before it is published, and every version is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Unacceptable
from zhengtong.capabilities.supervision.models import CardStatus, Level, RuleVersion, SupervisionRule, Told
from zhengtong.capabilities.supervision.reading import Condition, read_condition
from zhengtong.capabilities.supervision.trials import try_on_recent
from zhengtong.core.audit.public import record
from zhengtong.kernel.expressions import ExpressionError
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

COMPILE: Final = "supervision.compile_rule"
MOST_POINTS: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What a version says."""

    expression: str
    level: str
    points: Decimal
    tells: Sequence[str]
    legal_note: str
    effective_from: date
    reason: str = ""


def check_text(text: RuleText) -> Condition:
    """Return the condition. Raises Unacceptable with the field that can't be as it is."""
    try:
        condition = read_condition(text.expression)
    except ExpressionError as error:
        raise Unacceptable(_("条件读不懂：%(why)s"), "expression", why=str(error)) from None
    if text.level not in Level.values:
        raise Unacceptable(_("请选择亮什么牌。"), "level")
    if not 0 <= text.points <= MOST_POINTS:
        raise Unacceptable(_("扣分应在 0 至 100 之间。"), "points")
    if set(text.tells) - set(Told.values):
        raise Unacceptable(_("请选择通知谁。"), "tells")
    return condition


@step()
def publish_rule(
    *,
    actor: Actor,
    code: str,
    name: str,
    text: RuleText,
    based_on: int = 0,
    accepts_failures: bool = False,
) -> RuleVersion:
    """Publish the next version of the rule ``code``, a new one where ``based_on`` is 0.

    ``based_on`` is the version that the writer began with: whoever publishes second is told that it isn't the newest
    any more. A draft that can't be answered for some of the recent cases is refused with their numbers unless
    ``accepts_failures``. Raises Denied and Unacceptable.
    """
    require(actor, COMPILE)
    if not name.strip():
        raise Unacceptable(_("请填写规则的名称。"), "name")
    rule = SupervisionRule.objects.select_for_update().filter(code=code).first()
    current = rule.versions.order_by("-number").first() if rule else None
    if (current.number if current else 0) != based_on:
        raise Unacceptable(_("这条规则刚刚发布了新的版本，请打开最新版本再修改。"), "expression")
    if rule is not None and rule.lamp:
        # The lamp itself is the condition: only what follows from it is for writing.
        assert current is not None
        text = RuleText(
            expression=current.expression,
            level=current.level,
            points=text.points,
            tells=text.tells,
            legal_note=text.legal_note,
            effective_from=text.effective_from,
            reason=text.reason,
        )
    condition = check_text(text)
    if current is not None and _is_same(current, text) and rule is not None and rule.name == name.strip():
        raise Unacceptable(_("内容与现行版本相同，没有需要发布的修改。"), "expression")
    if text.effective_from < timezone.localdate():
        raise Unacceptable(_("生效日期不能早于今天：已经发生的按当时的规则判断。"), "effective_from")
    if rule is None or not rule.lamp:
        tried = try_on_recent(condition, actor=actor)
        if tried.stumbles and not accepts_failures:
            told = "；".join(f"{number}：{said}" for number, said in tried.stumbles[:5])
            raise Unacceptable(
                _("最近 %(total)d 件中有 %(count)d 件算不出来（%(told)s）。请修改条件，或者确认后仍然发布。"),
                "accepts_failures",
                total=tried.cases,
                count=len(tried.stumbles),
                told=told,
            )
    if rule is None:
        rule = _make(code, name)
    elif rule.name != name.strip():
        rule.name = name.strip()[:60]
        rule.save(update_fields=["name"])
    version = RuleVersion.objects.create(
        rule=rule,
        number=based_on + 1,
        expression=text.expression.strip(),
        level=text.level,
        points=text.points,
        tells=sorted(set(text.tells)),
        legal_note=text.legal_note.strip()[:300],
        reason=text.reason.strip()[:300],
        effective_from=text.effective_from,
        published_by_id=actor.held_appointment,
    )
    record(
        actor,
        "supervision.publish_rule",
        rule,
        before={"version": based_on},
        after={"version": version.number, "expression": version.expression, "level": version.level},
    )
    return version


def _make(code: str, name: str) -> SupervisionRule:
    """Make the rule; two who publish a new one under one code at once don't both."""
    if code != slugify(code) or not code:
        raise Unacceptable(_("代码只能用小写英文字母、数字和连字符。"), "code")
    try:
        with transaction.atomic():
            return SupervisionRule.objects.create(code=code, name=name.strip()[:60])
    except IntegrityError:
        raise Unacceptable(_("已经有这个代码的规则，请换一个代码，或者修改那条规则。"), "code") from None


def _is_same(current: RuleVersion, text: RuleText) -> bool:
    return (
        current.expression == text.expression.strip()
        and current.level == text.level
        and current.points == text.points
        and sorted(current.tells) == sorted(set(text.tells))
        and current.legal_note == text.legal_note.strip()
    )


@step()
def switch_rule(*, actor: Actor, code: str, is_enabled: bool) -> SupervisionRule:
    """Switch a rule on or off; what happened meanwhile isn't judged by it. Raises Denied and Unacceptable."""
    require(actor, COMPILE)
    rule = SupervisionRule.objects.select_for_update().filter(code=code).first()
    if rule is None:
        raise Unacceptable(_("没有这条规则。"))
    if rule.is_enabled != is_enabled:
        rule.is_enabled = is_enabled
        rule.save(update_fields=["is_enabled"])
        act = "supervision.enable_rule" if is_enabled else "supervision.disable_rule"
        record(actor, act, rule, after={"is_enabled": is_enabled})
    return rule


def list_all_rules() -> QuerySet[SupervisionRule]:
    """Return every rule with its newest version's number, its cards and what it stumbled over."""
    return SupervisionRule.objects.annotate(
        newest=Max("versions__number"), stumbled=Sum("versions__failures", distinct=True)
    ).order_by("-is_enabled", "lamp", "name")


def count_cards_by_rule(since: date, organisations: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return for each rule how many cards it gave since a day and how many of them were cancelled."""
    from zhengtong.capabilities.cases.public import beginning_of
    from zhengtong.capabilities.supervision.models import Card

    found = (
        Card.objects.filter(at__gte=beginning_of(since), case__organisation_id__in=list(organisations))
        .values("rule_id")
        .annotate(cards=Count("id"), cancelled=Count("id", filter=Q(status=CardStatus.CANCELLED)))
    )
    return {row["rule_id"]: {"cards": row["cards"], "cancelled": row["cancelled"]} for row in found.order_by()}

"""Each event is judged once, by the rules of its day; a rule that stumbles is named and stops nothing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.together import at_once
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.capabilities.supervision.evaluating import begin_evaluation, run_evaluation
from zhengtong.capabilities.supervision.facts import NAMES
from zhengtong.capabilities.supervision.histories import read_histories
from zhengtong.capabilities.supervision.judging import judge, judge_pending, list_rules
from zhengtong.capabilities.supervision.models import Card, EvaluationSlice, Pending, RuleFailure, RuleVersion
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import list_mine
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import Denied


def make_rule(cast: Cast, expression: str, code: str = "mine", **given: object) -> RuleVersion:
    text = supervision.RuleText(
        expression=expression,
        level=str(given.get("level", "yellow")),
        points=Decimal(2),
        tells=["holder", "head"],
        legal_note="本地规则",
        effective_from=timezone.localdate(),
    )
    accepts = bool(given.get("accepts", False))
    return supervision.publish_rule(
        actor=cast.supervisor, code=code, name="自定规则", text=text, accepts_failures=accepts
    )


def cards(case: cases.Case) -> list[tuple[str, str]]:
    return [(card.rule.code, card.status) for card in Card.objects.filter(case=case).order_by("id") if card.rule]


def refuse(cast: Cast, reasons: str = "现场与图纸不符，不符合法定条件") -> cases.Case:
    case = cast.recommended("grant")
    later = timezone.now() + timedelta(minutes=5)
    with as_of(later):
        cases.refuse_case(
            actor=cast.approver, case_id=case.pk, reasons=reasons, legal_basis="《食品经营许可和备案管理办法》第十五条"
        )
    return case


def test_a_refusal_against_the_review_gets_one_card(cast: Cast) -> None:
    case = refuse(cast)
    assert Pending.objects.exists()
    judge_pending()
    assert cards(case) == [("refused-though-fit", "issued")]
    assert not Pending.objects.exists()
    card = Card.objects.get(case=case)
    assert card.holder_id == cast.approver.appointment
    assert card.explain_by is not None
    assert card.appeal_by is not None
    assert card.explain_by < card.appeal_by
    assert card.values["review.outcome"] == "grant"
    assert [item.step for item in list_mine(cast.approver)] == ["红牌说明"]
    assert Message.objects.filter(recipient=cast.accounts["approver"], template="supervision.carded").exists()
    assert judge_pending() == 0


def test_judging_all_again_finds_the_same_and_nothing_twice(cast: Cast) -> None:
    case = refuse(cast)
    judge_pending()
    before = list(Card.objects.order_by("id").values_list("case", "rule", "clock"))
    found = run_evaluation(begin_evaluation(), in_processes=False)
    assert found["judged"] > 0
    assert found["carded"] == 0
    assert list(Card.objects.order_by("id").values_list("case", "rule", "clock")) == before
    Card.objects.filter(case=case).delete()
    assert run_evaluation(begin_evaluation(), in_processes=False)["carded"] == 1
    assert cards(case) == [("refused-though-fit", "recorded")], "nobody is told of what is found in the record"


def test_a_run_that_was_killed_goes_on(cast: Cast) -> None:
    refuse(cast)
    judge_pending()
    run = begin_evaluation()
    assert begin_evaluation().pk == run.pk
    EvaluationSlice.objects.filter(evaluation=run).update(judged=0, carded=0)
    assert run_evaluation(run, in_processes=False) == {"judged": 0, "carded": 0}


def test_a_lamp_gives_one_card_and_no_second(cast: Cast) -> None:
    case = cast.reviewing()
    clock = cases.Clock.objects.get(case=case, basis="promised", purpose="decision")
    for level in ("yellow", "green", "yellow", "red"):
        cases.Clock.objects.filter(pk=clock.pk).update(level=level)
    judge_pending()
    assert cards(case) == [("promise-warning", "issued"), ("overdue", "issued")]
    assert [str(card.points) for card in Card.objects.filter(case=case).order_by("id")] == ["1.0", "3.0"]
    assert {card.holder_id for card in Card.objects.filter(case=case)} == {cast.reviewer.appointment}


def test_a_lamp_that_is_switched_off_gives_none(cast: Cast) -> None:
    supervision.switch_rule(actor=cast.supervisor, code="promise-warning", is_enabled=False)
    case = cast.reviewing()
    cases.Clock.objects.filter(case=case, basis="promised").update(level="yellow")
    judge_pending()
    assert cards(case) == []


def test_a_rule_that_stumbles_is_named_and_the_others_are_judged(cast: Cast) -> None:
    case = cast.granted()
    with pytest.raises(cases.Unacceptable) as caught:
        make_rule(cast, 'event.act == "accept" and case.item > 3')
    assert caught.value.field == "accepts_failures"
    assert case.number is not None
    assert case.number in cases.say(caught.value)
    version = make_rule(cast, 'event.act == "decide_refuse" and case.item > 3', accepts=True)
    other = refuse(cast)
    judge_pending()
    assert cards(other) == [("refused-though-fit", "issued")]
    version.refresh_from_db()
    assert version.failures == 1
    assert RuleFailure.objects.get(version=version).case_id == other.pk


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("__import__('os').system('ls')", "不允许"),
        ("__import__('os')", "没有函数"),
        ("[x for x in case.item]", "不允许"),
        ("(lambda: 1)()", ""),
        ("9 ** 9 ** 9 > event.hour", "不允许"),
        ("case.nonsense == 1", "case.nonsense"),
        ("1 == 1", "没有用到任何名称"),
        ("", "空"),
    ],
)
def test_what_imports_or_never_ends_is_refused(cast: Cast, expression: str, said: str) -> None:
    with pytest.raises(cases.Unacceptable) as caught:
        make_rule(cast, expression)
    assert caught.value.field == "expression"
    assert said in cases.say(caught.value)


def test_publishing_twice_is_once(cast: Cast) -> None:
    make_rule(cast, "case.corrections > 3")
    with pytest.raises(cases.Unacceptable) as caught:
        make_rule(cast, "case.corrections > 4")
    assert "新的版本" in cases.say(caught.value)
    assert RuleVersion.objects.filter(rule__code="mine").count() == 1
    text = supervision.RuleText(
        expression="case.corrections > 3",
        level="red",
        points=Decimal(1),
        tells=[],
        legal_note="",
        effective_from=timezone.localdate(),
    )
    with pytest.raises(Denied):
        supervision.publish_rule(actor=cast.reviewer, code="other", name="x", text=text)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("based_on", [0, 1])
def test_two_who_publish_a_rule_at_the_same_moment_make_one_version(cast: Cast, based_on: int) -> None:
    if based_on:
        make_rule(cast, "case.corrections > 3")

    def publish(limit: int) -> RuleVersion:
        text = supervision.RuleText(
            expression=f"case.corrections > {limit}",
            level="yellow",
            points=Decimal(1),
            tells=[],
            legal_note="",
            effective_from=timezone.localdate(),
        )
        return supervision.publish_rule(
            actor=cast.supervisor, code="mine", name="自定规则", text=text, based_on=based_on
        )

    outcomes = at_once(lambda: publish(5), lambda: publish(6))
    (refused,) = [each for each in outcomes if isinstance(each, Exception)]
    assert isinstance(refused, cases.Unacceptable), refused
    said = cases.say(refused)
    assert "新的版本" in said or "已经有这个代码的规则" in said
    assert RuleVersion.objects.filter(rule__code="mine").count() == based_on + 1


def test_the_version_of_the_day_judges(cast: Cast) -> None:
    case = cast.granted()
    make_rule(cast, 'event.act == "accept"')
    rules = [rule for rule in list_rules() if rule.first == timezone.localdate()]
    assert len(rules) == 1
    assert len(judge(read_histories([case.pk], set()), rules).hits) == 1
    past = replace(rules[0], first=date(2019, 1, 1), until=date(2020, 1, 1))
    assert judge(read_histories([case.pk], set()), [past]).hits == []


def test_every_name_answers_for_every_event(cast: Cast) -> None:
    paused = cast.reviewing()
    cast.visit(paused)
    refuse(cast)
    cast.granted()
    for code in NAMES:
        version = make_rule(cast, f"{code} == 1 or {code} != 1", code=code.replace(".", "-").replace("_", "-"))
        assert version.number == 1
    judge_pending()
    assert not RuleFailure.objects.exists()


def test_a_trial_gives_no_card(cast: Cast) -> None:
    case = cast.granted()
    judge_pending()
    before = Card.objects.count()
    trial = supervision.begin_trial(
        actor=cast.supervisor,
        expression='event.act == "decide_grant" and decision.reasons_length < 50',
        first=timezone.localdate() - timedelta(days=1),
        last=timezone.localdate(),
        sample=100,
    )
    from zhengtong.capabilities.supervision.trials import run_trial

    run_trial(trial.pk)
    trial.refresh_from_db()
    assert (trial.total, trial.done, trial.hits, trial.failures) == (1, 1, 1, 0)
    assert trial.examples[0]["number"] == case.number
    assert trial.examples[0]["values"]["decision.reasons_length"] == "6"
    assert Card.objects.count() == before

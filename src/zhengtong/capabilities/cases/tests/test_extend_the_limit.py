"""The limit is extended once, by the head of the organ, with reasons that the applicant is told (第四十二条)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import Denied

CHINA = ZoneInfo("Asia/Shanghai")


def midnight(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=CHINA)


def dues(case: cases.Case) -> dict[str, datetime]:
    return dict(case.clocks.filter(purpose="decision").values_list("basis", "due_at"))


@pytest.fixture
def case(cast: Cast) -> cases.Case:
    """Accepted on the 2nd: promised for the 12th, by law for the 16th."""
    with as_of(datetime(2026, 3, 2, 10, tzinfo=CHINA)):
        return cast.reviewing()


def ask(cast: Cast, case: cases.Case, days: int = 5, day: int = 9, reason: str = "需要补充检验") -> None:
    with as_of(datetime(2026, 3, day, 10, tzinfo=CHINA)):
        cases.request_extension(actor=cast.reviewer, case_id=case.pk, days=days, reason=reason)


def decide(cast: Cast, case: cases.Case, *, is_approved: bool = True) -> None:
    with as_of(datetime(2026, 3, 9, 11, tzinfo=CHINA)):
        cases.decide_extension(actor=cast.head, case_id=case.pk, is_approved=is_approved)


def test_an_approved_extension_moves_both_clocks_and_is_told(cast: Cast, case: cases.Case) -> None:
    ask(cast, case)
    assert dues(case) == {"promised": midnight(13), "statutory": midnight(17)}
    decide(cast, case)
    assert dues(case) == {"promised": midnight(20), "statutory": midnight(24)}
    assert fresh(case).due_at == midnight(20)
    content = case.documents.get(paper__kind="cases.extension").paper.content
    assert (str(content["original_due_on"]), str(content["new_due_on"])) == ("2026-03-16", "2026-03-23")
    assert content["reasons"] == "需要补充检验"


def test_there_is_no_second_extension(cast: Cast, case: cases.Case) -> None:
    ask(cast, case)
    with pytest.raises(cases.RuleBroken):
        ask(cast, case)
    decide(cast, case)
    with pytest.raises(cases.RuleBroken, match="只能延长一次"):
        ask(cast, case, days=1)
    assert case.extension_requests.count() == 1


def test_only_the_head_approves(cast: Cast, case: cases.Case) -> None:
    ask(cast, case)
    for actor in (cast.reviewer, cast.approver, cast.outsider, cast.owner):
        with pytest.raises(Denied):
            cases.decide_extension(actor=actor, case_id=case.pk, is_approved=True)
    assert dues(case) == {"promised": midnight(13), "statutory": midnight(17)}


def test_a_refused_request_leaves_the_clocks_and_may_be_made_again(cast: Cast, case: cases.Case) -> None:
    ask(cast, case)
    decide(cast, case, is_approved=False)
    assert dues(case) == {"promised": midnight(13), "statutory": midnight(17)}
    assert not case.documents.filter(paper__kind="cases.extension").exists()
    ask(cast, case, days=2)
    decide(cast, case)
    assert dues(case) == {"promised": midnight(17), "statutory": midnight(19)}


@pytest.mark.parametrize(
    ("days", "day", "reason"),
    [(6, 9, "检验"), (0, 9, "检验"), (5, 9, " "), (5, 17, "检验")],
    ids=["longer than the law", "no days", "no reason", "too late"],
)
def test_what_the_law_does_not_allow_is_not_even_asked(
    cast: Cast, case: cases.Case, days: int, day: int, reason: str
) -> None:
    with pytest.raises(cases.RuleBroken) as caught:
        ask(cast, case, days, day, reason)
    assert caught.value.code == "extension-refused"
    assert not case.extension_requests.exists()


def test_an_extension_during_a_visit_keeps_the_visit(cast: Cast, case: cases.Case) -> None:
    with as_of(datetime(2026, 3, 3, 10, tzinfo=CHINA)):
        cast.visit(case, days=5)
    ask(cast, case)
    decide(cast, case)
    assert fresh(case).state == cases.LegalState.EXCLUDED_TIME
    assert dues(case) == {"promised": midnight(27), "statutory": midnight(31)}

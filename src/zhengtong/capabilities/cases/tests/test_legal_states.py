"""The legal state machine: whatever anybody does in whatever order, only lawful states are reached."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.cases.domain import (
    DECIDED,
    ENDED,
    WITHDRAWABLE,
    Act,
    ApproverRole,
    CorrectionNotOnce,
    DuplicateOfficers,
    ExtensionRefused,
    LegalState,
    NotAllowed,
    Party,
    PauseRefused,
    PromiseTooLong,
    RedirectMissing,
    RefusalIncomplete,
    RuleBroken,
    SelfHandling,
    TooFewOfficers,
    Unit,
    allowed_acts,
    check_chair,
    check_correction,
    check_extension,
    check_handler,
    check_pause,
    check_promise,
    check_redirect,
    check_refusal,
    check_site_visit,
    next_state,
    party_of,
    read_seed,
)
from zhengtong.capabilities.cases.domain.states import TRANSITIONS

A, S = Act, LegalState
ANYTHING = st.lists(st.sampled_from(Act), max_size=60)
DECISION = read_seed().limit("licensing.decision", date(2026, 11, 21))
COMPLETENESS = read_seed().limit("licensing.completeness", date(2026, 11, 21))


def walk(acts: list[Act]) -> list[tuple[LegalState, Act, LegalState]]:
    """Try every act in turn; return the steps that were allowed."""
    state, steps = S.DRAFT, []
    for act in acts:
        try:
            after = next_state(state, act)
        except NotAllowed:
            assert act not in allowed_acts(state)
            continue
        steps.append((state, act, after))
        state = after
    return steps


def test_the_straight_way() -> None:
    acts = [A.SUBMIT, A.ACCEPT, A.BEGIN_REVIEW, A.START_EXCLUDED_TIME, A.END_EXCLUDED_TIME]
    acts += [A.DECIDE_GRANT, A.DELIVER, A.ARCHIVE]
    assert [after for _, _, after in walk(acts)] == [
        S.SUBMITTED,
        S.ACCEPTED,
        S.REVIEWING,
        S.EXCLUDED_TIME,
        S.REVIEWING,
        S.GRANTED,
        S.DELIVERED,
        S.ARCHIVED,
    ]


def test_the_way_through_correction_and_silence() -> None:
    acts = [A.SUBMIT, A.REQUEST_MATERIALS, A.RESUBMIT, A.DEEM_ACCEPTED, A.BEGIN_REVIEW, A.EXTEND, A.RETURN]
    assert walk([*acts, A.DECIDE_REFUSE])[-1][2] is S.REFUSED


@given(ANYTHING)
def test_no_order_of_acts_breaks_the_law(acts: list[Act]) -> None:
    steps = walk(acts)
    seen = [S.DRAFT, *(after for _, _, after in steps)]
    for number, (before, act, after) in enumerate(steps):
        past = set(seen[: number + 1])
        if act is A.WITHDRAW:
            assert not past & {S.GRANTED, S.REFUSED}
        if after in DECIDED:
            assert S.ACCEPTED in past
            assert before is S.REVIEWING
        if act is A.REQUEST_MATERIALS:
            assert S.ACCEPTED not in past
        if after is S.DELIVERED:
            assert len(past & DECIDED) == 1
        if before in ENDED:
            assert after is S.ARCHIVED
    assert sum(act in (A.DECIDE_GRANT, A.DECIDE_REFUSE) for _, act, _ in steps) <= 1
    assert sum(act in (A.ACCEPT, A.DEEM_ACCEPTED) for _, act, _ in steps) <= 1


def test_every_state_is_in_the_table_reached_and_named() -> None:
    reached = {S.DRAFT} | {after for acts in TRANSITIONS.values() for after in acts.values()}
    assert set(TRANSITIONS) == reached == set(S)
    assert {act for acts in TRANSITIONS.values() for act in acts} == set(A)
    assert len({state.label for state in S}) == len(S)
    assert all(act.label for act in A)


def test_every_state_comes_to_an_end() -> None:
    ends = {S.ARCHIVED}
    while True:
        more = {state for state, acts in TRANSITIONS.items() if ends & set(acts.values())} - ends
        if not more:
            break
        ends |= more
    assert ends == set(S)


def test_withdrawing_is_possible_exactly_before_the_decision() -> None:
    assert {
        S.DRAFT,
        S.SUBMITTED,
        S.NEED_MATERIALS,
        S.RESUBMITTED,
        S.ACCEPTED,
        S.REVIEWING,
        S.EXCLUDED_TIME,
        S.UNDERWAY,
    } == WITHDRAWABLE
    with pytest.raises(NotAllowed, match="作出决定之前") as caught:
        next_state(S.GRANTED, A.WITHDRAW)
    assert (caught.value.code, caught.value.params["state"]) == ("act-not-allowed", "准予许可")


def test_who_acts() -> None:
    assert party_of(A.WITHDRAW) is Party.APPLICANT
    assert party_of(A.DEEM_ACCEPTED) is Party.CLOCK
    assert party_of(A.DECIDE_REFUSE) is Party.ORGAN


def test_a_second_correction_notice_may_not_add_anything() -> None:
    first = {"material:health", "field:address"}
    check_correction(None, first)
    check_correction(first, {"field:address"})
    with pytest.raises(CorrectionNotOnce, match="field:phone"):
        check_correction(first, {"field:address", "field:phone"})


def extension(**changes: object) -> Callable[[], None]:
    said: dict[str, object] = {
        "days": 10,
        "reason": "情况复杂",
        "approver": ApproverRole.ORGAN_HEAD,
        "already_extended": False,
        "is_overdue": False,
    }
    return lambda: check_extension(DECISION, **(said | changes))  # type: ignore[arg-type]  # one wrong value each


@pytest.mark.parametrize(
    ("check", "error", "words"),
    [
        (lambda: check_correction(None, ()), CorrectionNotOnce, "一次性"),
        (lambda: check_redirect(" "), RedirectMissing, "哪个行政机关"),
        (lambda: check_site_visit([7]), TooFewOfficers, "2 名"),
        (lambda: check_site_visit([7, 7]), DuplicateOfficers, "重复"),
        (lambda: check_refusal("  ", ["复议"]), RefusalIncomplete, "理由"),
        (lambda: check_refusal("不符合条件", []), RefusalIncomplete, "行政复议"),
        (extension(already_extended=True), ExtensionRefused, "一次"),
        (extension(is_overdue=True), ExtensionRefused, "届满"),
        (extension(reason=""), ExtensionRefused, "理由"),
        (extension(approver=ApproverRole.NOBODY), ExtensionRefused, "本行政机关负责人"),
        (extension(days=11), ExtensionRefused, "10"),
        (extension(days=0), ExtensionRefused, "10"),
        (lambda: check_pause(notice="", allowed_days=5, reason="检验"), PauseRefused, "通知书"),
        (lambda: check_pause(notice="告知〔2026〕1号", allowed_days=0, reason="检验"), PauseRefused, "1 日"),
        (lambda: check_pause(notice="告知〔2026〕1号", allowed_days=5, reason=""), PauseRefused, "事由"),
        (lambda: check_promise(21, DECISION, Unit.WORKING_DAYS), PromiseTooLong, "20"),
        (lambda: check_promise(5, DECISION, Unit.CALENDAR_DAYS), PromiseTooLong, "同一单位"),
        (lambda: check_chair(1, [1, 2]), SelfHandling, "主持人"),
        (lambda: check_handler(1, [1]), SelfHandling, "回避"),
    ],
)
def test_what_the_law_forbids_is_refused_in_words(
    check: Callable[[], None], error: type[RuleBroken], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        check()
    assert caught.value.code == error.code != RuleBroken.code
    assert "%(" not in str(caught.value)


def test_what_the_law_allows_passes() -> None:
    check_site_visit([7, 8])
    check_refusal("场所不符合条件", ["可以申请行政复议"])
    extension()()
    check_pause(notice="告知〔2026〕1号", allowed_days=1, reason="检验")
    check_promise(20, DECISION, Unit.WORKING_DAYS)
    check_chair(3, [1, 2])
    with pytest.raises(ExtensionRefused, match="不能延长"):
        check_extension(
            COMPLETENESS, days=1, reason="忙", approver=ApproverRole.NOBODY, already_extended=False, is_overdue=False
        )

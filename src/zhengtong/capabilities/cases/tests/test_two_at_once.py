"""Two people act on one case at the same moment: one of them does it, the other is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from tests.cast import Cast, answers, fresh
from tests.together import at_once
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.kernel.demo import as_of

pytestmark = pytest.mark.django_db(transaction=True)


def one_did(outcomes: list[Any], refusal: type[Exception] = cases.Conflict) -> bool:
    """Return whether exactly one act succeeded, every other one with ``refusal``."""
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(error, refusal) for error in refused), refused
    return len(refused) == len(outcomes) - 1


def test_two_approvers_decide_once(cast: Cast) -> None:
    case = cast.recommended()
    outcomes = at_once(
        lambda: cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合", version=case.version),
        lambda: cases.refuse_case(
            actor=cast.second_approver, case_id=case.pk, reasons="不符", legal_basis="第三十三条", version=case.version
        ),
    )
    assert one_did(outcomes)
    decision = cases.Decision.objects.get(case=case)
    assert fresh(case).state == {"grant": "granted", "refuse": "refused"}[decision.outcome]
    assert case.events.filter(act__startswith="decide").count() == 1
    assert case.documents.filter(paper__kind__in=["cases.grant", "cases.refusal"]).count() == 1


def test_two_approvers_without_a_version_decide_once_too(cast: Cast) -> None:
    case = cast.recommended()
    outcomes = at_once(
        lambda: cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合"),
        lambda: cases.grant_case(actor=cast.second_approver, case_id=case.pk, reasons="符合"),
    )
    assert one_did(outcomes)
    assert cases.Decision.objects.filter(case=case).count() == 1


def test_two_clerks_accept_once(cast: Cast) -> None:
    case = cast.submitted()
    outcomes = at_once(
        lambda: cases.accept_case(actor=cast.counter, case_id=case.pk),
        lambda: cases.accept_case(actor=cast.second_counter, case_id=case.pk),
    )
    assert one_did(outcomes)
    assert case.clocks.filter(purpose="decision").count() == 2
    assert case.tasks.filter(node=cases.TaskNode.REVIEW).count() == 1


def test_two_reviewers_claim_once(cast: Cast) -> None:
    case = cast.accepted()
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    outcomes = at_once(
        lambda: cases.claim_task(actor=cast.reviewer, task_id=task.pk),
        lambda: cases.claim_task(actor=cast.inspector, task_id=task.pk),
    )
    assert one_did(outcomes)
    assert case.events.filter(act="begin_review").count() == 1


def test_a_withdrawal_and_a_decision_exclude_each_other(cast: Cast) -> None:
    case = cast.recommended()
    outcomes = at_once(
        lambda: cases.withdraw_case(actor=cast.owner, case_id=case.pk),
        lambda: cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合"),
    )
    assert one_did(outcomes, cases.RuleBroken)
    assert (fresh(case).state == "granted") is cases.Decision.objects.filter(case=case).exists()


def test_a_double_click_submits_once(cast: Cast) -> None:
    draft = cast.draft()
    first, second = at_once(*[lambda: cases.submit_case(actor=cast.owner, case_id=draft.pk)] * 2)
    assert first.number == second.number == fresh(draft).number
    assert draft.events.count() == 1
    assert draft.documents.filter(paper__kind="cases.receipt").count() == 1
    assert AuditRecord.objects.filter(action="cases.submit").count() == 1


def test_eight_at_once_get_numbers_without_a_gap(cast: Cast) -> None:
    drafts = []
    for _each in range(8):
        draft = cases.start_at_counter(actor=cast.counter, office=cast.office)
        cases.save_draft(actor=cast.counter, case_id=draft.pk, answers=answers())
        drafts.append(draft.pk)
    given = ("business_licence", "premises_plan", "safety_rules", "health_certificates")
    cases.Case.objects.filter(pk__in=drafts).update(reused=[[key, "电子证照库"] for key in given])

    def submit(pk: int) -> Callable[[], cases.Case]:
        return lambda: cases.submit_at_counter(actor=cast.counter, case_id=pk, identity_checked=True)

    numbers = sorted(int(case.number[-6:]) for case in at_once(*map(submit, drafts)))
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_what_is_rolled_back_leaves_no_gap(cast: Cast) -> None:
    def take(fails: bool) -> Callable[[], int]:
        def run() -> int:
            with transaction.atomic():
                number = cases.next_number("test:rollback")
                if fails:
                    raise LookupError
                return number

        return run

    outcomes = at_once(*(take(fails=bool(each % 2)) for each in range(8)))
    assert sorted(outcome for outcome in outcomes if isinstance(outcome, int)) == [1, 2, 3, 4]


def test_two_workers_fire_each_clock_once(cast: Cast) -> None:
    case = cast.accepted()
    due_at = case.clocks.get(purpose="decision", basis="statutory").due_at
    with as_of(due_at):
        assert sum(at_once(cases.fire_due, cases.fire_due)) == 2
    assert AuditRecord.objects.filter(action="cases.clock_alert").count() == 2

"""What isn't the organ's business, or needs no licence, is turned away at once, in writing and with remedies."""

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.worklist.public import list_office


def test_not_competent_says_who_is(cast: Cast) -> None:
    case = cast.submitted()
    cases.declare_not_competent(
        actor=cast.counter,
        case_id=case.pk,
        reasons="经营场所在禾溪县",
        competent="禾溪县市场监督管理局",
        phone="0990-1",
    )
    case = fresh(case)
    assert case.state == cases.LegalState.NOT_COMPETENT
    assert case.closed_at is not None
    paper = case.documents.get(paper__kind="cases.rejection_not_competent").paper
    assert paper.content["redirect"]["organisation_name"] == "禾溪县市场监督管理局"
    assert paper.content["remedies"]["texts"]
    assert not list_office(cast.counter).exists()
    assert not case.clocks.filter(finished_at=None).exists()


def test_not_competent_without_saying_who_is_refused(cast: Cast) -> None:
    case = cast.submitted()
    with pytest.raises(cases.RuleBroken) as caught:
        cases.declare_not_competent(actor=cast.counter, case_id=case.pk, reasons="不归我们管", competent="  ")
    assert caught.value.code == "redirect-missing"
    assert fresh(case).state == cases.LegalState.SUBMITTED


def test_not_required_ends_the_case(cast: Cast) -> None:
    case = cast.submitted()
    cases.declare_not_required(actor=cast.counter, case_id=case.pk, reasons="仅销售预包装食品，备案即可")
    case = fresh(case)
    assert case.state == cases.LegalState.NOT_REQUIRED
    paper = case.documents.get(paper__kind="cases.rejection_not_required").paper
    assert paper.content["reasons"] == "仅销售预包装食品，备案即可"
    with pytest.raises(cases.RuleBroken):
        cases.accept_case(actor=cast.counter, case_id=case.pk)


def test_reasons_are_owed(cast: Cast) -> None:
    case = cast.submitted()
    with pytest.raises(cases.Unacceptable) as caught:
        cases.declare_not_required(actor=cast.counter, case_id=case.pk, reasons=" ")
    assert caught.value.field == "reasons"
    assert fresh(case).state == cases.LegalState.SUBMITTED


def test_an_accepted_case_is_not_turned_away(cast: Cast) -> None:
    case = cast.accepted()
    with pytest.raises(cases.RuleBroken):
        cases.declare_not_required(actor=cast.counter, case_id=case.pk, reasons="不用办")
    assert fresh(case).state == cases.LegalState.ACCEPTED

"""The reviewer of an ordinary case asks another office for its opinion, with a term; the clocks run on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.errors import TakenTask
from zhengtong.capabilities.cases.public import TaskNode
from zhengtong.capabilities.cases.services.consulting import remind_late
from zhengtong.core.identity.public import Organisation
from zhengtong.core.messages.models import Message
from zhengtong.core.worklist.public import Nature, WorkItem
from zhengtong.kernel.policy import Denied


@pytest.fixture
def case(cast: Cast) -> cases.Case:
    return cast.reviewing()


def fire_office() -> Organisation:
    return Organisation.objects.get(name="澄波区消防救援局")


def ask(cast: Cast, case: cases.Case, days: int = 3, officer: str = "") -> cases.Consultation:
    return cases.consult_office(
        actor=cast.reviewer,
        case_id=case.pk,
        organisation_id=fire_office().pk,
        question="该场所的疏散通道是否符合要求",
        days=days,
        officer=officer,
    )


def answer(cast: Cast, asked: cases.Consultation) -> cases.Consultation:
    return cases.answer_consultation(
        actor=cast.fire_reviewer, case_id=asked.case_id, task_id=asked.task_id, answer="符合要求"
    )


def test_the_answer_of_another_office_stands_on_the_case(cast: Cast, case: cases.Case) -> None:
    before = [(clock.clock.due_at, clock.is_running) for clock in cases.list_clocks(case)]
    asked = ask(cast, case)
    assert [(clock.clock.due_at, clock.is_running) for clock in cases.list_clocks(fresh(case))] == before
    # Whoever is asked may look at the case, as long as she is asked, and not before.
    assert cases.get_consulted_case(cast.fire_reviewer, case.number or "") == case
    assert cases.get_consulted_case(cast.urban_reviewer, case.number or "") is None
    answer(cast, asked)
    (told,) = [each for each in cases.list_consultations(case) if each.answered_at]
    assert (told.task.opinion, told.organisation.name) == ("符合要求", "澄波区消防救援局")
    assert "符合要求" in [each["opinion"] for each in cases.list_opinions(case)]
    news = WorkItem.objects.get(kind="cases.consultation_news")
    assert (news.assignee_id, news.nature, news.step) == (
        cast.reviewer.appointment, Nature.TO_READ, f"{asked.organisation.short_name}已答复意见",
    )  # fmt: skip


def test_the_letter_goes_to_the_office_not_to_the_applicant(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case)
    assert asked.paper.content["addressee"] == "澄波区消防救援局"
    assert case.documents.get(paper=asked.paper).is_internal


def test_an_officer_is_asked_by_name(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case, officer="陶丽娟")
    assert asked.task.assignee_id == cast.fire_inspector.appointment
    with pytest.raises(TakenTask):
        answer(cast, asked)
    cases.drop_consultation(actor=cast.reviewer, case_id=case.pk, consultation_id=asked.pk)
    with pytest.raises(cases.Unacceptable) as caught:
        ask(cast, case, officer="查无此人")
    assert caught.value.field == "officer"


def test_an_answer_is_given_once_and_by_the_office_that_was_asked(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case)
    with pytest.raises(Denied):
        cases.answer_consultation(actor=cast.urban_reviewer, case_id=case.pk, task_id=asked.task_id, answer="我来答复")
    answer(cast, asked)
    with pytest.raises(cases.NoTask):
        answer(cast, asked)


@pytest.mark.parametrize(("days", "field"), [(0, "days"), (31, "days"), (30, "days")])
def test_the_term_ends_before_the_case_s_own(cast: Cast, case: cases.Case, days: int, field: str) -> None:
    with pytest.raises(cases.Unacceptable) as caught:
        ask(cast, case, days=days)
    assert caught.value.field == field


def test_nobody_is_asked_twice_nor_the_own_organ(cast: Cast, case: cases.Case) -> None:
    ask(cast, case)
    with pytest.raises(cases.Unacceptable) as caught:
        ask(cast, case)
    assert caught.value.field == "organisation"
    offices = cases.list_offices_to_consult(case)
    assert case.organisation not in offices
    assert fire_office() in offices
    assert not offices.filter(name="禾溪县市场监督管理局").exists()


def test_who_doesnt_answer_in_time_is_reminded_once(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case)
    assert remind_late() == 0
    cases.Consultation.objects.filter(pk=asked.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert remind_late() == 1
    assert remind_late() == 0
    told = Message.objects.filter(template="cases.consultation_late")
    assert {each.recipient_id for each in told} >= {cast.accounts["fire_reviewer"].pk}
    item = WorkItem.objects.get(kind="cases.task", object_id=asked.task_id)
    assert item.level == "red"
    assert WorkItem.objects.get(kind="cases.consultation_late").step.endswith("逾期未答复意见")
    assert "opinion_late" in list(case.events.values_list("act", flat=True))
    # Late is not lost.
    assert answer(cast, asked).answered_at


def test_the_review_is_handed_on_without_an_answer(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合条件")
    asked.refresh_from_db()
    assert asked.is_dropped
    assert [task.node for task in cases.list_tasks(case) if task.status == "open"] == [TaskNode.DECISION]
    with pytest.raises(cases.NoTask):
        answer(cast, asked)


def test_a_withdrawal_takes_the_question_off_the_list(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case)
    cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    assert not WorkItem.objects.filter(kind="cases.task", object_id=asked.task_id, state="open").exists()


def test_before_acceptance_and_by_others_nothing_is_asked(cast: Cast, case: cases.Case) -> None:
    with pytest.raises(Denied):
        cases.consult_office(
            actor=cast.outsider, case_id=case.pk, organisation_id=fire_office().pk, question="问", days=1
        )
    early = cast.submitted()
    with pytest.raises(cases.Unacceptable):
        ask(cast, early)

"""A supervisor urges whoever has the task, once a day, and reads her answer."""

from datetime import timedelta

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import list_readings
from zhengtong.kernel.policy import Denied

WORDS = "已过承诺期限，请今天说明情况"


def test_the_holder_is_asked_and_answers(cast: Cast) -> None:
    case = cast.reviewing()
    version = case.version
    urging = supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words=WORDS)
    assert [(item.reference, item.step) for item in list_readings(cast.reviewer)] == [(case.number, "催办")]
    told = Message.objects.filter(recipient=cast.accounts["reviewer"], template="supervision.urged").get()
    assert WORDS in told.body
    assert told.link == supervision.urging_url(urging)
    assert fresh(case).version == version, "a form that the reviewer has open can still be sent"
    event = case.events.order_by("-id")[0]
    assert (event.act, event.organisation_name, event.words) == ("urge_case", "安澜市政务服务数据管理局", "")
    assert "林国栋" in event.note
    assert WORDS in event.note

    supervision.answer_urging(actor=cast.reviewer, urging_id=urging.pk, words="明天核查后办结")
    answered = supervision.list_urgings(case).get()
    assert (answered.answer, answered.answered_by_id) == ("明天核查后办结", cast.reviewer.appointment)
    assert "明天核查后办结" in case.events.order_by("-id")[0].note
    assert Message.objects.filter(
        recipient=cast.accounts["supervisor"], template="supervision.urging_answered"
    ).exists()
    assert not supervision.list_unanswered(cast.supervisor).exists()
    acts = AuditRecord.objects.filter(action__startswith="supervision.").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["supervision.urge_case", "supervision.answer_urging"]
    with pytest.raises(cases.Unacceptable):
        supervision.answer_urging(actor=cast.reviewer, urging_id=urging.pk, words="再说一次")


def test_the_leaders_are_asked_while_nobody_has_it(cast: Cast) -> None:
    case = cast.accepted()
    supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words=WORDS)
    assert [item.reference for item in list_readings(cast.head)] == [case.number]
    assert not list_readings(cast.reviewer).exists()


def test_not_twice_a_day(cast: Cast) -> None:
    case = cast.reviewing()
    urging = supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words=WORDS)
    assert not supervision.may_urge(cast.supervisor, case)
    with pytest.raises(cases.Unacceptable) as caught:
        supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words=WORDS)
    assert "今天已经催办过" in cases.say(caught.value)
    supervision.Urging.objects.filter(pk=urging.pk).update(urged_at=urging.urged_at - timedelta(days=1))
    assert supervision.may_urge(cast.supervisor, case)
    supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words=WORDS)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合")
    supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words="下一环节也请抓紧")
    assert supervision.list_urgings(case).count() == 3


def test_nothing_to_urge(cast: Cast) -> None:
    case = cast.submitted()
    cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    with pytest.raises(cases.NoTask):
        supervision.urge_case(actor=cast.supervisor, case_id=case.pk, words=WORDS)
    with pytest.raises(cases.Unacceptable):
        supervision.urge_case(actor=cast.supervisor, case_id=cast.accepted().pk, words="  ")


@pytest.mark.parametrize("who", ["reviewer", "head", "outsider", "counter", "owner"])
def test_only_supervisors_urge(cast: Cast, who: str) -> None:
    case = cast.reviewing()
    with pytest.raises(Denied):
        supervision.urge_case(actor=getattr(cast, who), case_id=case.pk, words=WORDS)
    assert not supervision.Urging.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"), [("inspector", False), ("outsider", False), ("counter", False), ("head", True)]
)
def test_who_was_asked_or_leads_her_answers(cast: Cast, who: str, may: bool) -> None:
    urging = supervision.urge_case(actor=cast.supervisor, case_id=cast.reviewing().pk, words=WORDS)
    actor = getattr(cast, who)
    if may:
        assert supervision.answer_urging(actor=actor, urging_id=urging.pk, words="已经安排").answered_at
        return
    assert supervision.get_urging(actor, urging.pk) is None
    with pytest.raises(Denied):
        supervision.answer_urging(actor=actor, urging_id=urging.pk, words="已经安排")
